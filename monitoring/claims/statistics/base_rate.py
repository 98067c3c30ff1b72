"""How often the label is 1."""

from halflife.monitoring.claims.statistics.metrics import MetricStatistic


class BaseRate(MetricStatistic):
    """P(label 1) on the rows, in [0, 1]: a claim about the data; with the interval of Wilson.

    Source: Wilson, Journal of the American Statistical Association 22, 1927 (the interval).
    """

    name = "base_rate"
    description = "share of rows whose label is 1, whatever the model says"
    example = "base_rate(where=\"sex = 'F'\") > 0.3"
    of_columns = True
