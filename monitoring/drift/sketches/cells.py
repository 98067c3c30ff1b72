"""Shares of two columns over common cells: what the divergences are computed from."""

from dataclasses import dataclass

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.column import Categories, Numbers

FEW = 20
"""A numeric column of at most so many values is compared value by value, as Evidently does."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Two sides' shares over cells.

    Attributes:
        reference: least and largest share a cell may have, both shape (k,).
        current: the same.
        folded: shares of cells that stand for several categories each, reference and current, shape (m,).
        rows: how many the current side has.
    """

    reference: tuple[Array, Array]
    current: tuple[Array, Array]
    folded: tuple[Array, Array]
    rows: int


def category_cells(reference: Categories, current: Categories) -> Cells:
    """A cell a known category, and those that categories share."""
    known = len(reference.words.known)
    before, now = (side.counts / side.present for side in (reference, current))
    seen = (before[:known] > 0) | (now[:known] > 0)
    return Cells(
        (before[:known][seen], before[:known][seen]),
        (now[:known][seen], now[:known][seen]),
        (before[known:], now[known:]),
        current.present,
    )


def number_cells(reference: Numbers, current: Numbers) -> Cells | None:
    """The cells Evidently takes: one a value, or as many equal ones as Sturges says over the range of both sides.

    None when the bins cannot tell how many values there are.
    """
    none = np.empty(0), np.empty(0)
    occupied = reference.counts > 0
    if occupied.sum() <= FEW:
        if not (reference.edges.single[occupied | (current.counts > 0)].all()):
            return None
        seen = occupied | (current.counts > 0)
        before, now = (side.counts[seen] / side.present for side in (reference, current))
        return Cells((before, before), (now, now), none, current.present)
    lowest = min(reference.moments[0], current.moments[0])
    highest = max(reference.moments[1], current.moments[1])
    n = sturges(reference.present + current.present, highest - lowest)
    edges = np.linspace(lowest, highest, n + 1)
    return Cells(_shares(reference, edges), _shares(current, edges), none, current.present)


def sturges(n: int, span: float) -> int:
    """How many equal cells ``numpy.histogram_bin_edges(bins="sturges")`` makes of n values.

    >>> sturges(2_000, 1.0) == len(np.histogram_bin_edges(np.linspace(0, 1, 2_000), bins="sturges")) - 1
    True
    """
    return int(np.ceil(span / (span / (np.log2(n) + 1.0))))


def _shares(side: Numbers, cuts: Array) -> tuple[Array, Array]:
    """Least and largest share of rows between neighbouring cuts, of which the first and the last enclose all rows."""
    edges, below = side.edges.values, np.concatenate([[0], np.cumsum(side.counts)])
    at = np.searchsorted(edges, cuts[1:-1], side="left")
    most = below[at + 1]
    least = np.where(np.append(edges, np.nan)[at] == cuts[1:-1], most, below[at])
    n = side.present
    least, most = (np.concatenate([[0], ends, [n]]) for ends in (least, most))
    return np.maximum(least[1:] - most[:-1], 0) / n, (most[1:] - least[:-1]) / n
