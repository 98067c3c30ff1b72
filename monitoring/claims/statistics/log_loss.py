"""How far the model's probabilities are from what happened."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class LogLoss(MetricStatistic):
    """Mean −log p(what happened) of the calibrated probabilities, in nats a row; 0 is perfect, ln 2 a coin.

    Source: Good, "Rational decisions", Journal of the Royal Statistical Society B 14, 1952.
    """

    name = "log_loss"
    description = "mean log loss of the calibrated probabilities, in nats"
    example = "log_loss() < 0.5"
