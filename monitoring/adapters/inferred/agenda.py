"""What an investigation may look at: groups whose gaps matter, and effects that somebody may expect."""

import numpy as np
import polars as pl

from halflife.models.rows import Array
from halflife.monitoring.adapters.csv_dialect import numbers, texts
from halflife.monitoring.inferred_settings import Choice, listed

NAMES = 12
"""Of a column of groups, at most."""
GROUP = 0.02
"""Of the rows; a smaller group says little."""
MOST = 3
"""Columns that are suggested."""
CLEAR = 4.0
"""Standard errors by which the label must go with a column for its direction to be suggested."""


def agenda_said(table: pl.DataFrame, features: list[str], categories: list[str], known: Array | None) -> list[Choice]:
    """Segments that are in force, and expectations as a comment: only people know what should be.

    Args:
        table: cells with missing ones as null.
        features: columns that a model learns from.
        categories: those that are categories although they look like numbers.
        known: label of each row, NaN where it has none, shape (n,); None where there are none.
    """
    words = [name for name in features if name in categories or numbers(table[name]) is None]
    groups = [name for name in words if _groups(table[name])][:MOST]
    said = []
    if groups:
        why = f"Groups whose gaps are looked at: {listed(groups)} {'has' if len(groups) == 1 else 'have'} few names."
        said.append(Choice("investigate", "segments", groups, f'{why} Predicates do as well, such as "age > 60".'))
    signs = {} if known is None else _signs(table, [name for name in features if name not in words], known)
    if signs:
        why = (
            "What the score should do with a column as far as you know, + to rise or - to fall; it is told where it does "
            "not. The signs here are only what the labels do in these rows."
        )
        said.append(Choice("investigate", "expect", signs, why, said=False))
    return said


def _groups(cells: pl.Series) -> bool:
    """Whether a column parts the rows in few groups, two of which at least are large enough."""
    if cells.dtype.is_nested() or cells.dtype.is_temporal():
        return False
    counts = texts(cells).drop_nulls().value_counts(name="rows")["rows"]
    return 2 <= len(counts) <= NAMES and int((counts >= GROUP * len(cells)).sum()) >= 2


def _signs(table: pl.DataFrame, names: list[str], known: Array) -> dict[str, str]:
    """Of numeric columns that go with the label most clearly, which way."""
    found = {}
    for name in names:
        cells = numbers(table[name])
        values = np.full(len(known), np.nan) if cells is None else cells.fill_null(np.nan).to_numpy()
        both = np.isfinite(values) & ~np.isnan(known)
        if both.sum() < 3 or np.ptp(values[both]) == 0 or np.ptp(known[both]) == 0:
            continue
        ranks = pl.Series(values[both]).rank().to_numpy()
        together = float(np.corrcoef(ranks, known[both])[0, 1])
        if abs(together) * np.sqrt(both.sum()) > CLEAR:
            found[name] = together
    strongest = sorted(found, key=lambda name: -abs(found[name]))[:MOST]
    return {name: "+" if found[name] > 0 else "-" for name in strongest}
