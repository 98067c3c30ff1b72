"""How well the model ranks: the area under the ROC curve."""

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.statistic import MIN_OF_CLASS, WHERE, SetStatistic, ratio, require
from monitoring.claims.sweep import View


class Auc(SetStatistic):
    """P(score of a positive > score of a negative) + ½ P(equal), in [0, 1].

    With V₁₀ᵢ the share of negatives that positive i outranks and V₀₁ⱼ the share of positives that outrank negative j
    (ties count half), AUC = mean V₁₀ = mean V₀₁, and its sampling error is that of the sum of the two means. The
    columns are V₁₀, 1 over positives and V₀₁ − AUC, 1 over negatives. Their ratios added are exact at the estimate and
    have DeLong's variance under reweighting. Midranks give all placements in O(n log n).

    Source: DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988; Sun, Xu, IEEE Signal Processing Letters 21, 2014.
    """

    name = "auc"
    description = "area under the ROC curve: how well the model ranks"
    example = "auc() > 0.75"
    arguments = (WHERE,)
    needs_labels = True
    neutral = 0.5

    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        positive = view.label == 1
        score = view.margin
        m, n = int(positive.sum()), int((~positive).sum())
        require(m, MIN_OF_CLASS, "positives")
        require(n, MIN_OF_CLASS, "negatives")
        rank = rankdata(score)
        placement = np.empty(len(score))
        placement[positive] = (rank[positive] - rankdata(score[positive])) / n
        placement[~positive] = 1 - (rank[~positive] - rankdata(score[~positive])) / m
        auc = placement[positive].mean()
        return np.column_stack(
            [placement * positive, positive, (placement - auc) * ~positive, ~positive],
        )

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1) + ratio(sums, 2, 3)
