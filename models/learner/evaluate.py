"""How good a model is on rows it never saw, each figure with the interval its evidence allows.

Every interval is a formula of the rows: nothing is resampled, so nothing depends on a seed.
"""

import numpy as np
from scipy.special import expit, logit, ndtri, stdtrit

from halflife.models.domain import Interval
from halflife.models.rows import Array, Mask, Rows

EPSILON = float(np.finfo(np.float64).eps)


def evaluate(
    probability: Array, label: Array, *, level: float = 0.90, threshold: float = 0.5, entities: Rows | None = None
) -> dict[str, Interval]:
    """Metrics of calibrated probabilities.

    A metric these rows cannot bound is left out, never invented: all of them without rows, all but ``accuracy`` with
    one row, ``auc`` with fewer than two rows of either label.

    Args:
        probability: of class 1, shape (n,), in [0, 1].
        label: 0 or 1, shape (n,).
        level: two-sided coverage of the intervals.
        threshold: probability from which the decision is positive.
        entities: the number of each row's entity, shape (n,), where rows repeat by entity; else each is its own.

    Returns:
        ``auc`` (DeLong's variance, logit scale), ``log_loss`` in nats and ``brier`` (Student's t on the row losses),
        ``accuracy`` (Wilson, of as many rows as the entities are worth).

    >>> metrics = evaluate(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    >>> metrics["auc"].estimate, metrics["accuracy"].estimate
    (0.75, 0.75)
    >>> evaluate(np.zeros(0), np.zeros(0))
    {}
    """
    n = len(label)
    metrics: dict[str, Interval] = {}
    if min(np.sum(label == 1), np.sum(label == 0)) > 1:
        metrics["auc"] = auc(probability, label, level=level, entities=entities)
    groups = n if entities is None else len(np.unique(entities))
    if groups > 1:
        metrics["log_loss"] = _mean(row_log_loss(probability, label), level, np.inf, entities)
        metrics["brier"] = _mean((probability - label) ** 2, level, 1.0, entities)
    if n > 0:
        metrics["accuracy"] = _share((probability >= threshold) == (label == 1), level, entities)
    return metrics


def row_log_loss(probability: Array, label: Array) -> Array:
    """Log loss of each row in nats, shape (n,); a certainty that is wrong costs 36, not infinity.

    >>> row_log_loss(np.array([0.5, 1.0]), np.array([1.0, 0.0])).round(3)
    array([ 0.693, 36.044])
    """
    likelihood = np.where(label == 1, probability, 1.0 - probability)
    return np.asarray(-np.log(np.clip(likelihood, EPSILON, 1.0)), dtype=float)


def standard_error(values: Array, entities: Rows | None = None) -> tuple[float, int]:
    """Of a mean, and how many independent parts it is made of; where rows repeat by entity, those are the entities.

    Args:
        values: of rows, shape (n,).
        entities: the number of each row's entity, shape (n,); None where each row is its own.

    Source: Cochran, "Sampling Techniques", 1977, section 9A.1 (a mean from clusters of unequal size).

    >>> values = np.array([1.0, 1.0, 2.0, 2.0, 3.0, 3.0])
    >>> [round(error, 3) for error, _ in (standard_error(values), standard_error(values, np.array([0, 0, 1, 1, 2, 2])))]
    [0.365, 0.577]
    """
    n = len(values)
    if entities is None:
        return float(values.std(ddof=1) / np.sqrt(n)), n
    _, own = np.unique(entities, return_inverse=True)
    together = np.bincount(own, weights=values - values.mean())
    groups = len(together)
    return float(np.sqrt(groups / (groups - 1) * (together @ together)) / n), groups


def auc(score: Array, label: Array, *, level: float = 0.90, entities: Rows | None = None) -> Interval:
    """Area under the ROC curve; any increasing score will do.

    The interval is symmetric on the logit scale, so it stays inside (0, 1). A perfect order has DeLong variance 0 and
    is not certain for that: of k = min(positives, negatives) disjoint pairs all came out right, so the far bound is
    the exact binomial one, α^(1/k).

    Args:
        score: shape (n,).
        label: 0 or 1, shape (n,), at least two of each.
        level: two-sided coverage.
        entities: the number of each row's entity, shape (n,); None where each row is its own.

    >>> print(auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 1.0, 1.0])))
    1.000 [0.224, 1.000]
    """
    area, variance = delong(score, label, entities)
    if area in (0.0, 1.0):
        apart = np.arange(len(label)) if entities is None else entities
        pairs = min(len(np.unique(apart[label == 1])), len(np.unique(apart[label == 0])))
        far = ((1.0 - level) / 2.0) ** (1.0 / pairs)
        return Interval(area, float(far) if area else 0.0, 1.0 if area else 1.0 - float(far))
    reach = ndtri((1.0 + level) / 2.0) * np.sqrt(variance) / (area * (1.0 - area))
    lower, upper = expit(logit(area) + np.array([-reach, reach]))
    return Interval(area, float(lower), float(upper))


def delong(score: Array, label: Array, entities: Rows | None = None) -> tuple[float, float]:
    """AUC and the variance of its estimate, in O(n log n) through midranks; ties count one half.

    Args:
        score: shape (n,).
        label: 0 or 1, shape (n,), at least two of each.
        entities: the number of each row's entity, shape (n,); None where each row is its own.

    Source: DeLong, DeLong & Clarke-Pearson, Biometrics 1988; Sun & Xu, IEEE Signal Processing Letters 2014; Obuchowski,
    Biometrics 1997 (rows that repeat by entity).

    >>> delong(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    (0.75, 0.125)
    """
    positive, negative = score[label == 1], score[label == 0]
    m, n = len(positive), len(negative)
    from scipy.stats import rankdata  # loading it takes half a second, which only a ranking needs

    among_all = rankdata(np.concatenate([positive, negative]))
    beaten = (among_all[:m] - rankdata(positive)) / n
    beating = 1.0 - (among_all[m:] - rankdata(negative)) / m
    area = float(beaten.mean())
    if entities is None:
        return area, float(beaten.var(ddof=1) / m + beating.var(ddof=1) / n)
    placed = np.concatenate([(beaten - area) / m, (beating - area) / n])
    _, own = np.unique(np.concatenate([entities[label == 1], entities[label == 0]]), return_inverse=True)
    together = np.bincount(own, weights=placed)
    return area, float(together @ together * len(together) / max(len(together) - 1, 1))


def _share(right: Mask, level: float, entities: Rows | None) -> Interval:
    """The share of rows that are right with Wilson's interval; their number is over the design effect, at least 1.

    Source: Wilson, JASA 1927; Rao, Scott, Biometrics 1992.
    """
    n, share = float(len(right)), float(np.mean(right))
    if entities is not None:
        error, groups = standard_error(right.astype(float), entities) if len(np.unique(entities)) > 1 else (0.0, 1)
        plain = share * (1 - share) / n
        n = n / max(error**2 / plain, 1.0) if plain > 0 and groups > 1 else groups
    z = float(ndtri((1.0 + level) / 2.0))
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Interval(share, max(0.0, float(centre - reach)), min(1.0, float(centre + reach)))


def _mean(values: Array, level: float, top: float, entities: Rows | None) -> Interval:
    """The mean of losses in [0, ``top``] with Student's interval."""
    mean, (error, independent) = float(values.mean()), standard_error(values, entities)
    reach = float(stdtrit(independent - 1, (1.0 + level) / 2.0)) * error
    return Interval(mean, max(0.0, mean - reach), min(top, mean + reach))
