"""Moderated variances agree with an independent calculation, and their prior is found where it is known."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from halflife.monitoring.causes.moderated_variance import directions, moderated_variance, prior, trigamma_inverse


def newton(x: float) -> float:
    """Trigamma's inverse as limma iterates it."""
    y = 0.5 + 1 / x
    for _ in range(50):
        tri = special.polygamma(1, y)
        y += tri * (1 - tri / x) / special.polygamma(2, y)
    return float(y)


@given(st.floats(1e-3, 1e3))
def test_trigamma_is_inverted_as_by_newtons_iteration(x: float) -> None:
    """Both find the same root, and trigamma leads back."""
    assert trigamma_inverse(x) == pytest.approx(newton(x), rel=1e-6)
    assert special.polygamma(1, trigamma_inverse(x)) == pytest.approx(x, rel=1e-9)


def test_the_prior_is_the_one_the_variances_were_drawn_from() -> None:
    """Of 200,000 variances whose own variances are scaled inverse χ², d₀ and s₀² come back within 5 %."""
    rng = np.random.default_rng(3)
    d0, s0, d = 6.0, 0.4, 3.0
    sigma = d0 * s0 / rng.chisquare(d0, 200_000)
    s2 = sigma * rng.chisquare(d, 200_000) / d
    found = prior(s2, np.full(200_000, d))
    assert found == pytest.approx((d0, s0), rel=0.05)


def test_a_moderated_variance_is_the_inverse_of_the_posterior_mean_precision() -> None:
    """For one variance beside many, s̃² = 1/E[σ⁻² | s²], integrated numerically under the estimated prior."""
    rng = np.random.default_rng(5)
    s2 = 4.0 / rng.chisquare(4, 300) * rng.chisquare(3, 300) / 3
    df = np.full(300, 3.0)
    d0, s0 = prior(s2, df)

    def density(precision: float, power: int) -> float:
        """Prior times likelihood times a power of the precision."""
        given_precision = stats.chi2.pdf(3 * s2[0] * precision, 3) * precision
        return float(stats.gamma.pdf(precision, d0 / 2, scale=2 / (d0 * s0)) * given_precision * precision**power)

    mass, mean = (integrate.quad(density, 0, inf, args=(power,))[0] for power in (0, 1))
    moderated, free = moderated_variance(s2, df)
    assert moderated[0] == pytest.approx(mass / mean, rel=1e-4)
    assert free[0] == pytest.approx(3 + d0)


@given(st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=30), st.floats(0, 50))
def test_a_moderated_variance_lies_between_its_own_and_a_common_one(values: list[float], most: float) -> None:
    """All are drawn towards one value by one factor, and never gain more degrees of freedom than allowed."""
    s2, df = np.array(values), np.full(len(values), 3.0)
    moderated, free = moderated_variance(s2, df, most)
    assert np.all(np.diff(moderated[np.argsort(s2)]) >= -1e-9 * s2.max())
    assert np.ptp(moderated) <= np.ptp(s2) * (1 + 1e-9)
    assert np.all((free >= 3) & (free <= 3 + most + 1e-9))


def test_a_variance_alone_and_variances_of_zero_stay_as_they_are() -> None:
    """There is nothing to learn from."""
    alone, df = moderated_variance(np.array([0.7]), np.array([3.0]))
    assert (alone[0], df[0]) == (0.7, 3.0)
    assert moderated_variance(np.zeros(4), np.full(4, 3.0))[0].tolist() == [0.0] * 4


def test_findings_that_move_together_count_as_one_direction() -> None:
    """K models have at most K - 1 independent directions, and copies of one finding have one."""
    rng = np.random.default_rng(1)
    deviations = rng.normal(size=(4, 5_000))
    deviations -= deviations.mean(axis=0)
    assert directions(deviations) == pytest.approx(3.0, abs=0.05)
    assert directions(np.repeat(deviations[:, :1], 50, axis=1)) == pytest.approx(1.0)
    assert directions(np.zeros((4, 3))) == 1.0
