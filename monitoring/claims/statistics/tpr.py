"""How many of the positives the model finds."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class Tpr(MetricStatistic):
    """P(decision 1 | label 1), in [0, 1], also called recall or sensitivity; with the interval of Wilson.

    Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.
    """

    name = "tpr"
    description = "share of positives that the model decides for: recall"
    example = "tpr() > 0.6"
    untestable = "It is untestable with fewer than 10 positives."
