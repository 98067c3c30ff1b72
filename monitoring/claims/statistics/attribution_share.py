"""How much of what drives the model's scores is due to one feature, or to a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import SumStatistic, Term, ratio
from halflife.monitoring.claims.syntax.arguments import FEATURES, WHERE, Arguments, listed

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


@dataclass(frozen=True)
class Size:
    """Σ|φᵢⱼ| over some features, of each row; over all features when none is named."""

    features: tuple[str, ...] = ()

    def __call__(self, view: View) -> Array:
        """Shape (n,), in log-odds."""
        named = [view.features.index(name) for name in self.features]
        return np.asarray(np.abs(view.attributions[:, named] if named else view.attributions).sum(axis=1))


class AttributionShare(SumStatistic):
    """Σᵢ|φᵢⱼ| / ΣᵢΣₖ|φᵢₖ| over the rows, in [0, 1]; φ is TreeSHAP on the raw score.

    A group's share is the sum of its features'. Correlated features swap their attribution from one retrain to the
    next, so a claim about a group outlives a claim about one of them.

    Source: Lundberg et al., Nature Machine Intelligence 2, 2020 (mean |SHAP|, here as a share of the total).
    """

    name = "attribution_share"
    description = "share of all attribution (mean |SHAP|) that goes to a feature or a group of features"
    example = 'attribution_share("duration") > 0.3'
    untestable = "It is untestable where the model attributes nothing to any feature."
    arguments = (FEATURES, WHERE)
    needs_attributions = True
    of_columns = True
    undefined = "the model attributes nothing to any feature on these rows"

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        segment = self.segment(arguments)
        return Term(Size(listed(arguments["feature"])), segment), Term(Size(), segment)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)
