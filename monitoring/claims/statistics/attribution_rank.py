"""Whether a feature is among the most important, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.attribution_share import Size
from halflife.monitoring.claims.statistics.base import SumStatistic, Term
from halflife.monitoring.claims.syntax.arguments import FEATURE, WHERE, Argument, ArgumentKind, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.reference_rows import Reference


@dataclass(frozen=True)
class AttributionRank(SumStatistic):
    """Share of attribution of a feature minus the k-th largest share among the others, in [−1, 1].

    It is positive exactly when the feature is among the k first (k is ``top``, 1 unless told otherwise). Ranks are
    compared through shares, never as whole numbers: two features with nearly the same share change places by chance.

    Source: Lundberg et al., Nature Machine Intelligence 2, 2020 (mean |SHAP|); Hall, Miller, Annals of Statistics 37,
    2009 (why ranks near one another cannot be told).
    """

    top: int = 1

    name = "attribution_rank"
    description = "a feature's share of attribution beyond that of its rival for a place among the top"
    example = 'attribution_rank("duration", top=2) > 0'
    untestable = (
        "It is untestable where the model attributes nothing to any feature, and where there are no more features than "
        "places."
    )
    arguments = (
        FEATURE,
        Argument("top", ArgumentKind.COUNT, required=False, meaning="places there are", default="1"),
        WHERE,
    )
    needs_attributions = True
    settles = True
    neutral = 0.0
    undefined = "there are no more features than places, or the model attributes nothing to any on these rows"

    def of(self, arguments: Arguments) -> AttributionRank:
        return AttributionRank(int(arguments.get("top", 1)))

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        return {"others": tuple(name for name in reference.schema.names if name != arguments["feature"])}

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        segment = self.segment(arguments)
        return tuple(Term(Size((name,)), segment) for name in (arguments["feature"], *arguments["others"]))

    def value(self, sums: Array) -> Array:
        own, others, total = sums[..., 0], sums[..., 1:], sums.sum(axis=-1)
        if others.shape[-1] < self.top:
            return np.full(own.shape, np.nan)
        rival = np.sort(others, axis=-1)[..., -self.top]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(total > 0, (own - rival) / total, np.nan)
