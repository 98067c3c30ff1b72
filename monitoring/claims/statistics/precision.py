"""How many of the model's positive decisions are right."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class Precision(MetricStatistic):
    """P(label 1 | decision 1), in [0, 1]; with the interval of Wilson.

    Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.
    """

    name = "precision"
    description = "share of positive decisions that are right"
    example = "precision() > 0.6"
    untestable = "It is untestable with fewer than 10 positive decisions."
