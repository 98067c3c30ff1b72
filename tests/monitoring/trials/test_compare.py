"""Recipes side by side: paired on the same rows, with intervals in which a version's block is one draw."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.regression.linear_model import OLS

from halflife.models.domain import Interval
from halflife.models.learner.evaluate import standard_error
from halflife.models.recipe import Recipe
from halflife.models.rows import Array
from halflife.monitoring.trials.compare import compare, over_blocks, standing
from halflife.monitoring.trials.trial import Block, Living, Probe, Trial

LIFE = Living(4.0, 3.0, 6.0, 40, 22)


def trial(name: str, losses: list[float | None], rows: int = 100) -> Trial:
    """One version a loss, 10 trees more each time."""
    blocks = tuple(Block(4 + 2 * k, 10 * (k + 1), 1.0 + k, rows, loss, 0.8, 0.1) for k, loss in enumerate(losses))
    return Trial(
        name, Recipe(), blocks, (Probe(6, 0.1, 0.4), Probe(8, None, None), Probe(10, 0.2, 0.6)), LIFE, None, ()
    )


@given(st.lists(st.tuples(st.floats(-2, 2), st.integers(1, 9)), min_size=2, max_size=8))
def test_the_interval_is_never_narrower_than_that_of_a_mean_from_clusters(blocks: list[tuple[float, int]]) -> None:
    """Means and rows of blocks give at least the standard error that rows numbered by their block give."""
    values = np.concatenate([np.full(rows, value) for value, rows in blocks])
    own = np.concatenate([np.full(rows, k) for k, (_, rows) in enumerate(blocks)])
    told = over_blocks(blocks, 0.90)
    assert told is not None
    assert told.estimate == pytest.approx(values.mean(), abs=1e-9)
    error, groups = standard_error(values, own)
    assert (told.upper - told.lower) / 2 >= t.ppf(0.95, groups - 1) * error - 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_blocks_that_are_alike_widen_it_as_statsmodels_does(seed: int) -> None:
    """The standard error of equal blocks is the larger of the plain one and Newey and West's."""
    rng = np.random.Generator(np.random.Philox(seed))
    values = chained(rng, 0.6 if seed else -0.6, 28)
    told = over_blocks([(value, 50) for value in values.tolist()], 0.90)
    assert told is not None
    fitted = OLS(values, np.ones(28)).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    error = max(float(fitted.bse[0]), float(values.std(ddof=1) / np.sqrt(28)))
    assert (told.upper - told.lower) / 2 == pytest.approx(t.ppf(0.95, 27) * error)


def chained(rng: np.random.Generator, correlation: float, n: int) -> Array:
    """Draws of variance 1, each correlated with the one before it, shape (n,)."""
    values = rng.standard_normal(n)
    for k in range(1, n):
        values[k] = correlation * values[k - 1] + np.sqrt(1 - correlation**2) * values[k]
    return values


@pytest.mark.parametrize(("correlation", "least", "most"), [(0.0, 0.87, 0.94), (0.35, 0.79, 0.92)])
def test_the_interval_holds_what_it_promises(correlation: float, least: float, most: float) -> None:
    """A 90 % interval from 28 blocks of unequal size covers the truth in about 90 % of 2,000 histories, and in about 80 %
    where each block is like the one before it, in which blocks taken as independent cover 74 %.
    """
    rng, covered, naive = np.random.Generator(np.random.Philox(7)), 0, 0
    for _ in range(2_000):
        rows = rng.integers(80, 120, size=28)
        means = 0.02 + 0.05 * chained(rng, correlation, 28)
        told = over_blocks(zip(means.tolist(), rows.tolist(), strict=True), 0.90)
        covered += told is not None and told.lower <= 0.02 <= told.upper
        naive += abs(means.mean() - 0.02) <= t.ppf(0.95, 27) * means.std(ddof=1) / np.sqrt(28)
    assert least <= covered / 2_000 <= most
    assert correlation == 0 or covered > naive + 100


def test_what_moves_both_recipes_cancels() -> None:
    """A drift that doubles every loss leaves the paired difference exact, however wide the scores are."""
    base = [0.3, 0.6, 0.9, 0.5]
    found = standing(trial("warm", [loss - 0.01 for loss in base]), trial("plain", list(base)), 0.9)
    assert found.against is not None
    assert found.log_loss is not None
    assert found.against.estimate == pytest.approx(-0.01)
    assert found.against.upper - found.against.lower < 1e-9
    assert found.log_loss.upper - found.log_loss.lower > 0.1


def test_recipes_are_paired_by_tick() -> None:
    """A block one of them lacks is left out of the difference, and of nothing else."""
    found = standing(trial("warm", [0.4, None, 0.4]), trial("plain", [0.5, 9.0, 0.6]), 0.9)
    assert found.against is not None
    assert found.against.estimate == pytest.approx(-0.15)
    missing = replace(trial("warm", [0.4, 0.4]), blocks=(Block(99, 1, 1.0, 100, 0.4),))
    assert standing(missing, trial("plain", [0.5]), 0.9).against is None


def test_a_standing_has_the_figures_of_its_trial() -> None:
    """Cost without the first version, trees of all, probes where they were measured, nothing against itself."""
    plain = trial("plain", [0.5, 0.6, 0.7])
    told = compare([plain, trial("warm", [0.5, 0.5, 0.5])], title="x", until=9, level=0.9)
    assert (told.versions, told.rows, told.beliefs, told.until) == (3, 300, 0, 9)
    first = told.standings[0]
    assert first.against is None
    assert (first.cpu, first.trees) == (2.5, 20.0)
    assert first.reseeded == pytest.approx(0.15)
    assert first.butterfly == Interval(0.5, 0.4, 0.6)
    assert (first.own, first.same) == (LIFE, None)


def test_one_block_has_no_bounds_and_none_no_mean() -> None:
    """What one draw leaves open is said as open."""
    assert over_blocks([(0.5, 10), (None, 5), (0.7, 0)], 0.9) == Interval(0.5, -np.inf, np.inf)
    assert over_blocks([(None, 5)], 0.9) is None
