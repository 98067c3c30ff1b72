"""Distances between two numeric columns from their bins, each with what it may be wrong by."""

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.bounded import UNKNOWN, Bounded
from halflife.monitoring.drift.sketches.column import Numbers
from halflife.monitoring.drift.sketches.layout import POSITIONS

SMALLEST_SPREAD = 0.001
"""Evidently's own floor under the standard deviation that a Wasserstein distance is divided by."""


def kolmogorov_smirnov(reference: Numbers, current: Numbers) -> Bounded:
    """Largest difference of the two distribution functions, 0 to 1.

    At an edge the difference is known. Inside a bin it can rise by no more than the reference's share of the bin and fall
    by no more than the current one's.
    """
    before, now, left, right = _differences(reference, current)
    lower = float(np.abs(right).max(initial=0.0))
    inside = np.maximum(left + before, now - left)
    return Bounded.between(lower, max(lower, float(np.where(reference.edges.single, 0.0, inside).max())))


def wasserstein(reference: Numbers, current: Numbers) -> Bounded:
    """Area between the distribution functions over the reference's standard deviation, as Evidently divides it.

    The places of the rows in a bin give the area of the signed difference there, and this is the area wanted unless the
    difference may change its sign inside the bin. Where it may, it stays between ``low`` and ``high``, and no function
    between these with the same mean has a larger area than the one that takes only these two values.
    """
    spread = reference.std
    if not np.isfinite(spread):
        return UNKNOWN
    before, now, left, right = _differences(reference, current)
    width, outer = _widths(reference, current), np.array([0, -1])
    low, high = np.maximum(left - now, right - before), np.minimum(left + before, right + now)
    mean = left + before * (1 - _place(reference)) - now * (1 - _place(current))
    slack = (before + now) / (2 * POSITIONS)
    slack[outer] = np.inf  # nobody knows where rows beyond the edges are
    least, most = np.clip(mean - slack, low, high), np.clip(mean + slack, low, high)
    lower = np.where((least < 0) & (most > 0), 0.0, np.minimum(np.abs(least), np.abs(most)))
    upper = np.maximum(_largest(least, low, high), _largest(most, low, high))
    divided = max(spread, SMALLEST_SPREAD)
    return Bounded.between(float(width @ lower) / divided, float(width @ np.maximum(upper, lower)) / divided)


def _largest(mean: Array, low: Array, high: Array) -> Array:
    """Largest mean of |D| of any D between ``low`` and ``high`` with this mean, a bin each."""
    mixed = (low < 0) & (high > 0)
    span = np.where(mixed, high - low, 1.0)
    return np.where(mixed, ((high - mean) * -low + (mean - low) * high) / span, np.abs(mean))


def _differences(reference: Numbers, current: Numbers) -> tuple[Array, Array, Array, Array]:
    """Shares of rows a bin before and now, and the difference of the distribution functions at its left and right."""
    before, now = reference.counts / reference.present, current.counts / current.present
    right = np.cumsum(reference.counts) / reference.present - np.cumsum(current.counts) / current.present
    return before, now, np.concatenate([[0.0], right[:-1]]), right


def _widths(reference: Numbers, current: Numbers) -> Array:
    """Of each bin, the outer ones as far as there are rows, shape (bins,)."""
    edges = reference.edges.values
    lowest, highest = (float(end(s.moments[i] for s in (reference, current))) for i, end in ((0, min), (1, max)))
    if not len(edges):
        return np.array([highest - lowest])
    ends = max(edges[0] - lowest, 0.0), max(highest - edges[-1], 0.0)
    return np.concatenate([[ends[0]], np.diff(edges), [ends[1]]])


def _place(column: Numbers) -> Array:
    """Mean place of a bin's rows in it, 0 left to 1 right, give or take half a position, shape (bins,)."""
    return (column.places + column.counts / 2) / np.maximum(POSITIONS * column.counts, 1)
