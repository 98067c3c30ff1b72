"""Whether the model is as sure as it should be: the slope of recalibration."""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

from models.errors import EvidenceTooSmall
from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.statistic import MIN_OF_CLASS, WHERE, SetStatistic, require
from monitoring.claims.sweep import View

_STEPS = 50
_SETTLED = 1e-10


class CalibrationSlope(SetStatistic):
    """β in logit P(y = 1) = α + β·logit p̂, fitted by maximum likelihood; 1 is right, below 1 overconfident.

    A reweighted fit is one step of iteratively reweighted least squares from the fitted (α, β): with working weight
    vᵢ = μᵢ(1 − μᵢ) and working response zᵢ = ηᵢ + (yᵢ − μᵢ)/vᵢ, the columns v, vx, vx², vz, vxz give β as a weighted
    least squares slope. It is exact at the estimate and first-order exact around it.

    Source: Cox, "Two further applications of a model for binary regression", Biometrika 45, 1958; one step: McCullagh,
    Nelder, "Generalized Linear Models", 1989, section 2.5.
    """

    name = "calibration_slope"
    description = "slope of logit P(label) on the model's log-odds: 1 is calibrated, below 1 overconfident"
    example = "calibration_slope() > 0.8"
    arguments = (WHERE,)
    needs_labels = True

    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        y = view.label
        require((y == 1).sum(), MIN_OF_CLASS, "positives")
        require((y == 0).sum(), MIN_OF_CLASS, "negatives")
        x = logit(view.probability)
        if np.ptp(x) == 0:
            raise EvidenceTooSmall("the model gives every one of these rows the same probability; there is no slope")
        x = x - x.mean()
        eta = fit(x, y)
        mu = expit(eta)
        v = mu * (1 - mu)
        vz = v * eta + (y - mu)
        x = x - (v @ x) / v.sum()
        return np.column_stack([v, v * x, v * x**2, vz, vz * x])

    def value(self, sums: Array) -> Array:
        v, vx, vxx, vz, vxz = np.moveaxis(sums, -1, 0)
        spread = v * vxx - vx**2
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(spread > 0, (v * vxz - vx * vz) / spread, np.nan)


def fit(x: Array, y: Array) -> Array:
    """The fitted log-odds of a logistic regression of y on x, shape (n,), by Newton's method.

    Raises:
        EvidenceTooSmall: the labels are (nearly) separated by x, so that no finite slope fits them best.

    >>> fit(np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 0, 1, 1])).round(3)
    array([-0.693, -0.693, -0.693,  0.693,  0.693,  0.693])
    """
    design = np.column_stack([np.ones(len(x)), x / x.std()])
    beta = np.zeros(2)
    for _ in range(_STEPS):
        mu = expit(design @ beta)
        hessian = (design * (mu * (1 - mu))[:, None]).T @ design
        if np.linalg.cond(hessian) > 1 / _SETTLED:
            break
        step = np.linalg.solve(hessian, design.T @ (y - mu))
        # Far from the optimum a full step can overshoot for ever; the likelihood is concave, so shorter ones arrive.
        step = step / max(1.0, float(np.abs(step).max()))
        beta = beta + step
        if np.abs(step).max() < _SETTLED:
            return np.asarray(design @ beta)
    raise EvidenceTooSmall("the probabilities separate the labels completely; no finite slope fits them best")
