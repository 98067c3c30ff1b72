"""A table of labels, and how it is joined to the rows."""

import polars as pl

from halflife.models.errors import UsageError
from halflife.monitoring.adapters.csv_dialect import texts
from halflife.monitoring.adapters.inferred.labels import label_of
from halflife.monitoring.adapters.inferred.times import time_of
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.table_sources import source_of
from halflife.monitoring.inferred_settings import Choice

SHARED = 0.5
"""Of the labels, those whose row is there, at least; others may come later."""

SINGLE = 0.99
"""Of the rows, those that an id tells apart, at least: some rows come twice, or without one, and are set aside."""


def label_table_of(
    rows: pl.DataFrame, path: Place, taken: list[str], *, key: str | None, label: str | None, positive: str | None
) -> tuple[str, list[Choice], LabelTable]:
    """The rows' id, what has to be said of a table of labels, and the table.

    The two columns that share the most are joined; of those that share as much, two of one name.

    Args:
        rows: cells with missing ones as null.
        path: of the table of labels.
        taken: columns of the rows that are for something else.
        key: the rows' id, where it is known.
        label: the label's column, where it is known.
        positive: the label's positive value, where it is known.

    Raises:
        UsageError: no columns can be joined, or the label cannot be told.
        FeedError: the table cannot be read.
    """
    source = source_of(path)
    table = source.read().table
    free = [name for name in rows.columns if name not in taken and not rows[name].dtype.is_nested()]
    pairs = [
        (mine, theirs)
        for mine in ([key] if key else free)
        for theirs in table.columns
        if not table[theirs].dtype.is_nested()
    ]

    def overlap(pair: tuple[str, str]) -> tuple[float, bool]:
        mine, theirs = texts(rows[pair[0]]).drop_nulls(), texts(table[pair[1]]).drop_nulls().str.strip_chars()
        single = mine.n_unique() >= SINGLE * len(rows)
        shared = int(theirs.is_in(mine.implode()).sum()) / max(1, len(theirs))
        return (shared if single else 0.0), pair[0] == pair[1]

    best = max(pairs, key=overlap, default=None)
    if best is None or overlap(best)[0] < SHARED:
        raise UsageError(f"no column of {path} names rows of the other file; say --id the column that both have")
    said = [
        Choice("labels", "key", best[1], f"Says of which row a label is, as {best[0]!r} does among the rows."),
        *label_of(table, label, positive, [best[1]], section="labels"),
    ]
    column, chosen = str(said[1].value), str(said[2].value)
    timed, _, _ = time_of(table, None, [best[1], column])
    dated = timed is not None and timed.times.dated and not timed.format
    if timed is not None and dated:
        why = "Says when a label came to be known: it comes in the first tick that reaches as far."
        said.append(Choice("labels", "time", timed.name, why))
    when = timed.name if timed is not None and dated else None
    return best[0], said, LabelTable(source, best[1], column, when, chosen)
