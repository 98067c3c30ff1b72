"""Recalibration: the logistic regression of the label on the model's log-odds, as sums over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.errors import EvidenceTooSmall
from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import MIN_OF_CLASS, SetStatistic, require
from halflife.monitoring.claims.syntax.arguments import WHERE, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View

_STEPS = 50
_SETTLED = 1e-10


class Recalibration(SetStatistic):
    """α and β in logit P(y = 1) = α + β·logit p̂, fitted by maximum likelihood.

    A reweighted fit is one step of iteratively reweighted least squares from the fitted (α, β): with working weight
    vᵢ = μᵢ(1 − μᵢ) and working response zᵢ = ηᵢ + (yᵢ − μᵢ)/vᵢ, the columns v, vx, vx², vz, vxz give both as weighted
    least squares. It is exact at the estimate and first-order exact around it. McCullagh, Nelder, "Generalized Linear
    Models", 1989, section 2.5.
    """

    arguments = (WHERE,)
    needs_labels = True
    untestable = (
        "It is untestable with fewer than 10 positives or 10 negatives, where the model gives every row the same "
        "probability, and where the probabilities separate the labels completely."
    )

    def columns(self, view: View, arguments: Arguments) -> Array:
        from scipy.special import expit, logit

        y = view.label
        require((y == 1).sum(), MIN_OF_CLASS, "positives")
        require((y == 0).sum(), MIN_OF_CLASS, "negatives")
        x = logit(view.probability)
        if np.ptp(x) == 0:
            raise EvidenceTooSmall("the model gives every one of these rows the same probability; there is no slope")
        eta = fit(x, y)
        mu = expit(eta)
        v = mu * (1 - mu)
        vz = v * eta + (y - mu)
        x = x - self.origin(x, v)
        return np.column_stack([v, v * x, v * x**2, vz, vz * x])

    def origin(self, x: Array, v: Array) -> float:
        """What log-odds are counted from, given log-odds and working weights."""
        return 0.0


def slope(sums: Array) -> Array:
    """β, shape (..., 5) -> (...)."""
    v, vx, vxx, vz, vxz = np.moveaxis(sums, -1, 0)
    spread = v * vxx - vx**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, (v * vxz - vx * vz) / spread, np.nan)


def level(sums: Array) -> Array:
    """α, shape (..., 5) -> (...)."""
    v, vx, vxx, vz, vxz = np.moveaxis(sums, -1, 0)
    spread = v * vxx - vx**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, (vxx * vz - vx * vxz) / spread, np.nan)


def fit(x: Array, y: Array) -> Array:
    """The fitted log-odds of a logistic regression of y on x, shape (n,), by Newton's method.

    Raises:
        EvidenceTooSmall: the labels are (nearly) separated by x, so that no finite slope fits them best.

    >>> fit(np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 0, 1, 1])).round(3)
    array([-0.693, -0.693, -0.693,  0.693,  0.693,  0.693])
    """
    scale = float(x.std())
    z = x / scale
    # A model that is nearly calibrated has a slope near 1; from 0 the method arrives wherever there is a maximum.
    for beta in (scale, 0.0):
        fitted = _newton(z, y, beta)
        if fitted is not None:
            return fitted
    raise EvidenceTooSmall("the probabilities separate the labels completely; no finite slope fits them best")


def _newton(z: Array, y: Array, beta: float) -> Array | None:
    """The fitted log-odds, from α = 0 and a slope β; None where there is no maximum in sight."""
    from scipy.special import expit

    squares, alpha = z * z, 0.0
    for _ in range(_STEPS):
        eta = alpha + beta * z
        mu = expit(eta)
        v, miss = mu * (1 - mu), y - mu
        a, b, c = v.sum(), v @ z, v @ squares
        # The larger eigenvalue of the Hessian over the smaller: beyond this the likelihood has no maximum to speak of.
        spread = np.hypot(a - c, 2 * b)
        if a + c - spread <= (a + c + spread) * _SETTLED:
            break
        g, h = miss.sum(), miss @ z
        size = a * c - b * b
        steps = (c * g - b * h) / size, (a * h - b * g) / size
        # Far from the optimum a full step can overshoot for ever; the likelihood is concave, so shorter ones arrive.
        longest = max(abs(step) for step in steps)
        alpha, beta = (at + step / max(1.0, longest) for at, step in zip((alpha, beta), steps, strict=True))
        if longest < _SETTLED:
            return np.asarray(alpha + beta * z)
    return None
