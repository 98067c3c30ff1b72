"""What a watch asks of a window's ids: how many have which label, and which rows stand for all."""

from collections.abc import Callable

import numpy as np
import polars as pl

from halflife.models.rows import ENTITY, LABEL, ROW_ID, Part, Split, row_hash


def label_counts(rows: pl.LazyFrame, labels: Callable[[pl.Series], pl.DataFrame]) -> tuple[int, int]:
    """How many of the rows have label 0, and how many label 1.

    Args:
        rows: of a table of ticks.
        labels: ids -> ``_id`` and ``_label``, once each, theirs among others.
    """
    ids = rows.select(ROW_ID).collect()
    met = labels(ids[ROW_ID]).join(ids, on=ROW_ID, how="semi")[LABEL]
    positive = int((met == 1).sum())
    return len(met) - positive, positive


def unseen_ids(rows: pl.LazyFrame, split: Split, n: int) -> pl.Series:
    """The ids of at most n rows that never train: those with the smallest hash, so that windows that share rows share them.

    The hash is their entity's where the split goes by entity.
    """
    drawn_by = ENTITY if split.cluster else ROW_ID
    read = rows.select(*dict.fromkeys([ROW_ID, drawn_by])).collect()
    hashes = row_hash(read[drawn_by].to_pandas())
    unseen = np.flatnonzero(split.of(hashes) != Part.TRAIN)
    if len(unseen) > n:
        unseen = unseen[np.argpartition(hashes[unseen], n)[:n]]
    return read[ROW_ID].gather(unseen)
