"""A finding's hazard at the next retrain, learned from all that are known: a discrete-time logistic regression.

logit h = α + α_kind + β₁ · m + β₂ · ln(1 + D) + β₃ · ln(age), where m is the margin in noise units and D the
dependency-weighted drift. α_kind and the slopes have a ridge on standardised columns, so a kind that is hardly known is
taken for any other.

Sources: Singer and Willett, Journal of Educational Statistics 18, 1993 (discrete-time hazards as a logistic regression
over finding-periods); Platt, "Probabilistic outputs for support vector machines", Advances in Large Margin Classifiers,
1999 (the recalibration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from halflife.models.rows import Array, Rows
from halflife.monitoring.foresight.forecast_table import Pairs

ENOUGH = 50
"""Refutations among the past from which a hazard is learned, and again among its own forecasts to recalibrate them."""
FAR = 8.0
"""Margins beyond this are taken for this, on either side: what is left of the noise there is not normal."""
RIDGE = 1.0
"""Inverse of the variance α_kind and the standardised slopes have beforehand."""
FOLDS = 6
"""Times a hazard is learned from the past of a fold to forecast the fold, when forecasts are judged afterwards."""


@dataclass(frozen=True)
class Hazard:
    """A fitted hazard.

    Attributes:
        kinds: statistics that have an intercept of their own.
        centre: mean of each slope's column, shape (2,) or (3,).
        scale: its standard deviation, same shape.
        weights: slopes of the standardised columns, then the kinds' intercepts.
        intercept: α.
        drift: whether D is one of the columns.
    """

    kinds: tuple[str, ...]
    centre: Array
    scale: Array
    weights: Array
    intercept: float
    drift: bool

    def logit(self, pairs: Pairs) -> Array:
        """Log-odds of a refutation, shape (n,); NaN where the margin is not known."""
        said = self.intercept + _design(pairs, self.kinds, self.centre, self.scale, drift=self.drift) @ self.weights
        return np.where(pairs.sighted, said, np.nan)

    @property
    def slopes(self) -> dict[str, float]:
        """β of each column as it stands in the formula."""
        names = ("margin", "age", "drift") if self.drift else ("margin", "age")
        own = self.weights[: len(names)] / self.scale
        return dict(zip(names, own.tolist(), strict=True))


def learn(past: Pairs, *, drift: bool = True) -> Hazard | None:
    """The hazard of what is known; None with fewer than `ENOUGH` refutations, or as few that were not refuted.

    Args:
        past: pairs; those that are not settled or have no margin are left out.
        drift: whether D may speak.
    """
    known = past[past.settled & past.sighted]
    if min(known.event.sum(), (1 - known.event).sum()) < ENOUGH:
        return None
    from sklearn.linear_model import LogisticRegression  # it takes a second to load, which only a recheck needs

    columns = _columns(known, drift=drift)
    seen = np.isfinite(columns)
    counts = np.maximum(seen.sum(axis=0), 1)
    centre = np.where(seen, columns, 0.0).sum(axis=0) / counts
    scale = np.sqrt(np.where(seen, (columns - centre) ** 2, 0.0).sum(axis=0) / counts)
    scale = np.where(scale > 0, scale, 1.0)
    kinds = tuple(sorted(set(known.kind.tolist())))
    design = _design(known, kinds, centre, scale, drift=drift)
    fitted = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky", max_iter=200).fit(design, known.event)
    return Hazard(kinds, centre, scale, fitted.coef_[0], float(fitted.intercept_[0]), drift)


def foretold(past: Pairs, *, drift: bool = True, folds: int = FOLDS) -> Array:
    """Log-odds told for each past pair by a hazard that was learned from earlier ones only, shape (n,).

    The versions from the first that had `ENOUGH` refutations before it are cut into so many folds of consecutive ones;
    each is forecast by what was settled when its first version was made. NaN before, and where the margin is not known.
    """
    said = np.full(len(past), np.nan)
    known = past.settled & past.sighted
    for some in later(past, folds):
        # A pair of version v is settled by v + 1, so those before some[0] are known when it is forecast.
        hazard = learn(past[known & (past.version < some[0])], drift=drift)
        if hazard is not None:
            mine = np.isin(past.version, some)
            said[mine] = hazard.logit(past[mine])
    return said


def later(past: Pairs, folds: int) -> list[Rows]:
    """Versions that have enough refutations before them, in at most so many folds of consecutive ones."""
    versions = np.unique(past.version)
    usable = past.settled & past.sighted
    before = np.array([past.event[usable & (past.version < v)].sum() for v in versions])
    ready = versions[before >= ENOUGH]
    return [some for some in np.array_split(ready, folds) if len(some)]


@dataclass(frozen=True)
class Platt:
    """A correction of log-odds: α + β · x."""

    level: float = 0.0
    slope: float = 1.0

    def __call__(self, x: Array) -> Array:
        """Probabilities, same shape."""
        return np.asarray(expit(self.level + self.slope * x), dtype=float)


def recalibration(said: Array, event: Array) -> Platt:
    """The correction of log-odds by what became of them; none while fewer than `ENOUGH` of either end are known.

    Args:
        said: log-odds told beforehand, shape (n,); NaN where nothing was.
        event: 1 and 0, NaN while unknown, shape (n,).
    """
    known = np.isfinite(said) & np.isfinite(event)
    if min(event[known].sum(), (1 - event[known]).sum()) < ENOUGH:
        return Platt()
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", max_iter=200).fit(said[known, None], event[known])
    slope = float(fitted.coef_[0, 0])
    return Platt(float(fitted.intercept_[0]), slope) if slope > 0 else Platt()


def _columns(pairs: Pairs, *, drift: bool) -> Array:
    columns = [np.clip(pairs.margin, -FAR, FAR), np.log(pairs.age)]
    return np.column_stack([*columns, np.log1p(pairs.drift)] if drift else columns)


def _design(pairs: Pairs, kinds: tuple[str, ...], centre: Array, scale: Array, *, drift: bool) -> Array:
    """Standardised columns, then one for each kind, shape (n, m); what is not known stands at the mean."""
    slopes = np.nan_to_num((_columns(pairs, drift=drift) - centre) / scale)
    return np.column_stack([slopes, pairs.kind[:, None] == np.array(kinds, dtype=np.str_)])
