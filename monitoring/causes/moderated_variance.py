"""Many variances, each from few values, moderated towards what they have in common."""

from math import inf, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from halflife.models.rows import Array

FLOOR = 1e-5
"""Of the median: a smaller variance counts as that, so that one exact zero does not decide the logarithms' mean."""


def trigamma_inverse(x: float) -> float:
    """The y > 0 with ψ′(y) = x.

    Found between bounds that follow from 1/y < ψ′(y) < 1/y + 1/y².

    >>> round(trigamma_inverse(1.6449340668482264), 6)
    1.0
    """
    upper = (1 + sqrt(1 + 4 * x)) / (2 * x)
    return float(brentq(lambda y: float(polygamma(1, y)) - x, 1 / x, upper, xtol=1e-14 * upper, rtol=1e-12))


def prior(variances: Array, df: Array) -> tuple[float, float]:
    """Degrees of freedom d₀ and variance s₀² of the scaled inverse χ² that variances are drawn from, by moments.

    log s² has mean log s₀² + ψ(d/2) − ψ(d₀/2) + log(d₀/d) and variance ψ′(d/2) + ψ′(d₀/2), so the excess of its
    variance over ψ′(d/2) gives d₀. Without any excess d₀ is infinite, they are all one variance, and s₀² is their pooled
    one.

    Args:
        variances: s², shape (n,), n ≥ 2.
        df: d of each, shape (n,), above 0.

    Source: Smyth, "Linear Models and Empirical Bayes Methods for Assessing Differential Expression in Microarray
    Experiments", Statistical Applications in Genetics and Molecular Biology 3(1), 2004, section 6; ``fitFDist`` of
    limma, whose floor for zeros and pooled variance are kept.
    """
    middle = float(np.median(variances))
    logs = np.log(np.maximum(variances, FLOOR * middle if middle > 0 else FLOOR))
    e = logs - digamma(df / 2) + np.log(df / 2)
    excess = float(np.var(e, ddof=1) - np.mean(polygamma(1, df / 2)))
    if excess <= 0:
        return inf, float(np.average(variances, weights=df))
    d0 = 2 * trigamma_inverse(excess)
    return d0, float(np.exp(np.mean(e) + digamma(d0 / 2) - np.log(d0 / 2)))


def moderated_variance(variances: Array, df: Array, most: float = inf) -> tuple[Array, Array]:
    """s̃² = (d₀ s₀² + d s²)/(d₀ + d) and its degrees of freedom d₀ + d, each of shape (n,).

    Args:
        variances: s² of one kind, shape (n,).
        df: d of each, shape (n,).
        most: d₀ counts at most so much, where the variances do not come from independent data.

    Source: as `prior`.

    >>> moderated, df = moderated_variance(np.array([1.0, 1.0, 1.0]), np.array([3.0, 3.0, 3.0]), most=6)
    >>> [round(float(v), 3) for v in moderated], df.tolist()
    ([1.0, 1.0, 1.0], [9.0, 9.0, 9.0])
    """
    if len(variances) < 2 or not np.any(variances > 0):
        return variances, df
    d0, s0 = prior(variances, df)
    d0 = min(d0, most, float(np.sum(df)))
    return (d0 * s0 + df * variances) / (d0 + df), d0 + df


def directions(deviations: Array) -> float:
    """How many independent findings there are among n whose θ is read from the same K models.

    (Σλ)²/Σλ² over the eigenvalues λ of their correlations: 1 when they all move together, at most K − 1.

    Args:
        deviations: θ of each finding by each model less its mean, shape (K, n).

    Source: Nyholt, "A Simple Correction for Multiple Testing for SNPs in Linkage Disequilibrium with Each Other",
    American Journal of Human Genetics 74, 2004 (eigenvalues of correlations); the ratio of Bretherton et al., "The
    Effective Number of Spatial Degrees of Freedom of a Time-Varying Field", Journal of Climate 12, 1999.

    >>> directions(np.array([[1.0, 2.0], [-1.0, -2.0]]))
    1.0
    """
    size = np.linalg.norm(deviations, axis=0)
    moving = deviations[:, size > 0] / size[size > 0]
    if not moving.size:
        return 1.0
    gram = moving @ moving.T
    return float(np.trace(gram) ** 2 / np.sum(gram**2))
