"""Compare the newest ticks with the window the champion was trained on."""

import numpy as np

from halflife.models.domain import Drift
from halflife.monitoring.drift.comparison import judge
from halflife.monitoring.drift.watched_sides import compared, sides
from halflife.monitoring.service import Service
from halflife.monitoring.steps.timing import timed


@timed
def watch(service: Service, tick: int) -> Drift | None:
    """Judge the ticks up to ``tick`` against the champion's window; None before there is a champion.

    Inputs and labels are compared on every row, from the histograms the store keeps; predictions only where the model
    never trained, so that like is compared with like.
    """
    champion = service.champion()
    if champion is None:
        return None
    known = [d for d in service.ledger.drifts(since=tick) if (d.tick, d.against) == (tick, champion.number)]
    if known:
        return known[0]
    first = max(0, tick - service.policy.watch.window + 1)
    rng = np.random.default_rng([service.policy.seed, tick, champion.number])
    comparison, rows = compared(*sides(service, champion, first, tick), rng)
    drift = judge(comparison, tick=tick, first_tick=first, against=champion.number, rows=rows)
    service.ledger.record_drift(drift)
    if drift.drifted:
        service.observe(f"drift in ticks {first} to {tick}: {drift.note}", lasting=True)
    return drift
