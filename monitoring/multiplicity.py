"""How much of a version is an accident: disagreement among its shadows, and how fast the gap that one row makes grows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.models.rows import Array, Mask, Rows

ENDS = 3
"""Points of a curve that a line is fitted to, at the fewest."""


def multiplicity(
    decisions: Mask,
    others: npt.NDArray[np.bool_],
    *,
    entities: Rows | None = None,
    level: float = 0.90,
    slack: float | None = None,
) -> Multiplicity:
    """How often shadows decide otherwise: ambiguity, discrepancy and churn, with Wilson's interval over rows.

    Where rows repeat by entity, rows are divided by the design effect, at least 1, and entities are counted. The
    interval is about the rows these K shadows would meet, not about K other shadows.

    Args:
        decisions: of the version, shape (n,).
        others: of its shadows, shape (K, n), K > 0, n > 0.
        entities: the number of each row's entity, shape (n,); None where each row is its own.
        level: two-sided coverage.
        slack: of the result.

    Source: Marx, Calmon, Ustun, "Predictive Multiplicity in Classification", arXiv 1909.06677 (ambiguity and
    discrepancy); Milani Fard, Cormier, Canini, Gupta, "Launch and Iterate: Reducing Prediction Churn", NIPS 2016
    (churn); Rao, Scott, Biometrics 1992 (design effect).

    >>> multiplicity(np.array([True, True]), np.array([[True, False], [False, True]])).ambiguity
    1.0
    """
    differ = others != decisions
    ambiguous, churned = differ.any(axis=0).astype(float), differ.mean(axis=0)
    return Multiplicity(
        shadows=len(others),
        rows=len(decisions) if entities is None else len(np.unique(entities)),
        ambiguity=float(ambiguous.mean()),
        discrepancy=float(differ.mean(axis=1).max()),
        churn=float(churned.mean()),
        ambiguity_bounds=_bounds(ambiguous, entities, level),
        churn_bounds=_bounds(churned, entities, level),
        slack=slack,
    )


@dataclass(frozen=True)
class Growth:
    """A gap that grows with the trees: exp(λ·m) up to a bend, m^p from there.

    Attributes:
        first: the first tree after which there is a gap.
        bend: tree at which the two lines meet best.
        last: the last tree.
        early: how many times the gap at ``first`` the gap at ``bend`` is.
        late: how many times the gap at ``bend`` the gap at ``last`` is.
        rate: λ, per tree.
        exponent: p.
    """

    first: int
    bend: int
    last: int
    early: float
    late: float
    rate: float
    exponent: float

    @property
    def slows(self) -> bool:
        """Whether growth per tree falls at the bend, and goes on slower than the number of trees."""
        return self.exponent < 1 and self.exponent / self.bend < self.rate


def growth(sensitivity: Sensitivity) -> Growth | None:
    """The early rate and the late exponent of a curve by least squares on the logs; None for fewer than five points.

    ln d on m up to the bend, ln d on ln m from it; the bend is the point with the least sum of squares. Both lines are
    a description of this curve over finitely many trees, not of a limit.

    >>> curve = tuple(float(d) for d in (*np.exp(0.3 * np.arange(1, 11)), *(np.exp(3) * np.array([2.0, 4.0]) ** 0.5)))
    >>> found = growth(Sensitivity((*range(1, 11), 20, 40), curve, refits=5))
    >>> found.bend, round(found.rate, 3), round(found.exponent, 3)
    (10, 0.3, 0.5)
    """
    pairs = [(m, d) for m, d in zip(sensitivity.trees, sensitivity.distance, strict=True) if d > 0]
    if len(pairs) < 2 * ENDS - 1:
        return None
    trees, gap = np.array(pairs).T
    lines = {
        bend: (_line(trees[: bend + 1], np.log(gap[: bend + 1])), _line(np.log(trees[bend:]), np.log(gap[bend:])))
        for bend in range(ENDS - 1, len(pairs) - ENDS + 1)
    }
    bend = min(lines, key=lambda at: lines[at][0][1] + lines[at][1][1])
    (rate, _), (exponent, _) = lines[bend]
    return Growth(
        first=int(trees[0]),
        bend=int(trees[bend]),
        last=int(trees[-1]),
        early=float(gap[bend] / gap[0]),
        late=float(gap[-1] / gap[bend]),
        rate=rate,
        exponent=exponent,
    )


def metrics(opacity: Opacity) -> dict[str, float]:
    """What was measured of a version as figures by name: shares in [0, 1], the gap in log-odds."""
    told: dict[str, float] = {}
    for kind in ("seed", "data", "feedback"):
        found: Multiplicity | None = getattr(opacity, kind)
        if found is not None:
            told |= {f"opacity.{name}.{kind}": getattr(found, name) for name in ("ambiguity", "discrepancy", "churn")}
    if opacity.sensitivity is not None:
        told["opacity.sensitivity"] = opacity.sensitivity.distance[-1]
        if opacity.sensitivity.butterfly is not None:
            told["opacity.butterfly"] = opacity.sensitivity.butterfly
    return told


def document(opacity: Opacity) -> dict[str, Any]:
    """What ``halflife opacity --json`` prints and ``opacity.json`` holds: shares in [0, 1], gaps in log-odds."""
    return {
        "version": opacity.version,
        "training_rows": opacity.rows,
        "seed_channel": opacity.seed_channel,
        "seed": _multiplicity(opacity.seed),
        "data": _multiplicity(opacity.data),
        "feedback": _multiplicity(opacity.feedback),
        "feedback_effective_rows": opacity.effective if opacity.feedback else None,
        "feedback_unidentified": opacity.unidentified or None,
        "sensitivity": _sensitivity(opacity.sensitivity),
    }


def _multiplicity(found: Multiplicity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    shares = {"ambiguity": found.ambiguity_bounds, "churn": found.churn_bounds}
    told = {name: {"share": getattr(found, name), "lower": low, "upper": up} for name, (low, up) in shares.items()}
    return {
        "shadows": found.shadows,
        "rows": found.rows,
        **told,
        "discrepancy": {"share": found.discrepancy},
        "loss_slack": found.slack,
    }


def _sensitivity(found: Sensitivity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    grown = growth(found)
    return {
        "refits": found.refits,
        "curve": [{"trees": m, "gap": d} for m, d in zip(found.trees, found.distance, strict=True)],
        "rows_left_out": found.each,
        "fresh": found.fresh,
        "fresh_window": found.fresh_window,
        "butterfly": found.butterfly,
        "growth": grown and {"bend": grown.bend, "rate_per_tree": grown.rate, "exponent": grown.exponent},
    }


def _bounds(values: Array, entities: Rows | None, level: float) -> tuple[float, float]:
    """Wilson's interval of the mean of values in [0, 1], shape (n,)."""
    from halflife.models.learner.evaluate import standard_error  # it loads scipy.stats, which only measuring needs
    from halflife.monitoring.claims.statistics.closed_forms import wilson

    share, worth = float(values.mean()), float(len(values))
    if entities is not None:
        groups = len(np.unique(entities))
        plain = share * (1 - share) / worth
        error = standard_error(values, entities)[0] if groups > 1 else 0.0
        worth = worth / max(error**2 / plain, 1.0) if plain > 0 and groups > 1 else float(groups)
    lower, upper = wilson(np.array(share * worth), np.array(worth), (1 - level) / 2).tolist()
    return lower, upper


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Slope and sum of squared residuals of the least-squares line."""
    away = x - x.mean()
    slope = float(away @ y / (away @ away))
    rest = y - y.mean() - slope * away
    return slope, float(rest @ rest)
