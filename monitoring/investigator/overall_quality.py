"""How well the model ranks, and whether its probabilities as a whole can be taken at their word."""

import numpy as np

from halflife.monitoring.investigator.column_signal import auc_error
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.policy import InvestigatePolicy

BELOW = 2.5
"""Standard errors that a claim stays short of what was seen."""
OVER, UNDER = 0.8, 1.25
"""Slopes beyond which probabilities are too extreme, or not extreme enough."""


def quality(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """It ranks and it loses about as seen."""
    positives = float(scored.label.sum())
    floor = scored.auc - BELOW * float(auc_error(scored.auc, positives, len(scored) - positives))
    loss, error = float(scored.loss.mean()), float(scored.loss.std() / np.sqrt(len(scored)))
    leads = [
        Lead(Topic.QUALITY, "loss", claim("log_loss()", "<", loss + BELOW * error), f"log loss is {loss:.3f}", 0.0),
    ]
    if floor > 0.5:
        leads.append(Lead(Topic.QUALITY, "ranks", claim("auc()", ">", floor), f"AUC is {scored.auc:.3f}", 0.0))
    return leads


def slope(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """Calibrated, too sure or not sure enough: what the slope of recalibration says."""
    of = call("calibration_slope")
    seen, level = (float(value) for value in scored.seen([of, call("calibration_intercept")]))
    if not np.isfinite(seen):
        return []
    loss = float(scored.loss.mean())
    happens = f"what it gives 90% happens about {_meant(0.9, seen, level):.0%} of the time"
    if seen < OVER:
        said = f"Its probabilities are too extreme: {happens}"
        lead = claim(of, "<", 1.0), f"overconfident: slope {seen:.2f}", said, "shrink or refit the calibration"
    elif seen > UNDER:
        said = f"Its probabilities are too timid: {happens}"
        lead = claim(of, ">", 1.0), f"underconfident: slope {seen:.2f}", said, "refit the calibration"
    else:
        return [Lead(Topic.CALIBRATION, "calibration", claim(of, ">", OVER), f"not overconfident: slope {seen:.2f}", 0)]
    return [Lead(Topic.CALIBRATION, "calibration", *lead[:2], _gain(scored, seen, level) / loss, *lead[2:])]


def _meant(probability: float, slope: float, level: float) -> float:
    """How often what is given this probability happens, by the line of recalibration."""
    odds = level + slope * np.log(probability / (1 - probability))
    return float(1 / (1 + np.exp(-odds)))


def _gain(scored: ScoredRows, slope: float, level: float) -> float:
    """Log loss that recalibration would save, in nats a row; never negative."""
    x = level + slope * np.log(scored.probability / (1 - scored.probability))
    return max(0.0, float(scored.loss.mean() - np.logaddexp(0, np.where(scored.label == 1, -x, x)).mean()))
