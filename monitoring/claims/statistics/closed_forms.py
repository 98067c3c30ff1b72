"""Intervals in closed form, from sums; each serves any number of estimates at once."""

import numpy as np
from scipy.special import chdtri, chndtr, chndtrinc, ndtri, stdtrit

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.rounding import beyond_rounding


def wilson(events: Array, trials: Array, alpha: float) -> Array:
    """The score interval of a rate, shape (...,) -> (..., 2); as honest with no event at all as with half of them.

    Args:
        events: those counted.
        trials: those that could have been.
        alpha: error a side.

    Source: Wilson, Journal of the American Statistical Association 22, 1927; Brown, Cai, DasGupta, Statistical Science
    16, 2001.

    >>> wilson(np.array(0.0), np.array(50.0), 0.05).round(4)
    array([0.    , 0.0513])
    """
    z = float(ndtri(1 - alpha))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = events / trials
        centre = (rate + z**2 / (2 * trials)) / (1 + z**2 / trials)
        reach = z / (1 + z**2 / trials) * np.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    return np.clip(np.stack([centre - reach, centre + reach], axis=-1), 0, 1)


def newcombe(one: Array, two: Array, alpha: float) -> Array:
    """The interval of a difference of two independent rates, each with its Wilson interval, shape (..., 2) -> (..., 2).

    Args:
        one: events and trials on the first side, shape (..., 2).
        two: on the second.
        alpha: error a side.

    Source: Newcombe, Statistics in Medicine 17, 1998 (method 10).

    >>> newcombe(np.array([56, 70]), np.array([48, 80]), 0.025).round(4)
    array([0.0524, 0.3339])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = one[..., 0] / one[..., 1], two[..., 0] / two[..., 1]
    a, b = wilson(one[..., 0], one[..., 1], alpha), wilson(two[..., 0], two[..., 1], alpha)
    lower = first - second - np.hypot(first - a[..., 0], b[..., 1] - second)
    upper = first - second + np.hypot(a[..., 1] - first, second - b[..., 0])
    return np.stack([lower, upper], axis=-1)


def welch(one: Array, two: Array, alpha: float) -> Array:
    """The interval of a difference of two means of unequal variance and skewness, shape (..., 4) -> (..., 2).

    With γ the skewness of the difference of means, both bounds are moved by (1 + 2z²)·γ/6 standard errors, at most as far
    as the estimate: a t statistic leans against the skewness of what it is made of.

    Args:
        one: rows, and the sums of values, of their squares and of their cubes on the first side, shape (..., 4).
        two: on the second.
        alpha: error a side.

    Source: Welch, Biometrika 34, 1947; Johnson, Journal of the American Statistical Association 73, 1978, and Hall,
    Journal of the Royal Statistical Society B 54, 1992 (the skewness).
    """
    z = float(ndtri(1 - alpha))
    with np.errstate(divide="ignore", invalid="ignore"):
        (mean, error, third, free), (mean2, error2, third2, free2) = _moments(one), _moments(two)
        variance = error + error2
        degrees = variance**2 / (error**2 / free + error2**2 / free2)
        reach = np.where(variance > 0, stdtrit(degrees, 1 - alpha) * np.sqrt(variance), 0.0)
        shift = np.where(variance > 0, (third - third2) / variance * (1 + 2 * z**2) / 6, 0.0)
    centre = mean - mean2 + np.clip(shift, -reach, reach)
    return np.stack([centre - reach, centre + reach], axis=-1)


def _moments(side: Array) -> tuple[Array, Array, Array, Array]:
    """Mean, its variance, its third cumulant, and degrees of freedom."""
    rows, total, squares, cubes = np.moveaxis(side, -1, 0)
    mean = total / rows
    second = beyond_rounding(squares / rows - mean**2, squares / rows, rows)
    third = cubes / rows - 3 * mean * squares / rows + 2 * mean**3
    return mean, second / (rows - 1), third / rows**2, rows - 1


def root_of_squares(found: Array, noise: Array, spread: Array, alpha: float) -> Array:
    """The interval of √θ², where an estimate of θ² is a sum of squares of noisy means, shape (...,) -> (..., 2).

    The sum is taken for a multiple of a non-central χ² with the same mean and variance; at no distance at all the
    interval then begins at 0, where resampling would put it far off. Where even less is seen than noise alone mostly
    gives, the upper bound is that of noise's own quantile 2α, so that it is never 0. Without noise θ is exact.

    Args:
        found: Σ of squares, its noise included.
        noise: what noise adds to it on average.
        spread: variance of that noise.
        alpha: error a side.

    Source: Satterthwaite, Biometrics Bulletin 2, 1946 (the multiple); Johnson, Kotz, Balakrishnan, "Continuous
    Univariate Distributions 2", 1995, chapter 29.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = spread / (2 * noise)
        freedom = noise / scale
        seen = found / scale
        surprising = chndtr(seen, freedom, 0) > 1 - alpha
        lower = np.where(surprising, chndtrinc(seen, freedom, 1 - alpha), 0.0)
        upper = chndtrinc(np.maximum(seen, chdtri(freedom, 1 - 2 * alpha)), freedom, alpha)
        squares = np.stack([lower, upper], axis=-1) * scale[..., None]
    return np.sqrt(np.where((noise > 0)[..., None], squares, found[..., None]))
