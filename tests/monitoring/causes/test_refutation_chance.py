"""How often noise alone refutes a finding, against plain simulation."""

import numpy as np
import pytest

from halflife.models.domain import Interval
from halflife.monitoring.causes.refutation_chance import by_margin, by_votes, rows_error
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise
from halflife.monitoring.verdicts import verdict


@pytest.mark.parametrize("comparator", [">", "<"])
def test_the_chance_is_that_of_the_verdict_table_over_redrawn_versions(comparator: str) -> None:
    """θ redrawn with retraining noise and other rows, judged with an interval as wide: it is refuted as often."""
    rng, half, noise = np.random.default_rng(2), 0.03, 0.04
    sign = 1 if comparator == ">" else -1
    then = Interval(sign * 0.1, sign * 0.1 - half, sign * 0.1 + half)
    error = rows_error(then, shared=0.75, level=0.90)
    theta = then.estimate + rng.normal(0, np.hypot(noise, error), 20_000)
    refuted = np.mean([verdict(Interval(t, t - half, t + half), comparator, sign * 0.08, 0.01).refutes for t in theta])
    told = by_margin(
        then, comparator, sign * 0.08, 0.01, RetrainingNoise(Basis.PAIRED, noise**2, float("inf")), error=error
    )
    assert told == pytest.approx(float(refuted), abs=0.01)
    assert 0.05 < told < 0.2


def test_fewer_shadows_make_rare_things_less_rare() -> None:
    """A t with few degrees of freedom has heavier tails than a normal."""
    then = Interval(0.5, 0.5, 0.5)
    few, many = (by_margin(then, ">", 0.3, 0.0, RetrainingNoise(Basis.PAIRED, 0.0025, df)) for df in (3.0, 300.0))
    assert few > 10 * many


def test_without_any_noise_the_chance_is_none_or_all() -> None:
    """An exact finding that nothing moves stays on its side."""
    still = RetrainingNoise(Basis.PAIRED, 0.0, 3.0)
    assert [by_margin(Interval(t, t, t), ">", 0.3, 0.0, still) for t in (0.31, 0.29)] == [0.0, 1.0]


def test_votes_are_never_certain() -> None:
    """The posterior mean of Beta(½, ½) after K votes, against counting on a fine grid."""
    grid = (np.arange(100_000) + 0.5) / 100_000
    posterior = grid ** (3 - 0.5) * (1 - grid) ** (5 - 0.5)
    assert by_votes(3, 8) == pytest.approx(float(np.sum(grid * posterior) / np.sum(posterior)), rel=1e-3)
    assert 0 < by_votes(0, 4) < by_votes(4, 4) < 1
