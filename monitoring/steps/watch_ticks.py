"""Compare the newest ticks with the window the champion was trained on."""

from dataclasses import replace

import numpy as np

from halflife.models.domain import Drift, Version
from halflife.monitoring.context import Context
from halflife.monitoring.drift.comparison import judge
from halflife.monitoring.drift.watched_sides import Side, Watched, compared, reference_side, watched
from halflife.monitoring.steps.assess_performance import assess
from halflife.monitoring.wording.tick_words import ticks


def watch(context: Context, tick: int, reference: Side | None = None) -> tuple[Drift, Watched] | None:
    """Judge the ticks up to ``tick`` against the champion's window; None before there is a champion.

    Inputs and labels are compared on every row, from the histograms the store keeps; predictions only where the model
    never trained, so that like is compared with like.

    Args:
        context: whose store, champion and ledger are used.
        tick: the last one watched.
        reference: the champion's side, where an earlier stage read it.

    Returns:
        What was found, recorded in the ledger, and what it was found on.
    """
    champion = context.ledger.champion()
    if champion is None:
        return None
    first = max(0, tick - context.policy.watch.window + 1)
    sides = look_at(context, champion, first, tick, reference)
    known = [d for d in context.ledger.drifts(since=tick) if (d.tick, d.against) == (tick, champion.number)]
    if known:
        return known[0], sides
    # Before the drift, which marks the watch as done: a process killed in between tells it again.
    assess(context, sides)
    rng = np.random.default_rng([context.policy.seed, tick, champion.number])
    comparison, rows = compared(sides, rng)
    drift = judge(comparison, tick=tick, first_tick=first, against=champion.number, rows=rows)
    drift = replace(drift, dates=context.store.dates(first, tick))
    context.ledger.record_drift(drift)
    if drift.drifted:
        context.observe(f"drift in {ticks(first, tick, drift.dates)}: {drift.note}", lasting=True)
    return drift, sides


def look_at(context: Context, champion: Version, first: int, last: int, reference: Side | None = None) -> Watched:
    """Both sides of a watch, of which nothing is read before it is asked for."""
    if reference is None:
        reference = reference_side(context.store, champion, context.registry.model(champion))
    return watched(context.store, champion, reference, first, last)
