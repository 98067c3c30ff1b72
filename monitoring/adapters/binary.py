"""Read a column as a binary label."""

import numpy as np
import polars as pl

from halflife.models.errors import FeedError
from halflife.models.rows import Array
from halflife.monitoring.adapters.csv_dialect import numbers, texts

POSITIVE = {frozenset(pair): pair[1] for pair in (("0", "1"), ("no", "yes"), ("false", "true"), ("n", "y"))}
"""Pairs that say by themselves which value is positive."""
SHOWN = 5


def binary(cells: pl.Series, positive: str | None = None) -> Array:
    """1.0 where the cell is the positive value, 0.0 where it is the other one, NaN where it is missing; shape (n,).

    Args:
        cells: the label column.
        positive: its positive value, in any case where that tells the two apart; inferred for 0/1, no/yes, false/true
            and n/y.

    Raises:
        FeedError: no values, more than two, or two of which none is known to be positive.

    >>> binary(pl.Series("y", ["no", "yes", None])), binary(pl.Series("price", ["UP", "DOWN"]), "UP")
    (array([ 0.,  1., nan]), array([1., 0.]))
    """
    text = _plain(cells)
    counts = text.drop_nulls().value_counts(sort=True)
    values: list[str] = counts.get_column(counts.columns[0]).to_list()
    named = f"the label column {cells.name!r}"
    if not values:
        raise FeedError(f"{named} has no values; a label is one of two values, or missing until it arrives")
    if len(values) > 2:
        shown = ", ".join(f"{value!r} ({count} rows)" for value, count in counts.head(SHOWN).iter_rows())
        more = ", …" if len(values) > SHOWN else ""
        raise FeedError(f"{named} has {len(values)} values where two are possible: {shown}{more}")
    if positive is None:
        chosen = _inferred(values, named)
    else:
        chosen = _spelled(str(_plain(pl.Series([positive]))[0]), values)
        if len(values) == 2 and chosen not in values:
            raise FeedError(
                f"{named} has the values {' and '.join(map(repr, sorted(values)))}; positive = {positive!r} is neither"
            )
    return (text == chosen).cast(pl.Float64).fill_null(np.nan).to_numpy()


def values_of(cells: pl.Series, most: int) -> dict[str, int]:
    """The values of a label column with their rows, the most frequent first; as many as ``most``.

    >>> values_of(pl.Series(["no", "yes", " no", " ", None]), 3)
    {'no': 2, 'yes': 1}
    """
    if cells.dtype.is_nested():
        return {}
    counts = _plain(cells).drop_nulls().alias("value").value_counts(sort=True).head(most)
    return {str(value): int(rows) for value, rows in counts.iter_rows()}


def _inferred(values: list[str], named: str) -> str:
    lower = frozenset(value.lower() for value in values)
    for pair, positive in POSITIVE.items():
        if lower <= pair:
            return next((value for value in values if value.lower() == positive), positive)
    said = " and ".join(map(repr, sorted(values)))
    raise FeedError(
        f"{named} has the values {said}; say which is positive, such as positive = {sorted(values)[-1]!r} in [feed]"
    )


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
    return texts(cells) if values is None else texts(values)
