"""How far the model's probabilities are from what happened, squared."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class Brier(MetricStatistic):
    """Mean (p − y)² of the calibrated probabilities, in [0, 1]; 0 is perfect, ¼ a coin.

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.
    """

    name = "brier"
    description = "mean squared error of the calibrated probabilities: 0 is perfect, ¼ a coin"
    example = "brier() < 0.2"
