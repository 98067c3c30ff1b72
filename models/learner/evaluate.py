"""How good a model is on rows it never saw, each figure with the interval its evidence allows.

Every interval is a formula of the rows: nothing is resampled, so nothing depends on a seed.
"""

import numpy as np
from scipy.special import expit, logit
from scipy.stats import binomtest, norm, rankdata, t

from models.domain import Interval
from models.rows import Array

EPSILON = float(np.finfo(np.float64).eps)


def evaluate(probability: Array, label: Array, *, level: float = 0.90, threshold: float = 0.5) -> dict[str, Interval]:
    """Metrics of calibrated probabilities.

    A metric these rows cannot bound is left out, never invented: all of them without rows, all but ``accuracy`` with
    one row, ``auc`` with fewer than two rows of either label.

    Args:
        probability: of class 1, shape (n,), in [0, 1].
        label: 0 or 1, shape (n,).
        level: two-sided coverage of the intervals.
        threshold: probability from which the decision is positive.

    Returns:
        ``auc`` (DeLong's variance, logit scale), ``log_loss`` in nats and ``brier`` (Student's t on the row losses),
        ``accuracy`` (Wilson).

    >>> metrics = evaluate(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    >>> metrics["auc"].estimate, metrics["accuracy"].estimate
    (0.75, 0.75)
    >>> evaluate(np.zeros(0), np.zeros(0))
    {}
    """
    n = len(label)
    metrics: dict[str, Interval] = {}
    if min(np.sum(label == 1), np.sum(label == 0)) > 1:
        metrics["auc"] = auc(probability, label, level=level)
    if n > 1:
        metrics["log_loss"] = _mean(row_log_loss(probability, label), level, top=np.inf)
        metrics["brier"] = _mean((probability - label) ** 2, level, top=1.0)
    if n > 0:
        right = binomtest(int(np.sum((probability >= threshold) == (label == 1))), n)
        wilson = right.proportion_ci(level, method="wilson")
        metrics["accuracy"] = Interval(float(right.statistic), float(wilson.low), float(wilson.high))
    return metrics


def row_log_loss(probability: Array, label: Array) -> Array:
    """Log loss of each row in nats, shape (n,); a certainty that is wrong costs 36, not infinity.

    >>> row_log_loss(np.array([0.5, 1.0]), np.array([1.0, 0.0])).round(3)
    array([ 0.693, 36.044])
    """
    likelihood = np.where(label == 1, probability, 1.0 - probability)
    return np.asarray(-np.log(np.clip(likelihood, EPSILON, 1.0)), dtype=float)


def auc(score: Array, label: Array, *, level: float = 0.90) -> Interval:
    """Area under the ROC curve; any increasing score will do.

    The interval is symmetric on the logit scale, so it stays inside (0, 1). A perfect order has DeLong variance 0 and
    is not certain for that: of k = min(positives, negatives) disjoint pairs all came out right, so the far bound is
    the exact binomial one, α^(1/k).

    Args:
        score: shape (n,).
        label: 0 or 1, shape (n,), at least two of each.
        level: two-sided coverage.

    >>> print(auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 1.0, 1.0])))
    1.000 [0.224, 1.000]
    """
    area, variance = delong(score, label)
    if area in (0.0, 1.0):
        far = ((1.0 - level) / 2.0) ** (1.0 / min(np.sum(label == 1), np.sum(label == 0)))
        return Interval(area, float(far) if area else 0.0, 1.0 if area else 1.0 - float(far))
    reach = norm.ppf((1.0 + level) / 2.0) * np.sqrt(variance) / (area * (1.0 - area))
    lower, upper = expit(logit(area) + np.array([-reach, reach]))
    return Interval(area, float(lower), float(upper))


def delong(score: Array, label: Array) -> tuple[float, float]:
    """AUC and the variance of its estimate, in O(n log n) through midranks; ties count one half.

    Args:
        score: shape (n,).
        label: 0 or 1, shape (n,), at least two of each.

    Source: DeLong, DeLong & Clarke-Pearson, Biometrics 1988; Sun & Xu, IEEE Signal Processing Letters 2014.

    >>> delong(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    (0.75, 0.125)
    """
    positive, negative = score[label == 1], score[label == 0]
    m, n = len(positive), len(negative)
    among_all = rankdata(np.concatenate([positive, negative]))
    beaten = (among_all[:m] - rankdata(positive)) / n
    beating = 1.0 - (among_all[m:] - rankdata(negative)) / m
    return float(beaten.mean()), float(beaten.var(ddof=1) / m + beating.var(ddof=1) / n)


def _mean(values: Array, level: float, *, top: float) -> Interval:
    """The mean of losses in [0, ``top``] with Student's interval."""
    mean = float(values.mean())
    reach = float(t.ppf((1.0 + level) / 2.0, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, max(0.0, mean - reach), min(top, mean + reach))
