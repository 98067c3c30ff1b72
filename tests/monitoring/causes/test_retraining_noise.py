"""The noise of retraining: read from shadows, it is that of brute force, and few shadows stay honest."""

import numpy as np
import pytest
from scipy import stats

from halflife.models.learner.shadow_training import poisson
from halflife.models.rows import row_hash
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise, ShadowEstimates, moderated, spread

COUPLED, SEED = ShadowKind.COUPLED, ShadowKind.SEED


@pytest.mark.parametrize("shared", [0, 500, 750])
def test_coupled_shadows_see_what_two_windows_share(shared: int) -> None:
    """For θ = a window's mean, v over 400 coupled shadows is the variance of the difference: 2(n - shared)σ²/n²."""
    n, rng = 1_000, np.random.default_rng(shared)
    ids = [str(i) for i in range(2 * n - shared)]
    rows, hashes = rng.normal(size=len(ids)), row_hash(ids)
    weights = np.array([poisson(hashes, k) for k in range(400)])
    before, now = (
        w @ rows[at] / w.sum(axis=1) for at in (slice(0, n), slice(n - shared, None)) for w in [weights[:, at]]
    )
    found = spread(ShadowEstimates((COUPLED,) * 400, tuple(before)), ShadowEstimates((COUPLED,) * 400, tuple(now)))
    assert found is not None
    assert found.basis is Basis.PAIRED
    assert found.variance == pytest.approx(2 * (n - shared) / n**2, rel=0.25)


def test_the_seeds_part_is_the_sum_of_both_versions_variances() -> None:
    """Seeds of two versions are independent; Satterthwaite's degrees of freedom lie between one side's and both."""
    kinds = (COUPLED, COUPLED, COUPLED, SEED, SEED, SEED)
    found = spread(ShadowEstimates(kinds, (0, 1, 2, 1, 2, 3)), ShadowEstimates(kinds, (0, 2, 5, 4, 4, 7)))
    assert found is not None
    assert found.seed == pytest.approx(np.var([1, 2, 3], ddof=1) + np.var([4, 4, 7], ddof=1))
    assert 2 <= found.seed_df <= 4


@pytest.mark.parametrize(
    ("before", "now", "basis", "variance"),
    [
        ((), (1.0, 3.0), Basis.NOW, 4.0),
        ((1.0, 3.0), (), Basis.BEFORE, 4.0),
        ((1.0, 3.0), (2.0, 4.0), Basis.PAIRED, 0.0),
        ((1.0, float("nan")), (2.0, 5.0), Basis.NOW, 9.0),
    ],
)
def test_one_side_alone_counts_twice(
    before: tuple[float, ...], now: tuple[float, ...], basis: Basis, variance: float
) -> None:
    """Without pairs the variance of the version that has shadows counts for both, an upper bound."""
    found = spread(*(ShadowEstimates((COUPLED,) * len(theta), theta) for theta in (before, now)))
    assert found is not None
    assert (found.basis, found.variance) == (basis, pytest.approx(variance))


def test_without_shadows_or_with_one_there_is_no_noise_to_tell() -> None:
    """One θ has no spread; controls of another length than the plan are not read."""
    assert spread(ShadowEstimates((), ()), ShadowEstimates((COUPLED,), (1.0,))) is None
    assert ShadowEstimates.of((COUPLED, COUPLED), Controls((1.0,))).theta == ()


@pytest.mark.parametrize("together", [1, 12])
def test_few_shadows_raise_no_more_false_alarms_than_two_standard_deviations_should(together: int) -> None:
    """With four coupled shadows and no change but noise, |z| is beyond the line in 4.6 % of pairs, not in 14 %.

    ``together`` findings share the shadows; their θ are correlated by one half, and their noise differs in size.
    """
    rng, k, pairs = np.random.default_rng(7), 4, 3_000
    size = np.exp(rng.normal(0, 0.3, (pairs, together)))
    shared = rng.normal(size=(pairs, k + 1, 1))
    theta = size[:, None] * (np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=(pairs, k + 1, together)))
    false = naive = 0
    zero = ShadowEstimates((COUPLED,) * k, (0.0,) * k)
    for pair in theta:
        spreads = [spread(zero, ShadowEstimates((COUPLED,) * k, tuple(column))) for column in pair[:k].T]
        noise = moderated([s for s in spreads if s is not None])[0]
        z = pair[k, 0] / np.sqrt(noise.variance)
        false += abs(z) > noise.clear
        naive += abs(pair[k, 0]) / np.sqrt(np.var(pair[:k, 0], ddof=1)) > 2
    assert 0.03 < false / pairs < 0.065
    assert naive / pairs > 0.10


def test_the_line_is_students_quantile_and_two_for_many_shadows() -> None:
    """P(|t| > clear) is P(|normal| > 2), whatever the degrees of freedom."""
    for df in (2.0, 6.5, 400.0):
        assert 2 * stats.t.sf(RetrainingNoise(Basis.PAIRED, 1.0, df).clear, df) == pytest.approx(2 * stats.norm.sf(2))
    assert RetrainingNoise(Basis.PAIRED, 1.0, float("inf")).clear == 2.0
