"""Rows of a table as a canonical frame, column by column, so that a window needs little more room than its own."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.rows import LABEL, ROW_ID, TICK, Array

CELLS = 1 << 22
"""Read at a time, 32 MB of numbers: small windows in one go, large ones a few columns at once."""

LABELS = 1 << 17
"""Joined at a time."""


def canonical(rows: pl.LazyFrame, labels: Callable[[pl.Series], pl.DataFrame]) -> pd.DataFrame:
    """The rows by tick then id, with their labels.

    Args:
        rows: of a table of ticks; read several times, and always in the same order.
        labels: ids -> ``_id`` and ``_label`` of those that have one, once each; others do no harm.
    """
    keys = rows.select(TICK, ROW_ID).collect()
    order = keys.select(pl.arg_sort_by(TICK, ROW_ID)).to_series()
    keys = keys[order]
    columns: dict[str, object] = {
        ROW_ID: keys[ROW_ID].to_pandas(),
        TICK: keys[TICK].to_numpy(writable=True),
        LABEL: _joined(keys[ROW_ID], labels(keys[ROW_ID])),
    }
    del keys
    cells_of = [name for name in rows.collect_schema().names() if name not in (ROW_ID, TICK)]
    at_once = max(1, CELLS // max(1, len(order)))
    for start in range(0, len(cells_of), at_once):
        read = rows.select(cells_of[start : start + at_once]).collect()
        for name in read.columns:
            cells = read.drop_in_place(name).gather(order)
            text = cells.dtype == pl.String
            columns[name] = cells.to_pandas() if text else cells.to_numpy(writable=True).astype(np.float64, copy=False)
    return pd.DataFrame(columns, copy=False)


def _joined(ids: pl.Series, labels: pl.DataFrame) -> Array:
    """The label of each id, NaN where there is none, shape (n,); some labels at a time, as a join makes a table of them."""
    label = np.full(len(ids), np.nan)
    places = ids.to_frame().with_row_index("at")
    for some in labels.iter_slices(LABELS):
        met = places.join(some, on=ROW_ID)
        label[met["at"].to_numpy()] = met[LABEL].to_numpy()
    return label
