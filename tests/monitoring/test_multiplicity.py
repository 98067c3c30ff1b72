"""Disagreement among shadows, and the growth of the gap that one row makes."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.api import OLS, add_constant
from statsmodels.stats.proportion import proportion_confint

from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.monitoring.multiplicity import document, growth, metrics, multiplicity

TREES = (1, 2, 3, 5, 8, 12, 20, 50, 100, 200, 400)


def curve(rate: float, bend: int, exponent: float) -> tuple[float, ...]:
    """A gap that grows exponentially up to a tree and as a power from there."""
    return tuple(1e-4 * float(np.exp(rate * min(m, bend)) * (max(m, bend) / bend) ** exponent) for m in TREES)


@given(arrays(bool, st.tuples(st.integers(2, 6), st.integers(1, 30))))
def test_the_three_shares_are_their_definitions(decisions: np.ndarray) -> None:
    """Row by row: any shadow otherwise, the most by one shadow, one on average; each at least the next."""
    own, others = decisions[0], decisions[1:]
    found = multiplicity(own, others)
    rows = range(len(own))
    by_shadow = [sum(bool(other[i] != own[i]) for i in rows) / len(own) for other in others]
    assert found.ambiguity == pytest.approx(sum(any(o[i] != own[i] for o in others) for i in rows) / len(own))
    assert found.discrepancy == pytest.approx(max(by_shadow))
    assert found.churn == pytest.approx(sum(by_shadow) / len(others))
    assert found.ambiguity + 1e-12 >= found.discrepancy >= found.churn - 1e-12


@given(arrays(bool, st.tuples(st.integers(3, 6), st.integers(1, 30))))
def test_more_shadows_never_make_a_version_less_opaque(decisions: np.ndarray) -> None:
    """Ambiguity and discrepancy over some of the shadows are lower bounds of those over all."""
    some, every = multiplicity(decisions[0], decisions[1:-1]), multiplicity(decisions[0], decisions[1:])
    assert some.ambiguity <= every.ambiguity
    assert some.discrepancy <= every.discrepancy


def test_intervals_are_those_of_wilson() -> None:
    """As statsmodels has them, for the share of ambiguous rows at 90 %."""
    others = np.zeros((4, 500), dtype=bool)
    others[0, :20] = others[1, 10:31] = True
    found = multiplicity(np.zeros(500, dtype=bool), others, level=0.9)
    assert found.ambiguity == 31 / 500
    assert found.ambiguity_bounds == pytest.approx(proportion_confint(31, 500, alpha=0.1, method="wilson"))
    assert found.churn_bounds == pytest.approx(proportion_confint(41 / 4, 500, alpha=0.1, method="wilson"))


def test_rows_of_one_entity_count_once() -> None:
    """Every row ten times, as one entity each, says no more than the rows themselves; entities are counted."""
    rng = np.random.default_rng(3)
    own, others = rng.random(300) < 0.5, rng.random((4, 300)) < 0.5
    others = np.where(rng.random((4, 300)) < 0.1, others, own)
    alone = multiplicity(own, others)
    repeated = multiplicity(np.repeat(own, 10), np.repeat(others, 10, axis=1), entities=np.repeat(np.arange(300), 10))
    assert repeated.rows == alone.rows == 300
    assert repeated.ambiguity == pytest.approx(alone.ambiguity)
    assert repeated.ambiguity_bounds == pytest.approx(alone.ambiguity_bounds, abs=1e-3)


def test_the_interval_covers_the_share_among_all_rows() -> None:
    """Of 400 samples of 300 rows at 90 %, 86 to 95 % hold the ambiguity of the population they were drawn from."""
    rng = np.random.default_rng(5)
    flips = rng.random((4, 100_000)) < rng.beta(0.2, 4.0, 100_000)
    truth = flips.any(axis=0).mean()
    held = 0
    for _ in range(400):
        sample = rng.integers(0, 100_000, 300)
        low, high = multiplicity(np.zeros(300, dtype=bool), flips[:, sample]).ambiguity_bounds
        held += low <= truth <= high
    assert 0.86 <= held / 400 <= 0.95


def test_a_single_entity_bounds_nothing_much() -> None:
    """One entity is one row's worth, however many rows it has."""
    found = multiplicity(np.zeros(50, dtype=bool), np.eye(50, dtype=bool)[:4], entities=np.zeros(50, dtype=np.intp))
    assert found.rows == 1
    assert found.ambiguity_bounds[1] > 0.7


