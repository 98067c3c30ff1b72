"""Whether a change would change the decision: of one case, or of how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halflife.models.rows import Array
from halflife.monitoring.claims.evidence.what_if import Do
from halflife.monitoring.claims.statistics.base import CaseStatistic, SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.statistics.reliance import Flipped
from halflife.monitoring.claims.syntax.arguments import WHERE, Argument, ArgumentKind, Arguments
from halflife.monitoring.claims.syntax.claim_text import Value

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View, WhatIf


class Flips(CaseStatistic):
    """Whether the decision for a case is another one after some of its features are set to given values.

    With ``case``, θ is how far the log-odds then lie beyond the threshold, on the other side of it when positive; the
    claim is that this is so (``== True``) or not (``== False``). Without, θ is the share of rows whose decision flips
    when the same is done to all of them, in [0, 1], with Wilson's interval, as in
    ``flips(set={"job": "cook"}, where="job = 'student'") < 0.05``.

    Source: Wachter, Mittelstadt, Russell, Harvard Journal of Law & Technology 31, 2018 (counterfactuals); Kusner et
    al., NeurIPS 2017 (the share over rows).
    """

    name = "flips"
    description = "whether a case's decision flips when features are set to other values; or the share of rows that do"
    example = 'flips(case="41023", set={"duration": -3}) == True'
    arguments = (
        Argument(
            "case", ArgumentKind.CASE, required=False, meaning="the row it speaks about", default="a share of rows"
        ),
        Argument("set", ArgumentKind.CHANGES, meaning="columns with the values they take"),
        WHERE,
    )
    threshold = bool
    of_columns = True

    def of(self, arguments: Arguments) -> Flips | FlipShare:
        return self if "case" in arguments else SHARE

    def objection(self, arguments: Arguments) -> str:
        return "a case is one row; where is for shares of rows" if {"case", "where"} <= set(arguments) else ""

    def depends_on(self, arguments: Arguments, features: tuple[str, ...]) -> tuple[str, ...]:
        return features if "case" in arguments else super().depends_on(arguments, features)

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        return (Do(arguments["set"]),)

    def value(self, view: View, arguments: Arguments, threshold: Value) -> float:
        after = float(view.under(Do(arguments["set"])).margin[0])
        return -after if view.decision[0] else after


class FlipShare(SumStatistic):
    """Share of rows whose decision is another one after the same change of all of them."""

    name, description, example = Flips.name, Flips.description, 'flips(set={"duration": -3}) > 0.1'
    arguments = Flips.arguments
    of_columns = True

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        return (Do(arguments["set"]),)

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        segment = self.segment(arguments)
        return Term(Flipped(Do(arguments["set"])), segment), Term(ones, segment)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)

    def interval(self, sums: Array, alpha: float) -> Array:
        from halflife.monitoring.claims.statistics.closed_forms import wilson

        return wilson(sums[..., 0], sums[..., 1], alpha)


SHARE = FlipShare()
