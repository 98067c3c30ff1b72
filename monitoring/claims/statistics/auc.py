"""How well the model ranks: the area under the ROC curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import SetStatistic
from halflife.monitoring.claims.statistics.placements import auc_columns, auc_of
from halflife.monitoring.claims.syntax.arguments import WHERE, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


class Auc(SetStatistic):
    """P(score of a positive > score of a negative) + ½ P(equal), in [0, 1].

    With V₁₀ᵢ the share of negatives that positive i outranks and V₀₁ⱼ the share of positives that outrank negative j
    (ties count half), AUC = mean V₁₀ = mean V₀₁, and its sampling error is that of the sum of the two means. The
    columns are V₁₀, 1 over positives and V₀₁ − AUC, 1 over negatives. Their ratios added are exact at the estimate and
    have DeLong's variance under reweighting. One sort gives all placements in O(n log n).

    Source: DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988; Sun, Xu, IEEE Signal Processing Letters 21, 2014.
    """

    name = "auc"
    description = "area under the ROC curve: how well the model ranks"
    example = "auc() > 0.75"
    untestable = "It is untestable with fewer than 10 positives or 10 negatives."
    arguments = (WHERE,)
    needs_labels = True
    neutral = 0.5

    def columns(self, view: View, arguments: Arguments) -> Array:
        return auc_columns(view)

    def value(self, sums: Array) -> Array:
        return auc_of(sums)
