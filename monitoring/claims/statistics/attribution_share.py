"""How much of what drives the model's scores is due to one feature, or to a group."""

from collections.abc import Mapping

import numpy as np

from models.errors import EvidenceTooSmall
from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.statistic import WHERE, Argument, ArgumentKind, SetStatistic, ratio
from monitoring.claims.sweep import View


class AttributionShare(SetStatistic):
    """Σᵢ|φᵢⱼ| / ΣᵢΣₖ|φᵢₖ| over the rows, in [0, 1]; φ is TreeSHAP on the raw score.

    A group's share is the sum of its features'. Correlated features swap their attribution from one retrain to the
    next, so a claim about a group outlives a claim about one of them.

    Source: Lundberg et al., Nature Machine Intelligence 2, 2020 (mean |SHAP|, here as a share of the total).
    """

    name = "attribution_share"
    description = "share of all attribution (mean |SHAP|) that goes to a feature or a group of features"
    example = 'attribution_share("duration") > 0.3'
    arguments = (Argument("feature", ArgumentKind.FEATURES, positional=True), WHERE)

    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        feature = arguments["feature"]
        names = feature if isinstance(feature, tuple) else (str(feature),)
        size = np.abs(view.attributions)
        if not size.any():
            raise EvidenceTooSmall("the model attributes nothing to any feature on these rows")
        group = [view.features.index(name) for name in names]
        return np.column_stack([size[:, group].sum(axis=1), size.sum(axis=1)])

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)
