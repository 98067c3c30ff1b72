"""Whether the model is as sure as it should be: the slope of recalibration."""

from __future__ import annotations

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.recalibration import Recalibration, slope


class CalibrationSlope(Recalibration):
    """β in logit P(y = 1) = α + β·logit p̂, fitted by maximum likelihood; 1 is right, below 1 overconfident.

    Source: Cox, "Two further applications of a model for binary regression", Biometrika 45, 1958.
    """

    name = "calibration_slope"
    description = "slope of logit P(label) on the model's log-odds: 1 is calibrated, below 1 overconfident"
    example = "calibration_slope() > 0.8"

    def origin(self, x: Array, v: Array) -> float:
        return float((v @ x) / v.sum())  # the slope does not depend on it, and rounds off least here

    def value(self, sums: Array) -> Array:
        return slope(sums)
