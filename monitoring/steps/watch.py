"""Compare the newest ticks with the window the champion was trained on."""

import pandas as pd

from models.domain import Drift
from models.learner.model import Model
from models.rows import Part, Window
from monitoring.service import Service
from monitoring.steps.timing import timed

PREDICTION = "prediction"


@timed
def watch(service: Service, tick: int) -> Drift | None:
    """Judge the ticks up to ``tick`` against the champion's window; None before there is a champion.

    Both sides are rows that never trained, so that predictions are compared like with like.
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
        _unseen(service.window(champion), model),
        _unseen(service.store.window(first, tick), model),
        service.schema,
        tick=tick,
        first_tick=first,
        against=champion.number,
    )
    service.ledger.record_drift(drift)
    if drift.drifted:
        service.observe(f"drift: {drift.note}")
    return drift


def _unseen(window: Window, model: Model) -> pd.DataFrame:
    rows = pd.concat([window.part(part, labelled=False) for part in Part if part is not Part.TRAIN], ignore_index=True)
    return rows.assign(**{PREDICTION: model.probability(rows)})
