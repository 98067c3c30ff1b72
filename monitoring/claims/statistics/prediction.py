"""What the model says of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halflife.monitoring.claims.statistics.base import CaseStatistic
from halflife.monitoring.claims.syntax.arguments import CASE, Arguments
from halflife.monitoring.claims.syntax.claim_text import Value

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


class Prediction(CaseStatistic):
    """logit p̂ − logit threshold of a case's calibrated probability; from 0 on the decision is positive.

    On the log-odds scale a distance means the same near the threshold and far from it.

    Source: Cox, "The Analysis of Binary Data", 1970 (the log-odds scale).
    """

    name = "prediction"
    description = "a case's log-odds above the decision threshold; positive when the model decides for class 1"
    example = 'prediction(case="41023") > 0'
    arguments = (CASE,)

    def value(self, view: View, arguments: Arguments, threshold: Value) -> float:
        return float(view.margin[0])
