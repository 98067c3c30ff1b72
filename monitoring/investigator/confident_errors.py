"""The errors the model is surest of: what it decides and why, and whether rows like them disagree with their labels."""

import numpy as np

from halflife.models.explain.neighbours import kernel
from halflife.models.rows import ROW_ID, Array, Rows
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, listed
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.policy import InvestigatePolicy

SURE = 0.9
"""Probability given to the wrong label from which an error is one the model is sure of."""
LOOKED_AT = 25
"""Sure errors whose neighbours are looked at."""
LIKE = 20
"""Neighbours."""
ALONE = 0.1
"""Share of neighbours with its label up to which a row stands alone."""
FEW = 3
CLEAR = 2.5
"""Standard deviations of a count from which there are too many."""


def errors(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """Decisions and top reasons of the worst errors; and the sure errors, where there are more than its odds allow."""
    worst = confident(scored)
    if not worst.size:
        return []
    return _too_many(scored, worst) + _cases(scored, worst[: policy.errors])


def confident(scored: ScoredRows) -> Rows:
    """Positions of wrong decisions, the surest first."""
    wrong = np.flatnonzero(scored.decision != (scored.label == 1))
    return wrong[np.argsort(-np.abs(scored.sweep.margin[wrong]), kind="stable")]


def _cases(scored: ScoredRows, worst: Rows) -> list[Lead]:
    leads = []
    reasons = np.abs(scored.sweep.attributions(worst)).argmax(axis=1)
    for at, reason in zip(worst, reasons, strict=True):
        case, feature = str(scored.rows[ROW_ID].iloc[at]), scored.schema.names[reason]
        verb, sign = ("accepts", ">") if scored.decision[at] else ("rejects", "<")
        decided = claim(call("prediction", case=case), sign, 0.0)
        because = claim(call("top_reason", case=case), "==", feature)
        leads += [
            Lead(Topic.ERROR, f"decision-{case}", decided, f"wrongly {verb} case {case}", 0.0),
            Lead(Topic.ERROR, f"reason-{case}", because, f"{verb} case {case} mostly because of {feature}", 0.0),
        ]
    return leads


def _too_many(scored: ScoredRows, worst: Rows) -> list[Lead]:
    """Sure errors beyond what the probabilities themselves allow, and whether rows like them have their label."""
    worst = worst[scored.loss[worst] > -np.log(1 - SURE)]
    risk = np.minimum(scored.probability, 1 - scored.probability)
    allowed = float(risk[risk < 1 - SURE].sum())
    if len(worst) < FEW or len(worst) <= allowed + CLEAR * np.sqrt(allowed):
        return []
    beyond = 1 - allowed / len(worst)
    stake = float(scored.loss[worst].sum() / scored.loss.sum()) * beyond
    said = f"It is sure and wrong {len(worst)} times where its own odds allow about {allowed:.0f}"
    lonely = worst[:LOOKED_AT][neighbours(scored, worst[:LOOKED_AT]) <= ALONE]
    if len(lonely) > min(len(worst), LOOKED_AT) / 2:
        said += ", mostly among look-alikes that have the other label"
    ids = listed([str(case) for case in scored.rows[ROW_ID].iloc[worst[:FEW]]])
    note = (
        f"{len(worst)} sure errors, {allowed:.0f} allowed; {len(lonely)} of the worst stand alone; the first are {ids}"
    )
    check = f"read the rows {ids}: either their labels are wrong or a column that tells them apart is missing"
    return [Lead(Topic.ERROR, "sure-errors", "", note, stake, said, check)]


def neighbours(scored: ScoredRows, rows: Rows) -> Array:
    """Share of each row's most similar rows that have its label, shape (len(rows),).

    Similar in the model's eyes: κ is the share of trees in which two rows end in the same leaf.
    """
    leaves = scored.sweep.leaves(np.arange(len(scored))).astype(np.int32)
    alike = kernel(leaves[rows], leaves)
    alike[np.arange(len(rows)), rows] = -1.0
    nearest = np.argpartition(-alike, LIKE, axis=1)[:, :LIKE]
    return np.asarray((scored.label[nearest] == scored.label[rows][:, None]).mean(axis=1))
