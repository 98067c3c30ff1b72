"""Selective labels: what the champion decides against is not done, so nobody learns how it would have gone."""

from dataclasses import replace

import numpy as np
import pandas as pd

from halflife.models.domain import Role
from halflife.models.rows import PROPENSITY, ROW_ID, Array, Batch, Mask, row_hash
from halflife.monitoring.service import Service


def selective_labels(service: Service, batch: Batch, exploration: float) -> Batch:
    """One tick as the decisions of its time leave it: each row with its propensity, without the labels never seen.

    A row is blocked when the champion of its tick decides it positive: the newest one trained on earlier ticks alone. So
    the decision is a function of the ledger at that tick, also when an ingest that was cut off is done again. Of blocked
    rows a share, chosen by a hash of the id, is let through all the same.

    Args:
        service: whose champions decide.
        batch: a tick of a feed that gives canonical cells.
        exploration: the share of blocked rows that is let through, and their propensity; in [0, 1].

    Returns:
        The rows with ``_propensity``: 1, and ``exploration`` where blocked; the labels of this tick that are let through,
        whenever their rows came.
    """
    propensity = np.where(_blocked(service, batch), exploration, 1.0)
    rows = batch.rows.assign(**{PROPENSITY: propensity})
    ids = batch.labels[ROW_ID]
    known = pd.Series(propensity, index=rows[ROW_ID])
    earlier = service.store.cases(ids[~ids.isin(known.index)])
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


def _blocked(service: Service, batch: Batch) -> Mask:
    """Which rows of a tick the champion of its time decides positive, shape (n,)."""
    champions = [v for v in service.ledger.versions() if v.role is Role.CHAMPION and v.last < batch.tick]
    if not champions:
        return np.zeros(len(batch.rows), dtype=bool)
    model = service.registry.model(champions[-1])
    return np.asarray(model.probability(batch.rows) >= model.threshold)
