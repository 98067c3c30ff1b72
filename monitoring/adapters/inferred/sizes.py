"""What has to be said of ticks, windows and late labels."""

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.rows import ROW_ID, Array
from halflife.monitoring.adapters.csv_dialect import texts
from halflife.monitoring.adapters.inferred.times import Timed
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.pending import NOTHING, FeedTable, Pending
from halflife.monitoring.drift.comparison import MIN_ROWS
from halflife.monitoring.inferred_settings import Choice
from halflife.monitoring.label_lag import LabelLag
from halflife.monitoring.tick_sizes import TickSizes
from halflife.monitoring.ticking import TickRule

USUAL = 0.75
"""Of the labels that the older half of the rows has: with fewer a tick's labels are still to come."""


def ticks_said(n: int, sizes: TickSizes, timed: Timed | None) -> list[Choice]:
    """How long a tick is."""
    enough = f"Drift wants {MIN_ROWS:,} rows a side, so smaller ticks need longer windows."
    if sizes.span:
        why = (
            f"A tick, one batch, is {sizes.called}: {sizes.ticks:,} ticks of about {sizes.rows:,} rows. {enough} "
            "With rows_per_tick = a number instead, rows are counted."
        )
        return [Choice("feed", "tick", sizes.span, why)]
    also = ' A tick may be a span of the time instead, such as tick = "1d".' if timed and timed.times.dated else ""
    why = f"A tick is one batch: {n:,} rows make {sizes.ticks:,} ticks. {enough}{also}"
    return [Choice("feed", "rows_per_tick", sizes.rows, why)]


def delay_said(known: Array | None, timed: Timed | None, sizes: TickSizes, dated: LabelLag | None) -> Choice:
    """How late labels are: as late as the newest rows mostly have none.

    Args:
        known: label of each row, NaN where it has not come, shape (n,); None where there are none.
        timed: when rows happened; None where they stand in order.
        sizes: of ticks.
        dated: how late they are where they say themselves when they came; None where they do not.
    """
    meaning = "Ticks between a row and its label, at least, in a replay too"
    if dated is not None:
        late = (
            f": most have come {dated.ticks} tick{'s' if dated.ticks != 1 else ''} after their row"
            if dated.ticks
            else ""
        )
        return Choice("feed", "label_delay", 0, f"{meaning}; the table of labels says itself when they come{late}.")
    ticks = 0 if known is None else _lacking(known, timed, sizes.rows)
    if ticks:
        newest = min(len(known), ticks * sizes.rows) if known is not None else 0
        said = f"most of the newest {newest:,} rows have no label yet."
        return Choice("feed", "label_delay", ticks, f"{meaning}: {said}")
    return Choice(
        "feed", "label_delay", 0, f"{meaning}: 0 is at once. Say how late yours are, or a replay knows too much."
    )


def _lacking(known: Array, timed: Timed | None, rows: int) -> int:
    """Newest ticks of so many rows in which a row has its label clearly less often than in the older half."""
    ordered = known if timed is None else known[np.argsort(timed.times.values, kind="stable")]
    there = ~np.isnan(ordered)[::-1]
    usual = there[len(there) // 2 :].mean() if len(there) > 1 else 0.0
    starts = np.arange(0, len(there), rows)
    shares = np.add.reduceat(there, starts) / np.diff([*starts, len(there)])
    enough = shares >= USUAL * usual
    return int(np.argmax(enough)) if usual and enough.any() else 0


def lag_of(rows: pl.DataFrame, id_: str, timed: Timed, labels: LabelTable, sizes: TickSizes, zone: str) -> LabelLag:
    """How late labels of a table of their own come, which says when they do.

    Args:
        rows: cells with missing ones as null.
        id_: the column that tells them apart.
        timed: when they happened.
        labels: the table.
        sizes: of ticks.
        zone: in which days begin.
    """
    order = np.argsort(timed.times.values, kind="stable")
    ids = texts(rows[id_]).to_pandas().iloc[order].reset_index(drop=True)
    known = labels.read(zone)
    table = FeedTable(
        pd.DataFrame({ROW_ID: ids}), known, timed.times.values[order], timed.times.dated, np.ones(len(ids), dtype=bool)
    )
    return Pending(table, NOTHING, TickRule(max(1, sizes.rows), sizes.span, zone), 0).lag


def windows_said(sizes: TickSizes, lag: LabelLag) -> list[Choice]:
    """When versions are trained and drift is looked for, and on how many ticks."""
    rows = sizes.window * sizes.rows
    short = "" if sizes.watch * sizes.rows >= MIN_ROWS else " They are too few to tell drift; it will say so."
    watched = f"Newest ticks that are compared with the model's window: about {sizes.watch * sizes.rows:,} rows.{short}"
    labelled = round(lag.labelled(sizes.window) * sizes.rows)
    late = f", of which about {labelled:,} have their label by then" if lag.ticks else ""
    return [
        Choice("retrain", "every", sizes.every, "Ticks from one retrain to the next."),
        Choice(
            "retrain",
            "window",
            sizes.window,
            f"Ticks a version is trained on: about {rows:,} rows{late}; a tenth tests claims.",
        ),
        Choice("watch", "every", sizes.every, "Ticks from one look for drift to the next."),
        Choice("watch", "window", sizes.watch, watched),
    ]
