"""What a model's loss is made of, seen by training it several times."""

import numpy as np
from scipy.special import stdtrit

from halflife.models.domain import Interval
from halflife.models.rows import Array


def brier_parts(probability: Array, label: Array, common: float = 0.0) -> tuple[Array, Array]:
    """Of each row's Brier loss: what is noise or bias, and what is variance, each of shape (n,).

    The mean of (y − p_k)² over models is (y − p̄)² plus the mean of (p_k − p̄)², exactly; with the sample variance V in
    place of the latter, the rest is an unbiased estimate of noise + bias². One label a row cannot tell those two apart.
    Models that share rows agree more than independent ones would; V is divided by 1 − ``common``, which is right for
    means and, to first order, for smooth functions of them. Models that share all rows differ by their seeds alone, and
    V is left as it is.

    Args:
        probability: of r ≥ 2 models, shape (r, n).
        label: 0 or 1, shape (n,).
        common: share of their training rows that two of them have in common, on average.

    Source: Geman, Bienenstock, Doursat, Neural Computation 4, 1992; Domingos, ICML 2000; the exact identity, Krogh &
    Vedelsby, NIPS 1995.

    >>> rest, variance = brier_parts(np.array([[0.2, 0.5], [0.4, 0.5]]), np.array([0.0, 1.0]))
    >>> rest.round(3), variance.round(3)
    (array([0.08, 0.25]), array([0.02, 0.  ]))
    """
    variance = probability.var(axis=0, ddof=1) / (1.0 - common if common < 1.0 else 1.0)
    return ((label - probability) ** 2).mean(axis=0) - variance, variance


def ambiguous(probability: Array, threshold: float) -> Array:
    """1 for each row that some models decide one way and some the other, else 0, shape (n,).

    Args:
        probability: of r models, shape (r, n).
        threshold: from which the decision is positive.

    Source: the ambiguity of Marx, Calmon, Ustun, ICML 2020, over r models: more of them find more.

    >>> ambiguous(np.array([[0.2, 0.5], [0.4, 0.7]]), 0.3)
    array([1., 0.])
    """
    decided = probability >= threshold
    return np.asarray(decided.any(axis=0) & ~decided.all(axis=0), dtype=float)


def paired(difference: Array, level: float) -> Interval:
    """The mean of a difference over r repeats and n rows, with the error of both kinds of sampling.

    The two mean squares are added; Satterthwaite's degrees of freedom (Biometrics Bulletin 2, 1946) weigh them, so that
    an interval that rests on a handful of repeats is as wide as a handful deserves.

    Args:
        difference: shape (r, n).
        level: two-sided coverage.

    >>> print(paired(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]), 0.9))
    2.000 [0.314, 3.686]
    """
    r, n = difference.shape
    by_row, by_repeat = difference.mean(axis=0), difference.mean(axis=1)
    rows, repeats = by_row.var(ddof=1) / n, by_repeat.var(ddof=1) / r
    spread = rows + repeats
    mean = float(difference.mean())
    if spread == 0:
        return Interval(mean, mean, mean)
    freedom = spread**2 / (rows**2 / (n - 1) + repeats**2 / (r - 1))
    reach = float(stdtrit(freedom, (1 + level) / 2) * np.sqrt(spread))
    return Interval(mean, mean - reach, mean + reach)
