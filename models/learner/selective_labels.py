"""Selective labels: what the champion decides against is not done, so nobody learns how it would have gone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from halflife.models.learner.model import Model
from halflife.models.rows import PROPENSITY, ROW_ID, Array, Batch, Mask, row_hash


def selective_labels(
    batch: Batch, champion: Model | None, exploration: float, cases: Callable[["pd.Series[str]"], pd.DataFrame]
) -> Batch:
    """One tick as the decisions of its time leave it: each row with its propensity, without the labels never seen.

    A row is blocked when the champion of its tick decides it positive. Of blocked rows a share, chosen by a hash of the
    id, is let through all the same.

    Args:
        batch: a tick of a feed that gives canonical cells.
        champion: the newest one trained on earlier ticks alone; None before there is one. So the decision is a function
            of the ledger at that tick, also when an ingest that was cut off is done again.
        exploration: the share of blocked rows that is let through, and their propensity; in [0, 1].
        cases: gives the stored rows with these ids, with their propensities.

    Returns:
        The rows with ``_propensity``: 1, and ``exploration`` where blocked; the labels of this tick that are let through,
        whenever their rows came.
    """
    propensity = np.where(_blocked(batch, champion), exploration, 1.0)
    rows = batch.rows.assign(**{PROPENSITY: propensity})
    ids = batch.labels[ROW_ID]
    known = pd.Series(propensity, index=rows[ROW_ID])
    earlier = cases(ids[~ids.isin(known.index)])
    known = pd.concat([known, pd.Series(earlier[PROPENSITY].to_numpy(dtype=float), index=earlier[ROW_ID])])
    seen = (ids.map(known).fillna(1.0) == 1.0).to_numpy() | explored(ids, exploration)
    return replace(batch, rows=rows, labels=batch.labels[seen].reset_index(drop=True), explored=exploration > 0)


def explored(ids: "pd.Series[str]", share: float) -> Mask:
    """Which rows are let through even if they are blocked, shape (n,): by a hash that no other part of Halflife uses.

    >>> explored(pd.Series(["a", "b"]), 1.0).tolist(), explored(pd.Series(["a", "b"]), 0.0).tolist()
    ([True, True], [False, False])
    """
    chance: Array = row_hash("explored " + ids.astype("str")) / 2.0**64
    return np.asarray(chance < share) if share < 1 else np.ones(len(ids), dtype=bool)


def _blocked(batch: Batch, champion: Model | None) -> Mask:
    """Which rows of a tick the champion decides positive, shape (n,)."""
    if champion is None:
        return np.zeros(len(batch.rows), dtype=bool)
    return np.asarray(champion.probability(batch.rows) >= champion.threshold)
