"""A power law fitted to a learning curve: what it recovers, what it does not claim, and how often its interval is right."""

import numpy as np
import pytest

from halflife.models.learner.power_law import extrapolate, power_law, saved
from halflife.models.rows import Array

LABELS = 16_000 * 0.5 ** np.arange(5)[::-1]


def losses(floor: float, above: float, exponent: float, rng: np.random.Generator, noise: float = 0.02) -> Array:
    """Losses of 1,500 rows under 4 repeats: rows differ from each other, repeats by less the more labels they have."""
    mean = floor + above * (LABELS / LABELS[-1]) ** -exponent
    row, model = (
        rng.gamma(2.0, 0.15, 1500) - 0.3,
        rng.normal(size=(5, 4, 1)) * noise * np.sqrt(1000 / LABELS)[:, None, None],
    )
    return mean[:, None, None] + row + model + rng.normal(size=(5, 4, 1500)) * 0.05


@pytest.mark.parametrize("exponent", [0.3, 0.5, 1.0])
def test_an_exact_power_law_is_recovered(exponent: float) -> None:
    """a, b·n^-c and c come back, whatever stands in the leading dimensions."""
    curve = 0.4 + 0.05 * (LABELS / LABELS[-1]) ** -exponent
    a, above, c = power_law(LABELS, np.stack([curve, 2 * curve]))
    assert a == pytest.approx([0.4, 0.8], abs=1e-6)
    assert above == pytest.approx([0.05, 0.10], abs=1e-6)
    assert c == pytest.approx(exponent)


def test_no_floor_is_below_zero() -> None:
    """A curve that falls ever faster on the log axis has floor 0, not a negative loss."""
    a, above, _ = power_law(LABELS, np.array([0.9, 0.8, 0.6, 0.3, 0.05]))
    assert a == 0
    assert above > 0


def test_the_gain_of_doubling_is_in_its_interval_as_often_as_it_says() -> None:
    """Of 120 simulated curves, the 90 % interval misses the true gain in at least 2 and at most 22."""
    rng = np.random.default_rng(3)
    missed = 0
    for k in range(120):
        found = extrapolate(LABELS, losses(0.40, 0.04, 0.5, rng), replicates=200, seed=k)
        assert found is not None
        missed += not found.doubling.lower <= 0.04 * float(saved(0.5, 1.0)) <= found.doubling.upper
    assert 2 <= missed <= 22


def test_a_flat_curve_promises_nothing() -> None:
    """Where loss is noise whatever is labelled, doubling is not said to gain: of 60 curves at most 9 are identified."""
    rng = np.random.default_rng(4)
    found = [extrapolate(LABELS, losses(0.69, 0.0, 0.5, rng), replicates=200, seed=k) for k in range(60)]
    assert sum(f is not None and f.identified for f in found) <= 9
    assert all(f is not None and f.doubling.upper < 0.02 for f in found)


def test_three_sizes_are_too_few() -> None:
    """Three points determine three parameters and contradict nothing."""
    assert extrapolate(LABELS[:3], losses(0.4, 0.04, 0.5, np.random.default_rng(0))[:3]) is None
