"""How much the decisions hang on a feature: the statistic of shortcuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.evidence.what_if import Borrowed, Do
from halflife.monitoring.claims.statistics.base import SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.statistics.outcomes import loss, row_loss
from halflife.monitoring.claims.syntax.arguments import FEATURES, WHERE, Argument, ArgumentKind, Arguments, listed
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View, WhatIf
    from halflife.monitoring.claims.evidence.reference_rows import Reference


@dataclass(frozen=True)
class Flipped:
    """1 where the decision is another one after a change."""

    change: WhatIf

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        return np.asarray(view.under(self.change).decision != view.decision, dtype=float)


@dataclass(frozen=True)
class Worse:
    """How much higher the log loss is after a change."""

    change: WhatIf

    def __call__(self, view: View) -> Array:
        """Shape (n,), in nats."""
        return loss(view.under(self.change).probability, view.label) - row_loss(view)


@dataclass(frozen=True)
class Reliance(SumStatistic):
    """What happens when the model is not told a feature: the share of decisions that flip, or the rise of the loss.

    ``do="reference"`` sets the feature to its median or most frequent value on the rows the claim was made on.
    ``do="permutation"`` gives each row the value of another of those rows, drawn by its id among those that are like it
    in the features most associated with this one (at most two, Cramér's V from 0.15, by quartile or category): a
    conditional permutation, which asks for no row that could not be. ``metric="flips"`` is in [0, 1], with Wilson's
    interval; ``metric="loss"`` is in nats, with the bootstrap's. A group of features is changed together.

    Source: Breiman, Machine Learning 45, 2001; Fisher, Rudin, Dominici, Journal of Machine Learning Research 20, 2019
    (model reliance); Strobl et al., BMC Bioinformatics 9, 2008 (conditional permutation by cells).
    """

    metric: str = "flips"
    do: str = "reference"

    name = "reliance"
    description = "share of decisions that flip, or rise of the log loss, when a feature's value is taken away"
    example = 'reliance("duration") > 0.1'
    untestable = "It is untestable where the feature is missing on all rows the claim was made on."
    arguments = (
        FEATURES,
        Argument(
            "metric",
            ArgumentKind.CHOICE,
            required=False,
            choices=("flips", "loss"),
            meaning="what counts",
            default="flips",
        ),
        Argument(
            "do",
            ArgumentKind.CHOICE,
            required=False,
            choices=("reference", "permutation"),
            meaning="what stands in its place",
            default="reference",
        ),
        WHERE,
    )
    of_columns = True
    settles = True

    def of(self, arguments: Arguments) -> Reliance:
        return Reliance(str(arguments.get("metric", "flips")), str(arguments.get("do", "reference")))

    def segment(self, arguments: Arguments) -> Segment:
        return Segment(super().segment(arguments).where, labelled=self.metric == "loss")

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        features = listed(arguments["feature"])
        if self.do == "permutation":
            return {"change": Borrowed(features, reference.donors(features))}
        return {"change": Do(tuple((name, reference.typical(name)) for name in features))}

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        return (arguments["change"],)

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        segment, change = self.segment(arguments), arguments["change"]
        return Term(Flipped(change) if self.metric == "flips" else Worse(change), segment), Term(ones, segment)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)

    def interval(self, sums: Array, alpha: float) -> Array | None:
        from halflife.monitoring.claims.statistics.closed_forms import wilson

        return wilson(sums[..., 0], sums[..., 1], alpha) if self.metric == "flips" else None
