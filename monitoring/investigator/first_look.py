"""What a feed's first ticks show of columns that give the label away, before anything is trained."""

from collections.abc import Collection

import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, TICK
from halflife.monitoring.investigator.lead import listed
from halflife.monitoring.investigator.leaks import Leak, leaks
from halflife.monitoring.ports.rows import Feed

ENOUGH = 5_000
"""Labelled rows that are looked at, if that takes no more than ``MOST_TICKS``."""
MOST_TICKS = 30


def first_leaks(feed: Feed, known: Collection[str] = ()) -> list[str]:
    """A sentence for each column, or set of columns, that gives the label away.

    Args:
        feed: of which the first ticks are read, until 5,000 rows have their label or 30 ticks are read.
        known: columns declared to be known only after the label, which are not told again.
    """
    rows, labels, there = [], [], 0
    for tick in range(min(MOST_TICKS, MOST_TICKS if feed.closed is None else feed.closed)):
        batch = feed.batch(tick)
        rows.append(batch.rows.assign(**{TICK: tick}))
        labels.append(batch.known)
        there += len(labels[-1])
        if there >= ENOUGH:
            break
    if not rows:
        return []
    newest = pd.concat(labels, ignore_index=True).drop_duplicates(ROW_ID, keep="last")
    seen = pd.concat(rows, ignore_index=True).drop_duplicates(ROW_ID).merge(newest, on=ROW_ID, how="left")
    features = seen[[TICK, *(name for name in feed.schema.names if name not in known)]]
    return [_sentence(leak) for leak in leaks(features, seen[LABEL].to_numpy(dtype=float))]


def _sentence(leak: Leak) -> str:
    it = "it is" if len(leak.columns) == 1 else "they are"
    names = ", ".join(f'"{name}"' for name in leak.columns)
    return (
        f"{listed(leak.columns)} may give the label away: {leak.said}; if {it} only known after the label, "
        f"say ignore = [{names}] in [feed]"
    )
