"""How many of the negatives the model takes for positives."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class Fpr(MetricStatistic):
    """P(decision 1 | label 0), in [0, 1]; with the interval of Wilson.

    Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.
    """

    name = "fpr"
    description = "share of negatives that the model decides for"
    example = "fpr() < 0.4"
    untestable = "It is untestable with fewer than 10 negatives."
