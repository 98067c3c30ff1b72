"""Competing causes against statsmodels and against the survival curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from halflife.monitoring.survival.incidence import incidence
from halflife.monitoring.survival.kaplan_meier import survival

FOLLOWED = st.lists(st.tuples(st.integers(1, 9), st.sampled_from([0, 1, 2])), min_size=1, max_size=40)
NAMES = np.array(["", "world", "noise"], dtype=object)


@given(FOLLOWED)
def test_cumulative_incidence_equals_statsmodels(followed: list[tuple[int, int]]) -> None:
    """At every age of death each cause's incidence is that of statsmodels, ties and all."""
    ages, kind = np.array([a for a, _ in followed], dtype=float), np.array([k for _, k in followed])
    found = dict(incidence(ages, kind > 0, NAMES[kind]))
    if not found:
        return
    with np.errstate(divide="ignore", invalid="ignore"):  # its standard errors, where all have died
        oracle = CumIncidenceRight(ages, kind)
    for cause, share in zip((1, 2), oracle.cinc, strict=False):
        if NAMES[cause] in found:
            at = dict(zip(oracle.times, share, strict=True))
            assert all(at[age] == pytest.approx(value, abs=1e-12) for age, value in found[NAMES[cause]])


@given(FOLLOWED, st.lists(st.integers(0, 4), min_size=40, max_size=40))
def test_causes_add_up_to_all_deaths(followed: list[tuple[int, int]], entered: list[int]) -> None:
    """At every age the causes together have ended 1 - S, also of findings that entered late."""
    entry = np.array(entered[: len(followed)], dtype=float)
    ages, kind = entry + np.array([a for a, _ in followed]), np.array([k for _, k in followed])
    found = incidence(ages, kind > 0, NAMES[kind], entry=entry)
    alive = {age: s for age, s, *_ in survival(ages, kind > 0, entry=entry)}
    for steps in zip(*(steps for _, steps in found), strict=True):
        assert sum(share for _, share in steps) == pytest.approx(1 - alive[steps[0][0]], abs=1e-9)


def test_the_naive_estimate_would_say_more() -> None:
    """One minus the Kaplan-Meier curve of one cause, others censored, exceeds its incidence where others end lives too."""
    rng = np.random.default_rng(1)
    ages, kind = rng.integers(1, 8, 300).astype(float), rng.integers(0, 3, 300)
    found = dict(incidence(ages, kind > 0, NAMES[kind]))["world"][-1][1]
    naive = 1 - survival(ages, kind == 1)[-1][1]
    assert naive > found + 0.1
