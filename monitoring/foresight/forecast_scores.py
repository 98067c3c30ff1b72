"""How good forecasts were, once the next version had settled them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.domain import Finding, Interval, Status
from halflife.models.forecast import Forecast
from halflife.models.rows import Array, Rows
from halflife.monitoring.claims.statistics.closed_forms import wilson
from halflife.monitoring.foresight.drift_gain import Gain, gain_of_drift
from halflife.monitoring.foresight.forecast_table import events, tabulated
from halflife.monitoring.foresight.score_intervals import Blocks

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
"""Chances that are told alike, in the reliability table; most are small."""
CERTAIN = 1e-6
"""For the log loss chances are kept this far from 0 and 1: what nobody has seen happen is not impossible."""
ALPHA = 0.05
"""Error a side of every interval."""


@dataclass(frozen=True)
class Bin:
    """Forecasts of about one chance.

    Attributes:
        told: mean chance that was told.
        happened: share that was refuted, with an interval that takes findings for independent (Wilson).
        n: forecasts.
    """

    told: float
    happened: Interval
    n: int


@dataclass(frozen=True)
class ForecastScores:
    """What settled forecasts were worth; intervals are at 90 %, from blocks of consecutive versions.

    Attributes:
        settled: forecasts whose finding was validly tested on the next version.
        refuted: of them, those it refuted.
        versions: after which they were told.
        auroc: chance that of two findings the one that was refuted had the higher forecast; None while all ended alike.
        by_margin_auroc: the same of the chance by the margin alone, over forecasts with a margin.
        brier: mean squared error of the chances.
        log_loss: mean, in nats.
        skill: 1 − Brier score / that of the share refuted in the end, told to all: which nobody could know beforehand.
        over_margin: 1 − Brier score / that of the chance by the margin alone, over forecasts with a margin; None where
            there is none.
        reliability: the chances told beside what happened, ascending.
        drift: what the drift of the columns adds to the margin; None while too little is known.
    """

    settled: int
    refuted: int
    versions: int
    auroc: Interval | None
    by_margin_auroc: Interval | None
    brier: Interval
    log_loss: Interval
    skill: Interval | None
    over_margin: Interval | None
    reliability: tuple[Bin, ...]
    drift: Gain | None = None


def score(
    forecasts: Sequence[Forecast],
    statuses: Mapping[int, Mapping[int, Status]],
    findings: Sequence[Finding] = (),
) -> ForecastScores | None:
    """Scores of all settled forecasts; None while there is none.

    Args:
        forecasts: as they were told, each before the version that settles it.
        statuses: finding id -> version number -> status.
        findings: every one; with them it is also asked what drift adds.

    Sources: Brier, Monthly Weather Review 78, 1950; Murphy, Journal of Applied Meteorology 12, 1973 (skill); Künsch,
    The Annals of Statistics 17, 1989 (resampling blocks).
    """
    event = events(forecasts, statuses)
    known = np.isfinite(event)
    if not known.any():
        return None
    y = event[known]
    p = np.array([f.probability for f in forecasts])[known]
    q = np.array([f.by_margin for f in forecasts])[known]
    blocks = Blocks(np.array([f.version for f in forecasts])[known], ALPHA)
    q0 = np.where(np.isfinite(q), q, 0.0)
    sighted = np.isfinite(q).astype(float)
    sure = np.clip(p, CERTAIN, 1 - CERTAIN)
    loss = -(y * np.log(sure) + (1 - y) * np.log1p(-sure))
    one, square = np.ones(len(y)), (p - y) ** 2
    return ForecastScores(
        settled=len(y),
        refuted=int(y.sum()),
        versions=blocks.versions,
        auroc=blocks.auroc(p, y),
        by_margin_auroc=blocks.auroc(q[sighted > 0], y[sighted > 0], np.flatnonzero(sighted)),
        brier=blocks.ratio(square, one),
        log_loss=blocks.ratio(loss, one),
        skill=blocks.function(np.column_stack([square, y, one]), _skill) if 0 < y.sum() < len(y) else None,
        over_margin=blocks.skill(square * sighted, sighted * (q0 - y) ** 2) if sighted.any() else None,
        reliability=_reliability(p, y),
        drift=gain_of_drift(tabulated(forecasts, findings, statuses)) if findings else None,
    )


def _skill(sums: Array) -> Array:
    """Σ(p − y)² against n·ȳ(1 − ȳ), shape (..., 3) -> (...)."""
    square, refuted, n = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - square / (refuted * (1 - refuted / n)))


def _reliability(p: Array, y: Array) -> tuple[Bin, ...]:
    at: Rows = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    bins = []
    for k in np.unique(at):
        mine = at == k
        n, refuted = int(mine.sum()), float(y[mine].sum())
        low, high = wilson(np.array(refuted), np.array(float(n)), ALPHA).tolist()
        bins.append(Bin(float(p[mine].mean()), Interval(refuted / n, low, high), n))
    return tuple(bins)
