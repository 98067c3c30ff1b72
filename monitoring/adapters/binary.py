"""Read a column as a binary label."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.errors import FeedError
from halflife.models.rows import Array
from halflife.monitoring.adapters.csv_dialect import numbers, texts

POSITIVE = {frozenset(pair): pair[1] for pair in (("0", "1"), ("no", "yes"), ("false", "true"), ("n", "y"))}
"""Pairs that say by themselves which value is positive."""
SHOWN = 5
FEW, MISTAKES = 5, 0.1
"""Cells of other values than two are mistakes where they are fewer than `FEW`, or at most this share of the labels; with
more, the column is no binary label."""


@dataclass(frozen=True)
class Labels:
    """A column of labels as read.

    Attributes:
        values: 1.0, 0.0, or NaN where the cell is missing or neither of the two values, shape (n,).
        odd: the text of each cell that is neither, null elsewhere, shape (n,).
        two: the negative and the positive value, as the column spells them; the first is empty where only one is there.
    """

    values: Array
    odd: pl.Series
    two: tuple[str, str]

    def cells(self) -> "pd.Series":
        """Values, and the text of cells that are neither, shape (n,)."""
        if self.odd.null_count() == len(self.odd):
            return pd.Series(self.values)
        mixed = pd.Series(self.values, dtype="object")
        at = np.flatnonzero(self.odd.is_not_null().to_numpy())
        mixed.iloc[at] = self.odd.drop_nulls().to_list()
        return mixed


def binary(cells: pl.Series, positive: str | None = None) -> Array:
    """1.0 where the cell is the positive value, 0.0 where it is the other one, NaN elsewhere; shape (n,). See `labels_of`.

    >>> binary(pl.Series("y", ["no", "yes", None])), binary(pl.Series("price", ["UP", "DOWN"]), "UP")
    (array([ 0.,  1., nan]), array([1., 0.]))
    """
    return labels_of(cells, positive).values


def labels_of(cells: pl.Series, positive: str | None = None) -> Labels:
    """A column as a binary label; cells of a third value are told apart where they are mistakes.

    The two values are the positive one and the one that says the opposite by itself (0 of 1, no of yes), else the most
    frequent other one.

    Args:
        cells: the label column.
        positive: its positive value, in any case where that tells the two apart; inferred for 0/1, no/yes, false/true
            and n/y.

    Raises:
        FeedError: no values, too many cells of other values than two, or two of which none is known to be positive.

    >>> labels_of(pl.Series("y", ["0", "1", "0", "maybe", None])).cells().tolist()
    [0.0, 1.0, 0.0, 'maybe', nan]
    """
    text = _plain(cells)
    counts = values_of(cells, len(cells))
    named = f"the label column {cells.name!r}"
    if not counts:
        raise FeedError(f"{named} has no values; a label is one of two values, or missing until it arrives")
    two = _two(list(counts), positive)
    same = _alike(two)
    others = [value for value in counts if two is not None and same(value) not in map(same, two)]
    mistakes, there = sum(counts[value] for value in others), sum(counts.values())
    if len(counts) > 2 and (two is None or not few_mistakes(mistakes, there)):
        shown = ", ".join(f"{value!r} ({count} rows)" for value, count in list(counts.items())[:SHOWN])
        more = ", …" if len(counts) > SHOWN else ""
        raise FeedError(f"{named} has {len(counts)} values where two are possible: {shown}{more}")
    if two is None or (others and not few_mistakes(mistakes, there)):
        said = " and ".join(map(repr, sorted(counts)))
        if positive is not None:
            raise FeedError(f"{named} has the values {said}; positive = {positive!r} is neither")
        raise FeedError(
            f"{named} has the values {said}; say which is positive, such as positive = {sorted(counts)[-1]!r} in [feed]"
        )
    yes = [value for value in counts if same(value) == same(two[1])]
    values = np.where(text.is_null() | text.is_in(others), np.nan, text.is_in(yes).cast(pl.Float64))
    odd = pl.select(pl.when(text.is_in(others)).then(text).otherwise(None)).to_series()
    return Labels(values.astype(float), odd, two)


def _alike(two: tuple[str, str] | None) -> Callable[[str], str]:
    """What is one and the same in all spellings of a value: capital letters count only where they tell the two apart."""
    return str if two is None or two[0].lower() == two[1].lower() else str.lower


def few_mistakes(cells: int, there: int) -> bool:
    """Whether so many cells of other values, of those that are there, are mistakes rather than a label of another kind."""
    return cells < FEW or cells <= MISTAKES * there


def mistakes(labels: Labels, cells: pl.Series) -> list[str]:
    """A sentence about cells that are neither of the two values, if there are any.

    >>> cells = pl.Series("y", ["0", "1", "maybe"])
    >>> mistakes(labels_of(cells), cells)
    ["1 label of 3 in 'y' is neither '0' nor '1', 'maybe': it is set aside"]
    """
    odd = labels.odd.drop_nulls()
    if not len(odd):
        return []
    there = len(cells) - cells.null_count()
    shown = ", ".join(map(repr, odd.unique(maintain_order=True).to_list()[:SHOWN]))
    one = len(odd) == 1
    said = f"{len(odd):,} label{'s' if not one else ''} of {there:,} in {cells.name!r} {'is' if one else 'are'} neither"
    return [f"{said} {labels.two[0]!r} nor {labels.two[1]!r}, {shown}: {'it is' if one else 'they are'} set aside"]


def values_of(cells: pl.Series, most: int) -> dict[str, int]:
    """The values of a label column with their rows, the most frequent first; as many as ``most``.

    >>> values_of(pl.Series(["no", "yes", " no", " ", None]), 3)
    {'no': 2, 'yes': 1}
    """
    if cells.dtype.is_nested():
        return {}
    counts = _plain(cells).drop_nulls().alias("value").value_counts(sort=True).head(most)
    return {str(value): int(rows) for value, rows in counts.iter_rows()}


def _two(values: list[str], positive: str | None) -> tuple[str, str] | None:
    """The negative and the positive value of those there are, the most frequent first; None where they are not told."""
    lower = {value.lower(): value for value in reversed(values)}
    if positive is None:
        for pair, yes in POSITIVE.items():
            (no,) = pair - {yes}
            here = [name for name in (no, yes) if name in lower]
            if here and (len(here) == 2 or len(values) == 1):
                return lower.get(no, ""), lower.get(yes, yes)
        return None
    chosen = _spelled(str(_plain(pl.Series([positive]))[0]), values)
    opposite = next(
        (no for pair, yes in POSITIVE.items() if chosen.lower() in pair for no in pair - {chosen.lower()}), ""
    )
    if chosen in values or len(values) == 1 or opposite in lower:
        rest = [value for value in values if value != chosen]
        return lower.get(opposite, rest[0] if rest else ""), chosen
    return None


def _spelled(chosen: str, values: list[str]) -> str:
    """As the column spells it, where only upper and lower case differ: a configuration says ``true``, Python writes True."""
    alike = [value for value in values if value.lower() == chosen.lower()]
    return alike[0] if chosen not in values and len(alike) == 1 else chosen


def _plain(cells: pl.Series) -> pl.Series:
    """Cells as text, 1.0 as 1, so that a label reads the same from CSV and from Parquet."""
    if cells.dtype not in (pl.Boolean, pl.String) and not cells.dtype.is_numeric():
        cells = texts(cells)
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars().replace("", None)
    values = None if cells.dtype == pl.Boolean else numbers(cells)
    if values is None or cells.dtype != pl.String:
        return texts(cells if values is None else values)
    return texts(values).fill_null(cells)  # a word among numbers is not missing
