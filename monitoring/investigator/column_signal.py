"""How much each column tells of the label by itself, without any model."""

import numpy as np

from halflife.models.rows import Array

BINS = 16
PRIOR = 5.0
"""Rows' worth of the overall rate that each bin starts from."""


def signals(matrix: Array, label: Array) -> Array:
    """AUC of each column alone, shape (p,), in [½, 1]: rows are scored by the rate of the label in their column's bin.

    A bin is one of up to 16 quantiles, or a value where a column has few; missing values are a bin of their own. The
    rates come from the other half of the rows, so a column of noise does not look telling because it has many values.
    Where the column's own order ranks better, that counts.

    Args:
        matrix: encoded features, shape (n, p).
        label: 0 or 1, shape (n,).

    Source: cross-fitted target means: Micci-Barreca, SIGKDD Explorations 3, 2001; Chernozhukov et al., The Econometrics
    Journal 21, 2018 (cross-fitting).

    >>> x = np.tile([0.0, 1.0, 2.0, np.nan], 50)
    >>> signals(np.column_stack([x, np.repeat([0.0, 1.0], 100)]), np.isnan(x).astype(float)).round(2)
    array([1. , 0.5])
    """
    n = len(matrix)
    fold, base = np.arange(n) // 4 % 2, label.mean()
    scores = np.empty(matrix.shape)
    for j, column in enumerate(matrix.T):
        cells = binned(column) * 2 + fold
        size = np.bincount(cells, minlength=2 * (BINS + 2)).astype(float)
        ones = np.bincount(cells, weights=label, minlength=2 * (BINS + 2))
        rates = (ones + PRIOR * base) / (size + PRIOR)
        scores[:, j] = rates[cells ^ 1]  # of the other fold
    return np.maximum(0.5, np.maximum(auc(scores, label), _ordered(matrix, label)))


def _ordered(matrix: Array, label: Array) -> Array:
    """AUC of each column's own order, whichever way it goes, shape (p,); missing values come first."""
    ranked = auc(np.where(np.isnan(matrix), -np.inf, matrix), label)
    return np.maximum(ranked, 1 - ranked)


def binned(column: Array, most: int = BINS) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The bin of each value, shape (n,): 0 for missing, then from 1 on by size."""
    known = ~np.isnan(column)
    bins = np.zeros(len(column), dtype=np.intp)
    values = column[known]
    if values.size:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, most + 1)[1:], method="lower"))
        bins[known] = 1 + np.minimum(np.searchsorted(edges, values), len(edges) - 1)
    return bins


def auc(scores: Array, label: Array) -> Array:
    """AUC of each column of scores, shape (n, k) -> (k,): the Mann-Whitney statistic, ties count half."""
    from scipy.stats import rankdata  # loading it takes half a second, which only an investigation needs

    positive = label == 1
    m, n = int(positive.sum()), int((~positive).sum())
    ranks = rankdata(scores, axis=0) if scores.size else scores
    return np.asarray((ranks[positive].sum(axis=0) - m * (m + 1) / 2) / (m * n))


def auc_error(value: Array | float, positives: float, negatives: float) -> Array:
    """Standard error of an AUC. Source: Hanley, McNeil, Radiology 143, 1982."""
    a = np.asarray(value, dtype=float)
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    variance = a * (1 - a) + (positives - 1) * (q1 - a * a) + (negatives - 1) * (q2 - a * a)
    return np.asarray(np.sqrt(np.maximum(variance, 0) / (positives * negatives)))
