"""Which feature moved the score of one case the most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.monitoring.claims.statistics.base import CaseStatistic
from halflife.monitoring.claims.syntax.arguments import CASE, Arguments
from halflife.monitoring.claims.syntax.claim_text import Value

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


class TopReason(CaseStatistic):
    """|φⱼ| − max over the other features of |φₖ|, in log-odds; positive when feature j is the top reason.

    How far it is above the runner-up is kept, so that "still the top reason, but barely" can be told.

    Source: Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017 (φ).
    """

    name = "top_reason"
    description = "the feature that moved a case's score the most, either way"
    example = 'top_reason(case="41023") == "duration"'
    arguments = (CASE,)
    threshold = str
    needs_attributions = True

    def value(self, view: View, arguments: Arguments, threshold: Value) -> float:
        size = np.abs(view.attributions[0])
        feature = view.features.index(str(threshold))
        return float(size[feature] - np.delete(size, feature).max(initial=0.0))
