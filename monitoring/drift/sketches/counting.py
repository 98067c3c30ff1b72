"""Count values into bins in one pass: NumPy for a few rows, Numba, which takes a second to load, for many."""

from collections.abc import Callable
from functools import cache
from sys import modules
from typing import Any

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.layout import BEYOND, POSITIONS, Edges

Counts = npt.NDArray[np.int64]
COMPILED, LOADED = 100_000, 5_000
"""Values from which the compiled pass is worth loading Numba, and using where it is loaded."""
CELLS = 6_144
"""On each side of the middle, 512 to a doubling of the distance from it."""
PRECISION = 43
"""Bits of a double below those that tell its cell."""


def tally(values: Array, edges: Edges) -> tuple[Counts, Counts, Array]:
    """Counts and places of values in their bins; both ways of counting agree to the last row.

    Args:
        values: shape (n,); what is not finite is left out.
        edges: of the bins.

    Returns:
        Rows a bin, shape (k + 1,); sum of the rows' places in their bin, in 0 to ``POSITIONS`` - 1, shape (k + 1,); and
        lowest, highest, sum and sum of squares about ``edges.shift``, shape (4,), infinities where nothing was counted.
    """
    finite = np.isfinite(values)
    values = np.ascontiguousarray(values if finite.all() else values[finite], dtype=float)
    moved = values - edges.shift
    counts, places = (_compiled if len(values) >= (LOADED if "numba" in modules else COMPILED) else _plain)(
        values, moved, edges
    )
    ends = (values.min(), values.max()) if len(values) else (np.inf, -np.inf)
    with np.errstate(over="ignore"):
        return counts, places, np.array([*ends, moved.sum(), moved @ moved])


def _plain(values: Array, moved: Array, edges: Edges) -> tuple[Counts, Counts]:
    at = np.searchsorted(edges.values, values, side="right")
    left = edges.values[np.maximum(at, 1) - 1] if len(edges.values) else values
    place = np.minimum(np.trunc((values - left) * edges.scales[at]), POSITIONS - 1)
    counts, places = np.bincount(at, minlength=edges.bins), np.bincount(at, place, minlength=edges.bins)
    return counts.astype(np.int64), places.astype(np.int64)


def _compiled(values: Array, moved: Array, edges: Edges) -> tuple[Counts, Counts]:
    away = np.sort(np.abs(edges.values - edges.shift))
    farthest = away[max(len(away) - 2 * BEYOND - len(away) // 50, 0)] if len(away) else np.float64(1)
    nearest = int(farthest.view(np.int64) >> PRECISION) - CELLS
    cells = np.arange(-CELLS, CELLS + 3)
    table = np.searchsorted(_cells(edges.values - edges.shift, nearest), cells).astype(np.int32)
    found: tuple[Counts, Counts] = _kernel()(
        values, moved, edges.values, edges.scales, table, nearest, CELLS, PRECISION, POSITIONS
    )
    return found


def _cells(moved: Array, nearest: int) -> Counts:
    """A cell for each distance from the middle, by its first bits: of even width in its logarithm, shape (n,)."""
    distance = np.clip((np.abs(moved).view(np.int64) >> PRECISION) - nearest, 0, CELLS)
    cells: Counts = np.where(moved < 0, -distance, distance)
    return cells


@cache
def _kernel() -> Callable[..., Any]:
    from numba import njit

    compiled: Callable[..., Any] = njit(cache=True, nogil=True)(_pass)
    return compiled


def _pass(  # type: ignore[no-untyped-def] # compiled by Numba, which takes the types of its arguments
    values, moved, edges, scales, table, nearest, cells, precision, positions
):
    """As `_plain`; a table says for the cell a value is in between which edges to search."""
    counts = np.zeros(len(edges) + 1, np.int64)
    places = np.zeros(len(edges) + 1, np.int64)
    distances = np.abs(moved).view(np.int64)
    for i in range(len(values)):
        x = values[i]
        cell = min(max((distances[i] >> precision) - nearest, 0), cells)
        cell = cells - cell if moved[i] < 0 else cells + cell
        low, high = table[cell], table[cell + 1]
        while low < high:
            middle = (low + high) // 2
            if edges[middle] <= x:
                low = middle + 1
            else:
                high = middle
        counts[low] += 1
        if scales[low] > 0.0:
            places[low] += min(int((x - edges[low - 1]) * scales[low]), positions - 1)
    return counts, places
