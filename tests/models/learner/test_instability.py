"""What training several times tells: variance apart from noise and bias, and differences with honest errors."""

import numpy as np
import pytest

from halflife.models.learner.instability import ambiguous, brier_parts, paired


def test_noise_and_bias_are_told_from_variance() -> None:
    """With known probability η, prediction mean m and variance v, the parts are η(1 − η) + (η − m)² and v."""
    rng = np.random.default_rng(1)
    truth, mean, spread, n = 0.3, 0.4, 0.1, 200_000
    rest, variance = brier_parts(rng.normal(mean, spread, (3, n)), (rng.random(n) < truth).astype(float))
    assert variance.mean() == pytest.approx(spread**2, rel=0.02)
    assert rest.mean() == pytest.approx(truth * (1 - truth) + (truth - mean) ** 2, rel=0.01)


def test_the_parts_add_up_to_the_brier_loss_exactly() -> None:
    """Whatever the overlap, rest + variance is the mean squared error of the models."""
    rng = np.random.default_rng(2)
    p, y = rng.random((4, 50)), rng.integers(0, 2, 50).astype(float)
    rest, variance = brier_parts(p, y, common=0.3)
    assert rest + variance == pytest.approx(((y - p) ** 2).mean(axis=0))


def test_models_that_share_rows_are_given_the_variance_of_independent_ones() -> None:
    """Means of halves of one sample that have a third of their rows in common vary as much as divided by 1 − ⅓."""
    rng = np.random.default_rng(3)
    sample = rng.normal(size=(20_000, 24))
    halves = np.stack([np.roll(sample, 6 * k, axis=1)[:, :12].mean(axis=1) for k in range(4)])
    assert brier_parts(halves, np.zeros(20_000), common=1 / 3)[1].mean() == pytest.approx(1 / 12, rel=0.02)


def test_models_that_share_all_rows_keep_the_variance_of_their_seeds() -> None:
    """There is nothing to divide by when the overlap is whole."""
    p = np.array([[0.2], [0.4]])
    assert brier_parts(p, np.zeros(1), common=1.0)[1] == pytest.approx(brier_parts(p, np.zeros(1))[1])


def test_one_dissenter_makes_a_row_ambiguous() -> None:
    """Decisions count, not probabilities."""
    p = np.array([[0.1, 0.49, 0.9], [0.4, 0.51, 0.6], [0.3, 0.2, 0.99]])
    assert ambiguous(p, 0.5).tolist() == [0, 1, 0]


@pytest.mark.parametrize(("by_row", "by_repeat"), [(1.0, 0.0), (0.2, 0.05), (0.0, 0.1)])
def test_the_interval_of_a_difference_covers_rows_and_repeats(by_row: float, by_repeat: float) -> None:
    """Whichever makes the noise, the 90 % interval misses the truth in at most 14 % of 600 simulations."""
    rng = np.random.default_rng(5)
    missed = 0
    for _ in range(600):
        noise = rng.normal(0, by_row, 100) + rng.normal(0, by_repeat, (4, 1)) + rng.normal(0, 0.1, (4, 100))
        found = paired(0.3 + noise, 0.9)
        missed += not found.lower <= 0.3 <= found.upper
    assert missed <= 84
