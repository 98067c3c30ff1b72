"""The chain of two states finds the rates that made it."""

import numpy as np
import pytest
from scipy import stats

from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.recurrence import recurrence


def turned(held: int, left: int, stale: int, back: int) -> Life:
    """A life with these turns."""
    return Life(1, "auc", 4, None, turns=((held, left), (stale, back)))


def test_rates_are_the_posteriors_of_scipy() -> None:
    """Means and 95 % intervals of Beta(½ + k, ½ + n - k), added up over findings."""
    found = recurrence([turned(60, 8, 20, 5), turned(40, 4, 10, 4)])
    assert found is not None
    for rate, (n, k) in ((found.to_stale, (100, 12)), (found.to_holds, (30, 9))):
        posterior = stats.beta(0.5 + k, 0.5 + n - k)
        assert rate == pytest.approx((posterior.mean(), *posterior.interval(0.95)), rel=0.05)
    assert found.turns == ((100, 12), (30, 9))


def test_long_run_share_is_that_of_the_chain() -> None:
    """A chain simulated for 20,000 steps holds as often as its rates say, and the interval shrinks around it."""
    rng = np.random.default_rng(3)
    state, turns, held = 0, np.zeros((2, 2), dtype=int), 0
    for _ in range(20_000):
        flips = rng.random() < (0.1, 0.3)[state]
        turns[state] += (1, int(flips))
        state ^= int(flips)
        held += state == 0
    found = recurrence([turned(*turns[0].tolist(), *turns[1].tolist())])
    assert found is not None
    value, lower, upper = found.holds
    assert lower is not None
    assert upper is not None
    assert value == pytest.approx(0.75, abs=0.015)
    assert value == pytest.approx(held / 20_000, abs=0.01)
    assert lower < value < upper < lower + 0.05


def test_intervals_cover_the_long_run_share() -> None:
    """Over 300 samples of 200 turns the interval holds the true share about as often as it says."""
    rng = np.random.default_rng(4)
    held = []
    for _ in range(300):
        n, m = 150, 50
        found = recurrence([turned(n, int(rng.binomial(n, 0.1)), m, int(rng.binomial(m, 0.3)))])
        assert found is not None
        _, lower, upper = found.holds
        assert lower is not None
        assert upper is not None
        held.append(lower <= 0.75 <= upper)
    assert 0.91 <= np.mean(held) <= 0.985


def test_nothing_re_tested_has_no_rates() -> None:
    """Without a turn there is nothing to say; without a stale one the way back is the prior's own."""
    assert recurrence([turned(0, 0, 0, 0)]) is None
    assert recurrence([]) is None
    found = recurrence([turned(20, 0, 0, 0)])
    assert found is not None
    assert found.to_holds[0] == 0.5
