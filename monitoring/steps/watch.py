"""Compare the newest ticks with the window the champion was trained on."""

import numpy as np
import pandas as pd

from models.domain import Drift
from models.learner.model import Model
from models.rows import ROW_ID, Part, Window
from monitoring.service import Service
from monitoring.steps.timing import timed

PREDICTION = "prediction"


@timed
def watch(service: Service, tick: int) -> Drift | None:
    """Judge the ticks up to ``tick`` against the champion's window; None before there is a champion.

    Inputs and labels are compared on every row; predictions only where the model never trained, so that like is
    compared with like.
    """
    champion = service.champion()
    if champion is None:
        return None
    known = [d for d in service.ledger.drifts() if (d.tick, d.against) == (tick, champion.number)]
    if known:
        return known[0]
    model = service.registry.model(champion)
    first = max(0, tick - service.policy.watch_window + 1)
    drift = service.reporter.watch(
        _predicted(service.window(champion), model),
        _predicted(service.store.window(first, tick), model),
        service.schema,
        tick=tick,
        first_tick=first,
        against=champion.number,
    )
    service.ledger.record_drift(drift)
    if drift.drifted:
        service.observe(f"drift in ticks {first} to {tick}: {drift.note}", lasting=True)
    return drift


def _predicted(window: Window, model: Model) -> pd.DataFrame:
    unseen = window.split.parts(window.rows[ROW_ID]) != Part.TRAIN
    prediction = np.full(len(window.rows), np.nan)
    prediction[unseen] = model.probability(window.rows[unseen])
    return window.rows.assign(**{PREDICTION: prediction})
