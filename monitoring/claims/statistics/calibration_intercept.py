"""Whether the model's probabilities are too high or too low: the intercept of recalibration."""

from __future__ import annotations

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.recalibration import Recalibration, level


class CalibrationIntercept(Recalibration):
    """α in logit P(y = 1) = α + β·logit p̂, fitted together with β; 0 is right, above 0 the probabilities are too low.

    It is the true log-odds of rows to which the model gives ½. With a slope far from 1 it differs from the
    "calibration in the large" of a fit in which β is held at 1.

    Source: Cox, "Two further applications of a model for binary regression", Biometrika 45, 1958.
    """

    name = "calibration_intercept"
    description = "intercept of logit P(label) on the model's log-odds: above 0 its probabilities are too low"
    example = "calibration_intercept() < 0.2"
    neutral = 0.0

    def value(self, sums: Array) -> Array:
        return level(sums)
