"""What has to be said of ticks, windows and late labels."""

from math import ceil

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.adapters.inferred.times import Timed
from halflife.monitoring.drift.comparison import MIN_ROWS
from halflife.monitoring.inferred_settings import Choice
from halflife.monitoring.tick_sizes import TickSizes


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


def delay_said(known: Array | None, timed: Timed | None, sizes: TickSizes, *, dated: bool) -> Choice:
    """How late labels are: as late as the newest rows have none.

    Args:
        known: label of each row, NaN where it has not come, shape (n,); None where labels are elsewhere.
        timed: when rows happened; None where they stand in order.
        sizes: of ticks.
        dated: labels say themselves when they came.
    """
    meaning = "Ticks between a row and its label, at least, in a replay too"
    at_once = Choice(
        "feed", "label_delay", 0, f"{meaning}: 0 is at once. Say how late yours are, or a replay knows too much."
    )
    if dated:
        return Choice("feed", "label_delay", 0, f"{meaning}; the table of labels says itself when they come.")
    if known is None:
        return at_once
    ordered = known if timed is None else known[np.argsort(timed.times.values, kind="stable")]
    there = np.flatnonzero(~np.isnan(ordered))
    missing = len(ordered) - 1 - int(there[-1]) if len(there) else 0
    ticks = ceil(missing / sizes.rows)
    if ticks and missing >= sizes.rows / 2:
        return Choice("feed", "label_delay", ticks, f"{meaning}: the newest {missing:,} rows have no label yet.")
    return at_once


def windows_said(sizes: TickSizes) -> list[Choice]:
    """When versions are trained and drift is looked for, and on how many ticks."""
    rows = sizes.window * sizes.rows
    short = "" if sizes.watch * sizes.rows >= MIN_ROWS else " They are too few to tell drift; it will say so."
    watched = f"Newest ticks that are compared with the model's window: about {sizes.watch * sizes.rows:,} rows.{short}"
    return [
        Choice("retrain", "every", sizes.every, "Ticks from one retrain to the next."),
        Choice(
            "retrain",
            "window",
            sizes.window,
            f"Ticks a version is trained on: about {rows:,} rows; a tenth tests claims.",
        ),
        Choice("watch", "every", sizes.every, "Ticks from one look for drift to the next."),
        Choice("watch", "window", sizes.watch, watched),
    ]
