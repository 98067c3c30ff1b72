"""What is kept of one column: counts over fixed bins, which add up over any ticks whose bins are the same."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from halflife.models.rows import Array, row_hash
from halflife.monitoring.drift.sketches.counting import Counts, tally
from halflife.monitoring.drift.sketches.layout import BUCKETS, Edges, Words


@dataclass(frozen=True, eq=False)
class Numbers:
    """A numeric column.

    Attributes:
        edges: its bins.
        counts: rows a bin, shape (bins,).
        places: sum of the rows' places in their bin, shape (bins,).
        moments: lowest, highest, sum and sum of squares about ``edges.shift``, shape (4,).
        missing: rows without a finite value.
    """

    edges: Edges
    counts: Counts
    places: Counts
    moments: Array
    missing: int

    @property
    def present(self) -> int:
        return int(self.counts.sum())

    @property
    def std(self) -> float:
        """Population standard deviation; NaN where the sums cannot tell it to a millionth."""
        n, (_, _, total, squares) = self.present, self.moments
        variance = squares / n - (total / n) ** 2
        return float(np.sqrt(variance)) if variance >= 1e-9 * squares / n else float("nan")

    def __add__(self, other: "Numbers") -> "Numbers":
        ends = [min(self.moments[0], other.moments[0]), max(self.moments[1], other.moments[1])]
        moments = np.concatenate([ends, self.moments[2:] + other.moments[2:]])
        return Numbers(
            self.edges, self.counts + other.counts, self.places + other.places, moments, self.missing + other.missing
        )


@dataclass(frozen=True, eq=False)
class Categories:
    """A categorical column.

    Attributes:
        words: its bins.
        counts: rows a bin, shape (bins,).
        missing: rows without a value.
    """

    words: Words
    counts: Counts
    missing: int

    @property
    def present(self) -> int:
        return int(self.counts.sum())

    @property
    def folded(self) -> Counts:
        """Counts of the bins that categories share."""
        return self.counts[len(self.words.known) :]

    def __add__(self, other: "Categories") -> "Categories":
        return Categories(self.words, self.counts + other.counts, self.missing + other.missing)


Sketch: TypeAlias = Numbers | Categories


def sketch(values: "pd.Series[Any] | Array", bins: Edges | Words) -> Sketch:
    """A column's values over its bins.

    Args:
        values: numbers with NaN for missing, or text with NaN for missing, shape (n,).
        bins: where to count them.

    >>> from halflife.monitoring.drift.sketches.layout import found_edges
    >>> column = np.array([1.0, 2.0, 2.0, np.nan])
    >>> kept = sketch(column, found_edges(column))
    >>> kept.present, kept.missing, round(kept.std, 3)
    (3, 1, 0.471)
    """
    if isinstance(bins, Edges):
        counts, places, moments = tally(np.asarray(values, dtype=float), bins)
        return Numbers(bins, counts, places, moments, len(values) - int(counts.sum()))
    occurring = (values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)).value_counts()
    names = np.array([str(word) for word in occurring.index], dtype=object)
    at = bins.index.get_indexer(pd.Index(names, dtype=object))
    others = at < 0
    if others.any():
        at[others] = len(bins.known) + (row_hash(names[others]) % np.uint64(BUCKETS)).astype(np.int64)
    counts = np.bincount(at, occurring.to_numpy(dtype=float), minlength=bins.bins).astype(np.int64)
    return Categories(bins, counts, len(values) - int(counts.sum()))
