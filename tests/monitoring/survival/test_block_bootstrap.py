"""Bands that know that findings die together."""

import numpy as np
import pytest
from scipy import stats

from halflife.monitoring.survival.block_bootstrap import enough, error, length, resampled, student
from halflife.monitoring.survival.half_lives import half_lives
from halflife.monitoring.survival.kaplan_meier import survival
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.person_periods import periods

HAZARD = 0.1
AGE = 4


def shocked(seed: int, variance: float, *, last: int = 20, each: int = 15, follow: int = 8) -> list[Life]:
    """Findings born on every version whose common hazard is drawn anew for each retrain: mean 0.1, Gamma."""
    rng = np.random.default_rng(seed)
    hazard = np.minimum(HAZARD * rng.gamma(1 / variance, variance, last), 0.95) if variance else np.full(last, HAZARD)
    found = []
    for made_on in range(last - 1):
        ahead = hazard[made_on + 1 : made_on + 1 + follow]
        dies = rng.random((each, len(ahead))) < ahead
        age = np.where(dies.any(axis=1), dies.argmax(axis=1) + 1, len(ahead))
        found += [
            Life(0, "auc", int(a), made_on + int(a) if dead else None, made_on=made_on)
            for a, dead in zip(age, dies.any(axis=1), strict=True)
        ]
    return found


def coverage(variance: float, worlds: int = 120) -> tuple[float, float]:
    """How often the independent band and the band of blocks hold the true survival at age 4."""
    draws = HAZARD * np.random.default_rng(0).gamma(1 / variance, variance, 200_000) if variance else np.array([HAZARD])
    truth = (1 - np.minimum(draws, 0.95).mean()) ** AGE
    held = []
    for seed in range(worlds):
        lives = shocked(seed, variance)
        ages, died = np.array([x.age for x in lives], dtype=float), np.array([x.died_on is not None for x in lives])
        found = error(periods(lives))
        assert found is not None
        spread, reach = found
        bands = survival(ages, died), survival(ages, died, error=spread, reach=reach)
        steps = [next(step for step in reversed(band) if step[0] <= AGE) for band in bands]
        held.append([lower <= truth <= upper for _, _, lower, upper in steps])
    alone, together = np.mean(held, axis=0)
    return float(alone), float(together)


def test_blocks_cover_where_findings_die_together() -> None:
    """With shocks to the common hazard the log-log band holds the truth in under half of worlds, that of blocks in nine of ten."""
    alone, together = coverage(3.0)
    assert alone < 0.6
    assert together > 0.87


def test_blocks_cost_little_where_findings_die_alone() -> None:
    """Without shocks both bands cover."""
    alone, together = coverage(0.0, worlds=80)
    assert alone >= 0.88
    assert together >= 0.94


def test_error_of_independent_findings_is_greenwoods() -> None:
    """Without shocks the variance over replicates is Greenwood's on average, to a quarter, at every age."""
    ratios = []
    for seed in range(30):
        lives = shocked(seed, 0.0, last=60, follow=5)
        ages, died = np.array([x.age for x in lives], dtype=float), np.array([x.died_on is not None for x in lives])
        found = error(periods(lives))
        assert found is not None
        times, deaths = np.unique(ages[died], return_counts=True)
        risk = np.array([(ages >= t).sum() for t in times])
        ratios.append(found[0] ** 2 / np.cumsum(deaths / (risk * (risk - deaths))))
    assert np.mean(ratios, axis=0) == pytest.approx(np.ones(5), rel=0.25)


def test_bands_are_never_narrower_than_those_of_independent_findings() -> None:
    """Whatever the spread over blocks, no bound lies inside the log-log band."""
    for seed in range(10):
        lives = shocked(seed, 0.5)
        (told, _) = half_lives(lives)
        alone = survival(
            np.array([x.age for x in lives], dtype=float), np.array([x.died_on is not None for x in lives])
        )
        assert told.band == "blocks"
        for wide, narrow in zip(told.curve, alone, strict=True):
            assert wide[:2] == narrow[:2]
            assert wide[2] <= narrow[2] + 1e-12
            assert wide[3] >= narrow[3] - 1e-12


def test_sums_over_replicates_have_the_sum_as_their_mean() -> None:
    """Weights have mean 1 and the same for all periods of a version, whatever is added up."""
    version, cell = np.repeat(np.arange(1, 28), 4), np.tile(np.array([0, 1, 1, 2]), 27)
    (found,) = resampled(version, (cell, np.ones(len(cell))))
    assert found.mean(axis=0) == pytest.approx([27, 54, 27], rel=0.03)
    assert np.allclose(found[:, 1], 2 * found[:, 0])


def test_students_quantile_is_scipys() -> None:
    """The series is within 1 % from three degrees of freedom on."""
    for freedom in (3, 4, 7, 15, 60):
        assert student(freedom) == pytest.approx(stats.t(freedom).ppf(0.975), rel=0.01)


def test_too_few_versions_have_no_blocks() -> None:
    """Five blocks are the fewest; they come with five versions of one, never with eight of two."""
    assert length(27) == 3
    assert [enough(np.arange(n)) for n in (0, 3, 8, 10, 27)] == [None, None, None, 5, 9]
