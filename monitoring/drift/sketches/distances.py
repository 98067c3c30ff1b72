"""Every distance by its name: from the kept bins where they are good enough, from the column's rows where they are not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches import exact, numbers
from halflife.monitoring.drift.sketches.bounded import UNKNOWN, Bounded
from halflife.monitoring.drift.sketches.cells import category_cells, number_cells
from halflife.monitoring.drift.sketches.column import Categories, Numbers, Sketch, sketch
from halflife.monitoring.drift.sketches.divergences import chi_square, jensen_shannon, population_stability
from halflife.monitoring.drift.sketches.layout import found_edges

TOLERANCE = 1e-3
"""A score from bins that may be farther than this from the score of all rows is computed from the rows."""
LOOKED_AT = 50_000
"""Values of a side from which new bins are placed."""

Values = Callable[[], tuple[Any, Any]]


@dataclass
class ColumnPair:
    """One column on both sides.

    Attributes:
        reference: what is kept of it.
        current: the same.
        values: reads the column itself, reference and current: numbers with NaN, or text with NaN.
    """

    reference: Sketch
    current: Sketch
    values: Values = field(repr=False)

    @cached_property
    def read(self) -> tuple[Any, Any]:
        """The column's values that are there, shapes (n,) and (m,): finite numbers, or text."""
        if isinstance(self.reference, Numbers):
            sides = [np.asarray(side, dtype=float) for side in self.values()]
            return sides[0][np.isfinite(sides[0])], sides[1][np.isfinite(sides[1])]
        texts = [pd.Series(side).dropna() for side in self.values()]
        return texts[0], texts[1]

    def sharpened(self) -> "ColumnPair":
        """Over bins made for these very values."""
        before, now = self.read
        if isinstance(self.reference, Categories):
            return ColumnPair(*exact.words_of(before, now), lambda: self.read)
        looked = [side[:: max(len(side) // LOOKED_AT, 1)] for side in (before, now)]
        edges = found_edges(np.concatenate(looked))
        return ColumnPair(sketch(before, edges), sketch(now, edges), lambda: self.read)

    def fitted(self, name: str) -> "ColumnPair":
        """Over the kept bins where they give this distance to within ``TOLERANCE``, else over new ones."""
        good = _table(self)[name][0](self.reference, self.current).error <= TOLERANCE
        return self if good else self.sharpened()


def distance(name: str, columns: ColumnPair, threshold: float | None = None) -> Bounded:
    """One distance of a column that has values on both sides.

    Args:
        name: of the distance; see ``NUMBERS`` and ``CATEGORIES``.
        columns: both sides.
        threshold: what the distance will be compared with; the answer leaves no doubt on which side of it it is.

    Returns:
        The distance, at most ``TOLERANCE`` from that of all rows; its error is 0 when it is theirs.

    >>> from halflife.monitoring.drift.sketches.layout import found_edges
    >>> before, now = np.arange(1_000.0), np.arange(10.0, 1_010.0)
    >>> sides = [sketch(side, found_edges(before)) for side in (before, now)]
    >>> distance("ks", ColumnPair(*sides, lambda: (before, now)))
    Bounded(value=0.01..., error=0.0)
    """
    kept, from_rows = _table(columns)[name]
    found = kept(columns.reference, columns.current)
    close = threshold is not None and abs(found.value - threshold) <= found.error
    if found.error > TOLERANCE or (close and found.error > 0):
        return Bounded(from_rows(*columns.read))
    return found


def _table(columns: ColumnPair) -> Mapping[str, "Pair"]:
    return NUMBERS if isinstance(columns.reference, Numbers) else CATEGORIES


def _cells(divergence: Callable[..., Bounded]) -> tuple[Callable[..., Bounded], Callable[..., float]]:
    def kept(reference: Numbers, current: Numbers) -> Bounded:
        cells = number_cells(reference, current)
        return UNKNOWN if cells is None else divergence(cells)

    def from_rows(reference: Array, current: Array) -> float:
        return divergence(exact.number_cells(reference, current)).value

    return kept, from_rows


def _words(divergence: Callable[..., Bounded]) -> tuple[Callable[..., Bounded], Callable[..., float]]:
    def kept(reference: Categories, current: Categories) -> Bounded:
        return divergence(category_cells(reference, current))

    def from_rows(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> float:
        return divergence(exact.word_cells(reference, current)).value

    return kept, from_rows


Pair = tuple[Callable[..., Bounded], Callable[..., float]]
NUMBERS: Mapping[str, Pair] = {
    "ks": (numbers.kolmogorov_smirnov, exact.kolmogorov_smirnov),
    "wasserstein": (numbers.wasserstein, exact.wasserstein),
    "psi": _cells(population_stability),
    "jensenshannon": _cells(jensen_shannon),
}
CATEGORIES: Mapping[str, Pair] = {
    "psi": _words(population_stability),
    "jensenshannon": _words(jensen_shannon),
    "chisquare": _words(chi_square),
}
"""Distance -> how it is computed from bins, and from values."""
