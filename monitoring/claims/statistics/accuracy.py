"""How often the model decides rightly."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class Accuracy(MetricStatistic):
    """Share of rows whose decision is their label, in [0, 1]; with the interval of Wilson.

    Source: Wilson, Journal of the American Statistical Association 22, 1927 (the interval).
    """

    name = "accuracy"
    description = "share of decisions that are right"
    example = "accuracy() > 0.7"
