"""Where a column's bins are: fixed once, from the first rows, so that histograms of different ticks add up.

Numbers get half-open bins ``[edge, next edge)``. A value that occurs often gets a bin of its own, one floating-point step
wide, so a column of few distinct values is counted exactly. Words get a bin each, and all others share a few by hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from json import dumps
from typing import Any

import numpy as np
import pandas as pd

from halflife.models.rows import Array, Kind, Mask, Schema

BINS = 3_072
"""Of a continuous column, over the range of its first rows."""
DISTINCT = 1_024
"""Up to so many distinct values, each has a bin of its own."""
OFTEN = 1_000
"""So does a value that at least one in so many rows has."""
EVERY = 16
"""Values between the anchors a density is read from; fewer would place bins by chance."""
BEYOND, GROWTH, FIRST_BEYOND = 48, 1.25, 1 / 64
"""Bins on each side of the first rows' range, each wider than the one before; together 2,800 times that range."""
FARTHEST = 1e300
WORDS = 4_096
"""Categories with a bin of their own: the most frequent of the first rows."""
BUCKETS = 256
"""Bins that all other categories share, by hash."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Bins of a numeric column: below the first edge, between neighbours, and from the last edge on.

    Attributes:
        values: strictly increasing, shape (k,); k may be 0.
    """

    values: Array

    @property
    def bins(self) -> int:
        return len(self.values) + 1

    @cached_property
    def shift(self) -> float:
        """What is subtracted before squares are summed, so that they lose no digits: an edge from the middle."""
        return float(self.values[len(self.values) // 2]) if len(self.values) else 0.0

    @cached_property
    def scales(self) -> Array:
        """Positions in a bin a unit of the column is worth, shape (k + 1,); 0 where a bin has no inside or no end."""
        scales = np.zeros(self.bins)
        if len(self.values):
            inner = ~self.single[1:-1]
            with np.errstate(over="ignore"):
                scales[1:-1][inner] = POSITIONS / np.diff(self.values)[inner]
            scales[~np.isfinite(scales)] = 0.0
        return scales

    @cached_property
    def single(self) -> Mask:
        """Which bins hold one value only, shape (bins,)."""
        inner = np.nextafter(self.values[:-1], np.inf) >= self.values[1:]
        return np.concatenate([[False], inner, [False]])[: self.bins]


POSITIONS = 256
"""Places told apart inside a bin: a sum of places adds up over ticks exactly, which a sum of values does not."""


@dataclass(frozen=True, eq=False)
class Words:
    """Bins of a categorical column: one a known category, then ``BUCKETS`` shared ones.

    Attributes:
        known: categories with a bin of their own, most frequent first.
    """

    known: tuple[str, ...]

    @property
    def bins(self) -> int:
        return len(self.known) + BUCKETS

    @cached_property
    def index(self) -> pd.Index:
        return pd.Index(self.known, dtype=object)


@dataclass(frozen=True, eq=False)
class Layout:
    """The bins of every column.

    Attributes:
        columns: name -> bins, in the order of the schema.
    """

    columns: Mapping[str, Edges | Words]

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits; histograms add up when their layouts have the same."""
        said = blake2b(digest_size=8)
        for name, column in self.columns.items():
            said.update(dumps([name, list(column.known) if isinstance(column, Words) else len(column.values)]).encode())
            if isinstance(column, Edges):
                said.update(column.values.tobytes())
        return said.hexdigest()


def found(rows: pd.DataFrame, schema: Schema) -> Layout:
    """The layout these canonical rows suggest; the same for the same rows in any order."""
    return Layout({c.name: found_column(rows[c.name], c.kind) for c in schema.columns})


def found_column(values: "pd.Series[Any]", kind: Kind) -> Edges | Words:
    """The bins of one column."""
    if kind is Kind.NUMERIC:
        return found_edges(np.asarray(values, dtype=float))
    counts = values.dropna().map(str).value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return Words(tuple(str(word) for word, _ in ordered[:WORDS]))


def found_edges(values: Array) -> Edges:
    """Edges for values like these, shape (n,); what is not finite plays no part.

    Bins share the rows and the integral of the square root of the density alike. The first keeps a bin's share of rows
    below 2 / ``BINS``, which bounds the error of Kolmogorov-Smirnov; the second is what makes the sum over bins of width
    times share smallest, which bounds the error of Wasserstein.

    >>> found_edges(np.array([0.0, 1.0, 1.0, np.nan])).values[[47, 48, 49, 50, 51]].round(3).tolist()
    [-0.016, 0.0, 0.0, 1.0, 1.0]
    """
    finite = np.sort(values[np.isfinite(values)])
    finite = finite[np.abs(finite) < FARTHEST] + 0.0  # minus zero is zero
    if not len(finite):
        return Edges(np.empty(0))
    starts = np.flatnonzero(np.append(True, finite[1:] != finite[:-1]))
    distinct, counts = finite[starts], np.diff(np.append(starts, len(finite)))
    few = len(distinct) <= DISTINCT
    often = counts >= max(2, len(finite) / OFTEN)
    own = distinct if few else distinct[often]
    inside = own if few else np.concatenate([own, _spread(finite[np.repeat(~often, counts)])])
    edges = np.concatenate([inside, np.nextafter(own, np.inf), _beyond(distinct[0], distinct[-1])])
    return Edges(np.unique(edges))


def _spread(ordered: Array) -> Array:
    """Up to ``BINS`` edges over the range of sorted values that have no bin of their own."""
    if len(ordered) < 2:
        return ordered
    anchors = np.append(ordered[:-1:EVERY], ordered[-1])
    width = np.diff(anchors)
    mass = np.append(np.full(len(width) - 1, EVERY), len(ordered) - 1 - EVERY * (len(width) - 1))
    root = np.sqrt(mass * (width / max(float(width.max()), np.finfo(float).tiny)))
    share = mass / mass.sum() + root / max(float(root.sum()), np.finfo(float).tiny)
    reached = np.concatenate([[0.0], np.cumsum(share)])
    placed: Array = np.interp(np.linspace(0, reached[-1], BINS + 1), reached, anchors)
    return placed


def _beyond(lowest: float, highest: float) -> Array:
    """Edges outside the range of the first rows."""
    span = (highest - lowest) or abs(highest) or 1.0
    away = FIRST_BEYOND * span * np.cumsum(GROWTH ** np.arange(BEYOND))
    edges: Array = np.concatenate([lowest - away, [np.nextafter(highest, np.inf)], highest + away])
    return edges[np.abs(edges) < FARTHEST]