@pytest.mark.parametrize(("rate", "bend", "exponent"), [(0.25, 20, 0.58), (0.4, 12, 0.0), (0.1, 50, 1.3)])
def test_the_bend_of_a_curve_is_found(rate: float, bend: int, exponent: float) -> None:
    """An exact curve gives back its rate, its bend and its exponent."""
    found = growth(Sensitivity(TREES, curve(rate, bend, exponent), 5))
    assert found is not None
    assert found.bend == bend
    assert (found.rate, found.exponent) == pytest.approx((rate, exponent), abs=1e-9)
    assert found.early * found.late == pytest.approx(curve(rate, bend, exponent)[-1] / curve(rate, bend, exponent)[0])
    assert found.slows == (exponent < 1)


def test_both_lines_are_those_of_least_squares() -> None:
    """On a noisy curve, rate and exponent are OLS's of the logs on either side, and no other bend fits better."""
    noise = np.exp(np.random.default_rng(1).normal(0, 0.2, len(TREES)))
    gap = np.array(curve(0.25, 20, 0.58)) * noise
    found = growth(Sensitivity(TREES, tuple(gap.tolist()), 5))
    assert found is not None

    def fits(at: int) -> tuple[float, float, float]:
        early = OLS(np.log(gap[: at + 1]), add_constant(np.array(TREES[: at + 1], dtype=float))).fit()
        late = OLS(np.log(gap[at:]), add_constant(np.log(TREES[at:]))).fit()
        return early.ssr + late.ssr, early.params[1], late.params[1]

    best = min(range(2, len(TREES) - 2), key=lambda at: fits(at)[0])
    assert TREES[best] == found.bend
    assert (found.rate, found.exponent) == pytest.approx(fits(best)[1:])


def test_trees_before_the_first_gap_are_left_out() -> None:
    """A row that changes nothing at first has no logarithm there; too few points have no lines at all."""
    gap = (0.0, 0.0, *curve(0.25, 20, 0.58)[2:])
    found = growth(Sensitivity(TREES, gap, 5))
    assert found is not None
    assert found.first == TREES[2]
    assert growth(Sensitivity((1, 2, 4, 8), (0.1, 0.2, 0.3, 0.4), 5)) is None
    assert growth(Sensitivity(TREES, (0.0,) * len(TREES), 5)) is None


def test_what_is_kept_says_what_was_measured_and_no_more() -> None:
    """Metrics carry what is known by name; the document is JSON and has null for what is not."""
    some = Multiplicity(4, 900, 0.09, 0.05, 0.04, (0.08, 0.11), (0.03, 0.05), 0.002)
    whole = Opacity(7, some, some, True, Sensitivity(TREES, curve(0.25, 20, 0.58), 5, 0.5, (0, 9)), 5_000, some, 512.0)
    told = metrics(whole)
    assert {f"opacity.{name}.{kind}" for name in ("ambiguity", "discrepancy", "churn")
            for kind in ("seed", "data", "feedback")} <= set(told)  # fmt: skip
    assert told["opacity.butterfly"] == pytest.approx(curve(0.25, 20, 0.58)[-1] / 0.5)
    said = json.loads(json.dumps(document(whole)))
    assert said["seed"]["ambiguity"] == {"share": 0.09, "lower": 0.08, "upper": 0.11}
    assert said["sensitivity"]["growth"]["bend"] == 20
    assert len(said["sensitivity"]["curve"]) == len(TREES)
    bare = Opacity(1, some, None, seed_channel=False)
    assert set(metrics(bare)) == {f"opacity.{name}.data" for name in ("ambiguity", "discrepancy", "churn")}
    assert (document(bare)["seed"], document(bare)["sensitivity"], document(bare)["seed_channel"]) == (
        None,
        None,
        False,
    )
