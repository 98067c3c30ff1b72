"""Where the model does worst, and why; and where it misjudges the odds."""

import numpy as np

from halflife.models.rows import Kind, Mask
from halflife.monitoring.claims.syntax.predicates import columns
from halflife.monitoring.investigator.candidates import Candidates
from halflife.monitoring.investigator.column_signal import auc, auc_error
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, slug
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.slice_search import Slice, search
from halflife.monitoring.policy import InvestigatePolicy

LOOKED_AT = 3
"""Slices that are looked into for each that is told."""
MISJUDGED = 3.0
"""Standard errors by which what happened differs from what was said, or one ranking from another."""
FEWEST = 10
"""Labels of either kind that a ranking is told from."""
STRONG = 0.05
"""Share of attribution of a column the model goes by."""
CLOSE_CALLS = 0.25
"""Part of what is at stake where nothing but an even mix of labels makes a slice hard."""


def worst(scored: ScoredRows, policy: InvestigatePolicy, among: Candidates) -> list[Lead]:
    """Slices of high loss, the one that loses most beyond what its mix of labels explains first."""
    found = search(scored.loss, among, LOOKED_AT * policy.slices)
    leads = [_worst(scored, one) for one in found]
    return sorted(leads, key=lambda lead: -lead.stake)[: policy.slices]


def _worst(scored: ScoredRows, one: Slice) -> Lead:
    inside, loss = one.inside, float(scored.loss.mean())
    rate, said_rate = float(scored.label[inside].mean()), float(scored.probability[inside].mean())
    elsewhere_rate = float(scored.label[~inside].mean())
    elsewhere = _skill(scored, ~inside)
    unexplained = float(scored.loss[inside].mean()) - (1 - max(elsewhere, 0.0)) * _entropy(rate)
    keep = min(1.0, one.shrunk / one.excess)
    stake = max(0.0, min(unexplained, one.excess)) * keep * one.coverage / loss
    times = float(scored.loss[inside].mean() / scored.loss[~inside].mean())
    if abs(_misjudged(scored, inside)) > MISJUDGED:
        why = f"it expects label 1 for {percent(said_rate)} of them and {percent(rate)} have it"
        check = f"see what changed where {one.where}, and whether its rows are labelled like the others"
    elif (ranks := _ranks_worse(scored, one)) is not None:
        why = (
            f"among them it ranks {ranks[0]:.0%} of the pairs rightly, elsewhere {ranks[1]:.0%}, as if a column were "
            "missing or labels were mixed up"
        )
        check = f"read some rows where {one.where}: are their labels right?"
    else:
        stake *= CLOSE_CALLS
        mix = f"{percent(rate)} of their labels are 1 against {percent(elsewhere_rate)}"
        why = f"{mix}, so close calls are to be expected"
        check = ""
    said = f"It does worst where {one.where} ({percent(one.coverage)} of the rows, {times:.1f} times the loss): {why}"
    note = f"{times:.1f} times the loss on {percent(one.coverage)} of the rows; {why}"
    return Lead(Topic.SLICE, f"slice-{slug(one.where)}", _loss_claim(one), note, stake, said, check)


def _loss_claim(one: Slice) -> str:
    """The slice loses at least half as much more than the rest as was seen, after shrinkage."""
    return claim(call("slice_loss", one.where), ">", one.shrunk / 2)


def _ranks_worse(scored: ScoredRows, one: Slice) -> tuple[float, float] | None:
    """AUC inside a slice and outside it where it is clearly lower inside; else None.

    A cut on a number the model goes by leaves that number little to tell within the slice, so nothing is said of those.
    """
    share = dict(zip(scored.schema.names, scored.share, strict=True))
    if any(share[name] >= STRONG and scored.schema.kind(name) is Kind.NUMERIC for name in columns(one.where)):
        return None
    found = []
    for rows in (one.inside, ~one.inside):
        positives = float(scored.label[rows].sum())
        negatives = float(rows.sum()) - positives
        if min(positives, negatives) < FEWEST:
            return None
        value = float(auc(scored.sweep.margin[rows, None], scored.label[rows])[0])
        found.append((value, float(auc_error(value, positives, negatives))))
    (a, error_a), (b, error_b) = found
    return (a, b) if b - a > MISJUDGED * float(np.hypot(error_a, error_b)) else None


def _skill(scored: ScoredRows, inside: Mask) -> float:
    """Part of the loss of knowing only the rate of the labels that the model saves; 1 is perfect, 0 no better."""
    blank = _entropy(float(scored.label[inside].mean()))
    return 1 - float(scored.loss[inside].mean()) / blank if blank > 0 else 1.0


def _entropy(rate: float) -> float:
    """Log loss of always saying the rate, in nats."""
    return float(-sum(p * np.log(p) for p in (rate, 1 - rate) if p > 0))


def _misjudged(scored: ScoredRows, inside: Mask) -> float:
    """Labels minus probabilities, in standard errors that the probabilities imply."""
    p = scored.probability[inside]
    return float((scored.label[inside] - p).sum() / np.sqrt((p * (1 - p)).sum()))


def misjudged(scored: ScoredRows, policy: InvestigatePolicy, among: Candidates) -> list[Lead]:
    """Slices in which label 1 is clearly more, or clearly less, frequent than the model says."""
    residual = scored.label - scored.probability
    found = [one for sign in (1, -1) for one in search(sign * residual, among, policy.slices)]
    # The search compares with the rest; what counts is that the slice itself is misjudged.
    found = [one for one in found if abs(_misjudged(scored, one.inside)) > MISJUDGED]
    leads = [odds_lead(scored, one.where, one.inside, min(1.0, one.shrunk / one.excess)) for one in found]
    return sorted(leads, key=lambda lead: -lead.stake)[: policy.slices]


def odds_lead(scored: ScoredRows, where: str, inside: Mask, keep: float = 1.0) -> Lead:
    """What the model says of some rows against what happened.

    Args:
        scored: the rows.
        where: the predicate that picks them.
        inside: the rows, shape (n,).
        keep: part of the difference that is believed.
    """
    coverage, rate, says = (
        float(inside.mean()),
        float(scored.label[inside].mean()),
        float(scored.probability[inside].mean()),
    )
    lost = rate * np.log(max(rate, 1e-9) / says) + (1 - rate) * np.log(max(1 - rate, 1e-9) / (1 - says))
    stake = keep**2 * coverage * float(lost) / float(scored.loss.mean())
    more = rate > says
    said = (
        f"Its odds are off where {where} ({percent(coverage)} of the rows): it expects label 1 for {percent(says)} of "
        f"them and {percent(rate)} have it"
    )
    subject, text = call("calibration_intercept", where=where), ""
    seen = float(scored.seen([subject])[0])
    if np.isfinite(seen) and seen and (seen > 0) == more:  # it is fitted with the slope, and may tell another story
        text = claim(subject, ">" if more else "<", seen / 2)
    note = f"says {percent(says)}, {percent(rate)} happened, on {percent(coverage)} of the rows"
    check = f"check the labels where {where}, and calibrate those rows apart if they are right"
    return Lead(Topic.CALIBRATION, f"odds-{slug(where)}", text, note, stake, said, check)
