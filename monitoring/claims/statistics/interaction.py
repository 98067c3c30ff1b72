"""Whether two features work together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.evidence.what_if import Do
from halflife.monitoring.claims.statistics.base import SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.syntax.arguments import WHERE, Argument, ArgumentKind, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View, WhatIf
    from halflife.monitoring.claims.evidence.reference_rows import Reference


@dataclass(frozen=True)
class Together:
    """f(hh) − f(hl) − f(lh) + f(ll) of each row."""

    corners: tuple[Do, Do, Do, Do]

    def __call__(self, view: View) -> Array:
        """Shape (n,), in log-odds."""
        hh, hl, lh, ll = (view.under(corner).raw for corner in self.corners)
        return np.asarray(hh - hl - lh + ll)


class Interaction(SumStatistic):
    """mean[f(hh) − f(hl) − f(lh) + f(ll)] over the rows, f the raw score in log-odds.

    It is what two features do together beyond what each does alone. h and l are high and low: the quantiles 0.9 and 0.1 of a number on the rows the claim was made on (its extremes where
    these are equal), the second most and the most frequent value of a category. It is 0 for a score that adds up.

    Source: Friedman, Popescu, Annals of Applied Statistics 2, 2008 (interactions of partial dependence).
    """

    name = "interaction"
    description = "what two features do to the score together beyond what each does alone, in log-odds"
    example = 'interaction("duration", "sex") > -0.5'
    untestable = "It is untestable where a feature had fewer than two values on the rows the claim was made on."
    arguments = (
        Argument("a", ArgumentKind.FEATURE, positional=True, meaning="one column"),
        Argument("b", ArgumentKind.FEATURE, positional=True, meaning="another column"),
        WHERE,
    )
    of_columns = True
    settles = True
    neutral = 0.0

    def objection(self, arguments: Arguments) -> str:
        return "a and b are two columns" if arguments["a"] == arguments["b"] else ""

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        return {f"{side} levels": reference.levels(str(arguments[side])) for side in ("a", "b")}

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        return self._together(arguments).corners

    def _together(self, arguments: Arguments) -> Together:
        a, b = str(arguments["a"]), str(arguments["b"])
        (low_a, high_a), (low_b, high_b) = arguments["a levels"], arguments["b levels"]
        corners = [((a, x), (b, z)) for x in (high_a, low_a) for z in (high_b, low_b)]
        hh, hl, lh, ll = (Do(changes) for changes in corners)
        return Together((hh, hl, lh, ll))

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        segment = self.segment(arguments)
        return Term(self._together(arguments), segment), Term(ones, segment)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)
