"""The score a column reaches by chance alone, for the two distances Evidently is asked for.

Evidently judges a distance by a fixed 0.1, whatever the number of rows and categories. The floor is what the same
distance reaches when both sides are shuffled together: 200 shuffles, a Gamma fitted to their scores, and its quantile
at which all columns of a watch together raise a false alarm once in a hundred watches.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

from models.rows import Array, Kind

SHUFFLES = 200
FALSE_ALARMS = 0.01
SMALLEST_SPREAD = 0.001
"""Evidently's own floor under the standard deviation that a Wasserstein distance is divided by."""


def noise_floor(
    reference: "pd.Series[float]", current: "pd.Series[float]", kind: Kind, columns: int, rng: np.random.Generator
) -> float:
    """The score that ``columns`` columns together exceed by chance in 1 % of watches.

    Args:
        reference: values of one column without missing ones, shape (n,).
        current: the same, shape (m,).
        kind: numeric columns are compared by Wasserstein distance over the reference's standard deviation,
            categorical ones by Jensen-Shannon distance in nats.
        columns: compared in the same watch.
        rng: source of the shuffles.

    >>> rng = np.random.default_rng(0)
    >>> few, many = (pd.Series(rng.normal(size=n)) for n in (1_000, 20_000))
    >>> noise_floor(few, few, Kind.NUMERIC, 10, rng) > 0.1 > noise_floor(many, many, Kind.NUMERIC, 10, rng)
    True
    """
    if kind is Kind.NUMERIC:
        scores = _shuffled_wasserstein(np.asarray(reference, dtype=float), np.asarray(current, dtype=float), rng)
    else:
        counts = np.asarray(pd.concat([reference, current]).value_counts(), dtype=np.int64)
        scores = _shuffled_jensen_shannon(counts, len(reference), rng)
    mean, variance = scores.mean(), scores.var()
    if variance == 0:
        return float(mean)
    return float(stats.gamma.ppf(1 - FALSE_ALARMS / columns, mean**2 / variance, scale=variance / mean))


def _shuffled_wasserstein(reference: Array, current: Array, rng: np.random.Generator) -> Array:
    """Scores of shuffled sides, shape (SHUFFLES,); W1 is the area between the two distribution functions."""
    pooled = np.sort(np.concatenate([reference, current]))
    gaps, n, m = np.diff(pooled), len(reference), len(current)
    step = np.repeat([1 / n, -1 / m], [n, m])
    scores = [np.abs(np.cumsum(rng.permutation(step))[:-1]) @ gaps for _ in range(SHUFFLES)]
    return np.array(scores) / max(float(reference.std()), SMALLEST_SPREAD)


def _shuffled_jensen_shannon(counts: npt.NDArray[np.int64], n: int, rng: np.random.Generator) -> Array:
    """Scores of shuffled sides, shape (SHUFFLES,), from the pooled count of each category."""
    drawn = rng.multivariate_hypergeometric(counts, n, size=SHUFFLES)
    return np.asarray(jensenshannon(drawn / n, (counts - drawn) / (counts.sum() - n), axis=1), dtype=float)
