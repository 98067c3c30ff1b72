"""The data to collect next as plain values, for ``--json`` and the version's run."""

from typing import Any

from halflife.models.domain import Interval
from halflife.monitoring.label_needs.needs_report import LABELS, ClaimNeed, Curve, Needs, SegmentNeed


def document(told: Needs) -> dict[str, Any]:
    """What ``halflife needs --json`` prints. Losses are mean log loss in nats; gains are of the mean over all rows."""
    return {
        "version": told.version,
        "ticks": told.ticks,
        "repeats": told.repeats,
        "fits": told.fits,
        "level": told.level,
        "labels_added": LABELS,
        "whole": {**_curve(told.whole), "gain": _interval(told.anywhere), "exponent_used": told.exponent},
        "segments": [_segment(need, told) for need in told.segments],
        "unseen": [{"where": s.where, "labels": s.labels, "rows": s.rows} for s in told.unseen],
        "claims": [_claim(need) for need in told.claims],
        "other_open": told.other,
    }


def _segment(need: SegmentNeed, told: Needs) -> dict[str, Any]:
    gain = need.trial.gain if need.trial else None
    return {
        "where": need.where,
        **_curve(need.curve),
        "advice": need.advice.name.lower(),
        "gain": _interval(gain),
        "times_random": gain.estimate / told.anywhere.estimate if gain and told.anywhere else None,
        "loss_without": _interval(need.trial.taken if need.trial else None),
        "ticks": need.ticks,
        "weird": need.weird(told.whole),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    law = curve.law
    return {
        "labels": curve.labels,
        "rows": curve.rows,
        "curve": [
            {
                "share": size.share,
                "labels": round(size.labels),
                "log_loss": size.loss,
                "brier": size.brier,
                "variance": size.variance,
                "noise_and_bias": size.brier - size.variance,
                "ambiguity": size.ambiguity,
                "seed_only": size.share == 1.0,
            }
            for size in curve.sizes
        ],
        "law": None
        if law is None
        else {
            "floor": _interval(law.floor),
            "exponent": _interval(law.exponent),
            "doubling": _interval(law.doubling),
            "identified": law.identified,
        },
    }


def _claim(need: ClaimNeed) -> dict[str, Any]:
    return {
        "finding": need.finding,
        "claim": need.claim,
        "status": need.status.value,
        "rows": need.rows,
        "needed": need.needed,
        "what": need.what,
        "why": need.why,
        "ticks": need.ticks,
        "remedy": need.remedy,
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"estimate": interval.estimate, "lower": interval.lower, "upper": interval.upper}
