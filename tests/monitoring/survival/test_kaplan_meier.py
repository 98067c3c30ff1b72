"""Survival curves against the textbook and against statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from halflife.monitoring.survival.kaplan_meier import obsolete_on_arrival, survival


def test_survival_equals_the_textbook() -> None:
    """Kaplan-Meier by hand on the 6-MP arm of Freireich et al. 1963 (Kalbfleisch and Prentice, table 1.2)."""
    died = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    alive = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = survival(np.array(died + alive, dtype=float), np.arange(21) < len(died))
    assert [(age, round(s, 3)) for age, s, *_ in curve] == [
        (0, 1.0), (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448), (35, 0.448),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=40))
def test_survival_and_its_bands_equal_statsmodels(followed: list[tuple[int, bool]]) -> None:
    """At every death, survival and Greenwood's error on the log-log scale are those of statsmodels, ties and all."""
    ages, died = np.array([age for age, _ in followed], dtype=float), np.array([dead for _, dead in followed])
    steps = [step for step in survival(ages, died) if 0 < step[1] < 1 and step[0] in set(ages[died])]
    if not steps:
        return
    oracle = SurvfuncRight(ages, died.astype(int))
    inside = oracle.surv_prob > 0
    s, error = oracle.surv_prob[inside], oracle.surv_prob_se[inside]
    reach = stats.norm.ppf(0.975) * error / (s * np.log(s))
    lower, upper = s ** np.exp(-reach), s ** np.exp(reach)
    assert np.allclose(steps, np.column_stack([oracle.surv_times[inside], s, lower, upper]), rtol=0, atol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6), st.booleans()), min_size=1, max_size=40))
def test_late_entry_equals_statsmodels(followed: list[tuple[int, int, bool]]) -> None:
    """With entry times, survival is that of statsmodels at every death: nobody is at risk before entering."""
    entry = np.array([start for start, _, _ in followed], dtype=float)
    ages = entry + np.array([more for _, more, _ in followed], dtype=float)
    died = np.array([dead for *_, dead in followed])
    curve = survival(ages, died, entry=entry)
    steps = {age: s for age, s, *_ in curve}
    if died.any():
        oracle = SurvfuncRight(ages, died.astype(int), entry=entry)
        for age, s in zip(oracle.surv_times, oracle.surv_prob, strict=True):
            assert steps[age] == pytest.approx(s, abs=1e-12)


def test_late_entry_undoes_the_bias_of_those_who_came_late() -> None:
    """Half the findings are filed only if they live to age 3: as if present from birth they bend the curve up by a tenth."""
    rng = np.random.default_rng(5)
    born = rng.geometric(0.2, 20_000).astype(float)
    entry = np.where(rng.random(20_000) < 0.5, 3.0, 0.0)
    seen = born > entry
    ages, died, entry = np.minimum(born, 8)[seen], born[seen] <= 8, entry[seen]
    naive, right = ({age: s for age, s, *_ in survival(ages, died, entry=known)}[4.0] for known in (None, entry))
    assert right == pytest.approx(0.8**4, abs=0.01)
    assert naive > right + 0.1


def test_obsolete_on_arrival_reads_the_curve() -> None:
    """1 - S(d) on each step, and nothing beyond what was followed."""
    curve = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False]))
    assert [obsolete_on_arrival(curve, d) for d in (0, 1, 2.5, 4)] == pytest.approx([0.0, 0.25, 0.5, 0.5])
    assert obsolete_on_arrival(curve, 5) is None
