"""Which labels would help most: learning curves, and labels taken away from one segment at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from halflife.models.domain import Interval
from halflife.models.errors import NotTrainable
from halflife.models.learner.instability import ambiguous, brier_parts, paired
from halflife.models.learner.learning_curves import halvings, labelled, overlap
from halflife.models.learner.power_law import EXPONENTS, extrapolate, saved
from halflife.models.rows import Mask
from halflife.monitoring.claims.evidence.masks import Masks
from halflife.monitoring.claims.statistics.base import MIN_ROWS
from halflife.monitoring.label_needs.needs_report import (
    LABELS,
    Advice,
    Curve,
    CurvePoint,
    SegmentNeed,
    SegmentTrial,
    UntestedSegment,
)
from halflife.monitoring.label_needs.subset_fits import Progress, Scored, SubsetFits

LEFT = 0.25
"""Share of a segment's labels that a trial leaves: small enough to be felt, and disjoint between four repeats."""
MATERIAL = 0.001
"""Share of the loss that ``LABELS`` labels must save to be worth naming."""


@dataclass(frozen=True)
class Labels:
    """Whole curve, what labels at random would do, and the segments; attributes as in `Needs`."""

    whole: Curve
    anywhere: Interval | None
    exponent: float
    segments: tuple[SegmentNeed, ...]
    unseen: tuple[UntestedSegment, ...]


def labels(
    trainer: SubsetFits,
    segments: Sequence[str],
    *,
    sizes: int,
    fits: int,
    level: float,
    replicates: int,
    progress: Progress,
) -> Labels:
    """Train on nested parts, then try segments in the order of what they could gain, until the budget is spent.

    Args:
        trainer: of the window.
        segments: predicates.
        sizes: shares of the labels, 1 and its halvings.
        fits: at most so many are trained, but never fewer than the curves take.
        level: of every interval.
        replicates: of the bootstrap.
        progress: told of every fit.

    Raises:
        NotTrainable: the window has too few labels.
        ClaimError: a segment does not fit the columns.
    """
    window, repeats = trainer.window, trainer.repeats
    shares = halvings(window, trainer.recipe, sizes)
    known, here, there = labelled(window), Masks(window.rows), Masks(trainer.evidence)
    seen: list[UntestedSegment] = []
    unseen: list[UntestedSegment] = []
    for where in segments:
        rows, among = int(there[where].sum()), int((here[where] & known).sum())
        (seen if rows >= MIN_ROWS else unseen).append(UntestedSegment(where, among, rows))
    curves = len(shares) * repeats
    tried = min(len(seen), max(0, fits - curves) // repeats)
    total, done = curves + tried * repeats, count(1)

    def step() -> None:
        progress(next(done), total)

    scored = trainer.sizes(shares, step)

    def curve(rows: Mask, among: int) -> Curve:
        return _curve(scored, rows, among, int(known.sum()), trainer.recipe.threshold, level, replicates)

    whole = curve(np.ones(len(trainer.label), dtype=bool), int(known.sum()))
    needs = [SegmentNeed(s.where, curve(there[s.where], s.labels), None, Advice.UNTRIED, 0.0) for s in seen]
    needs.sort(key=lambda need: (-_promise(need.curve), need.where))
    exponent = whole.law.exponent.estimate if whole.law and whole.law.identified else float(EXPONENTS[0])
    anywhere = (
        _added(whole.doubling, 1 / float(saved(exponent, 1.0)), exponent, whole.labels) if whole.doubling else None
    )
    bar = max(MATERIAL * whole.full.loss, anywhere.estimate / 2 if anywhere else 0.0)
    ticks = window.last - window.first + 1
    for at, need in enumerate(needs):
        trial = _trial(trainer, scored, here[need.where], need, exponent, level, step) if at < tried else None
        rate = need.curve.labels / ticks
        needs[at] = replace(need, trial=trial, advice=_advice(trial, bar), ticks=LABELS / rate)
    needs.sort(key=lambda need: -need.trial.gain.estimate if need.trial else np.inf)
    return Labels(whole, anywhere, exponent, tuple(needs), tuple(unseen))


def _curve(
    scored: Scored, rows: Mask, among: int, everywhere: int, threshold: float, level: float, replicates: int
) -> Curve:
    """The curve over some evidence rows; ``among`` labels of the window are theirs, of ``everywhere``."""
    repeats = scored.loss.shape[1]
    label, probability, loss = scored.label[rows], scored.probability[:, :, rows], scored.loss[:, :, rows]
    found = []
    for m, share in enumerate(scored.shares):
        rest, variance = (part.mean() for part in brier_parts(probability[m], label, overlap(share, repeats)))
        disagreed = ambiguous(probability[m], threshold).mean()
        parts = float(loss[m].mean()), float(rest + variance), float(variance), float(disagreed)
        found.append(CurvePoint(share, share * among, *parts))
    law = extrapolate(np.array(scored.shares) * everywhere, loss, level=level, replicates=replicates)
    return Curve(among, int(rows.sum()), tuple(found), law)


def _promise(curve: Curve) -> float:
    """The most that labels could gain on these rows, summed over them."""
    upper = curve.law.doubling.upper if curve.law else curve.sizes[0].loss - curve.full.loss
    return curve.rows * upper


def _trial(
    trainer: SubsetFits,
    scored: Scored,
    segment: Mask,
    need: SegmentNeed,
    exponent: float,
    level: float,
    step: Callable[[], None],
) -> SegmentTrial | None:
    try:
        loss = trainer.thinned(segment, LEFT, step)
    except NotTrainable:
        return None
    taken = paired(loss - scored.loss[-1], level)
    return SegmentTrial(taken, _added(taken, 1 / (LEFT**-exponent - 1), exponent, need.curve.labels))


def _added(measured: Interval, factor: float, exponent: float, among: int) -> Interval:
    """What ``LABELS`` labels on top of ``among`` save: by the power law, from a measured fall ``1 / factor`` as large."""
    scale = float(factor * saved(exponent, LABELS / among))
    return Interval(measured.estimate * scale, measured.lower * scale, measured.upper * scale)


def _advice(trial: SegmentTrial | None, bar: float) -> Advice:
    if trial is None:
        return Advice.UNTRIED
    if trial.gain.upper < bar:
        return Advice.HARDLY
    return Advice.HELPS if trial.gain.lower > 0 else Advice.UNKNOWN
