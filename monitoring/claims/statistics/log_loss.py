"""How far the model's probabilities are from what happened."""

from collections.abc import Mapping

import numpy as np
from scipy.special import xlogy

from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.statistic import WHERE, SetStatistic, ratio
from monitoring.claims.sweep import View


def row_loss(view: View) -> Array:
    """−log of the probability given to what happened, shape (n,), in nats."""
    p, y = view.probability, view.label
    return np.asarray(-(xlogy(y, p) + xlogy(1 - y, 1 - p)), dtype=float)


class LogLoss(SetStatistic):
    """Mean −log p(what happened) of the calibrated probabilities, in nats a row; 0 is perfect, ln 2 a coin.

    Source: Good, "Rational decisions", Journal of the Royal Statistical Society B 14, 1952.
    """

    name = "log_loss"
    description = "mean log loss of the calibrated probabilities, in nats"
    example = "log_loss() < 0.5"
    arguments = (WHERE,)
    needs_labels = True

    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        return np.column_stack([row_loss(view), np.ones(len(view))])

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)
