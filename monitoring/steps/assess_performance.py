"""How the champion does on the newest ticks, before and after their labels have come."""

from dataclasses import replace

import numpy as np
import pandas as pd

from halflife.models.domain import Interval, Version
from halflife.models.learner.evaluate import evaluate
from halflife.models.learner.expected_performance import (
    FEWEST,
    Recalibration,
    assisted,
    enough,
    expected,
    recalibrate,
)
from halflife.models.performance import SETTLED, Basis, Performance
from halflife.models.rows import LABEL, PROPENSITY, TICK, Array, Mask, Part, Split, Window, entities, units
from halflife.monitoring.context import Context
from halflife.monitoring.drift.watched_sides import Side, Watched, reference_side

LOOKED_BACK = 60
"""Watches whose labels are still asked for; what has not come by then is passed over."""
MORE = 0.25
"""Share of labels that must have come since a performance was told for it to be told again before all have."""


def assess(context: Context, sides: Watched) -> Performance:
    """Tell how the champion does on the ticks of a watch, and on those of earlier ones whose labels have come since.

    Said again, it replaces what was said as of the same tick. Only rows that the champion never learned from count.

    Args:
        context: whose ledger keeps what is told.
        sides: of the watch.
    """
    champion = context.ledger.version(sides.against)
    for earlier in _unsettled(context.ledger.performances())[-LOOKED_BACK:]:
        if (earlier.tick, earlier.against) != (sides.current.last, champion.number):
            _tell_again(context, earlier)
    told = _told(context, champion, sides.current, meaning_of(context, champion, sides.reference))
    context.ledger.record_performance(told)
    return told


def _unsettled(told: list[Performance]) -> list[Performance]:
    """The newest word on each watch, where its labels have not come."""
    newest = {(p.tick, p.against): p for p in told}
    return [p for p in newest.values() if not p.settled and p.basis is not Basis.MEASURED]


def _tell_again(context: Context, earlier: Performance) -> None:
    """Tell anew of ticks for which so many more labels have come that it says more, or all that are expected."""
    store, ticks = context.store, (earlier.first_tick, earlier.tick)
    rows = store.profile(*ticks).rows
    share = sum(store.labels(*ticks)) / rows if rows else 0.0  # of all rows: none need be read to know it
    said = earlier.labelled / earlier.rows if earlier.rows else 0.0
    over = _gone(context, earlier.tick) and earlier.labelled + earlier.given_up < earlier.rows
    if not (over or share >= min(said + MORE, SETTLED)):
        return
    version = context.ledger.version(earlier.against)
    model = context.registry.model(version)
    side = Side(store, model, *ticks, None)
    now = _told(context, version, side, meaning_of(context, version, reference_side(store, version, model)))
    context.ledger.record_performance(now)


def arrived(context: Context, window: Window) -> float:
    """Share of a window's evidence rows whose label has come, of those whose label is still expected."""
    rows = window.part(Part.EVIDENCE, labelled=False)
    has = rows[LABEL].notna().to_numpy()
    due = int((~_given_up(context, rows)).sum())
    return float(has.sum()) / due if due else 1.0


def _given_up(context: Context, rows: pd.DataFrame) -> Mask:
    """Which rows' labels have not come and are no longer expected, shape (n,)."""
    gone = np.array([_gone(context, int(tick)) for tick in rows[TICK]], dtype=bool)
    return gone & rows[LABEL].isna().to_numpy()


def _gone(context: Context, tick: int) -> bool:
    """Whether the labels of a tick's rows are no longer expected."""
    patience = context.feed.give_up_after
    return patience is not None and tick + patience <= context.store.last_tick


def meaning_of(context: Context, champion: Version, reference: Side) -> Recalibration | None:
    """What the champion's scores mean, on labelled rows of its window that neither trained nor calibrated it."""
    rows, unseen = reference.rows, _never_seen(reference.rows, context.store.split, champion)
    kept = unseen & rows[LABEL].notna().to_numpy()
    labelled = rows[kept]
    return recalibrate(reference.prediction[kept], labelled[LABEL].to_numpy(dtype=float), entities(labelled))


def _told(context: Context, champion: Version, side: Side, meaning: Recalibration | None) -> Performance:
    """What is known now of the champion on some ticks."""
    kept = _never_seen(side.rows, context.store.split, champion)
    rows = side.rows[kept].reset_index(drop=True)
    has = rows[LABEL].notna().to_numpy()
    counts = len(rows), int(has.sum()), int(_given_up(context, rows).sum())
    told = Performance(
        side.first, side.last, champion.number, context.store.last_tick, Basis.ESTIMATED, *counts, metrics={}
    )
    # Where decisions choose the labels, rows with one are no sample of those without.
    chosen = context.feed.exploration is not None or PROPENSITY in rows.columns
    if told.settled and told.labelled and (has.all() or not chosen):
        told = replace(told, basis=Basis.MEASURED)
    elif enough(rows[LABEL].to_numpy()[has]) and not has.all() and not chosen:
        told = replace(told, basis=Basis.ASSISTED)
    metrics, reason = _metrics(context, told, side.model.threshold, (rows, side.prediction[kept]), meaning)
    return replace(told, metrics=metrics, reason=reason)


def _metrics(
    context: Context,
    told: Performance,
    threshold: float,
    predicted: tuple[pd.DataFrame, Array],
    meaning: Recalibration | None,
) -> tuple[dict[str, Interval], str]:
    """The metrics on their basis, or why there are none."""
    (rows, probability), level = predicted, context.policy.evidence.level
    label, of = rows[LABEL].to_numpy(dtype=float), entities(rows)
    has = ~np.isnan(label)
    if told.basis is Basis.MEASURED:
        own = None if of is None else of[has]
        return evaluate(probability[has], label[has], level=level, threshold=threshold, entities=own), ""
    if len(rows) < FEWEST:
        return {}, f"{len(rows):,} rows are too few to tell before their labels come; {FEWEST} would do"
    if meaning is None:
        return {}, "too few labels of the champion's window have come to know what its scores mean"
    if told.basis is Basis.ASSISTED:
        labelled = probability[has], label[has]
        sides = None if of is None else (of[has], of[~has])
        return assisted(labelled, probability[~has], meaning, level=level, threshold=threshold, entities=sides), ""
    rng = np.random.default_rng([context.policy.seed, told.tick, told.against])
    return expected(probability, meaning, rng, level=level, threshold=threshold, entities=of), ""


def _never_seen(rows: pd.DataFrame, split: Split, champion: Version) -> Mask:
    """Which of these rows, none of which trained, did not calibrate the champion either; shape (n,)."""
    inside = rows[TICK].le(champion.last).to_numpy() & rows[TICK].ge(champion.first).to_numpy()
    calibrated: Mask = inside & (split.parts(units(rows)) == Part.CALIBRATION)
    return ~calibrated
