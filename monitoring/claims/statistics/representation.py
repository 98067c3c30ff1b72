"""How many of the rows a group makes up."""

from __future__ import annotations

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.syntax.arguments import SLICE, Arguments
from halflife.monitoring.claims.syntax.segment import Segment


class Representation(SumStatistic):
    """Share of all rows, labelled or not, for which a predicate is true, in [0, 1]; with the interval of Wilson.

    A claim about the data: a group that fades from the feed is learnt less and tested less.

    Source: Wilson, Journal of the American Statistical Association 22, 1927 (the interval).
    """

    name = "representation"
    description = "share of rows for which a condition is true"
    example = "representation(\"job = 'student'\") > 0.1"
    arguments = (SLICE,)
    of_columns = True

    def segment(self, arguments: Arguments) -> Segment:
        return Segment()

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        everything = self.segment(arguments)
        return Term(ones, everything.narrowed(str(arguments["where"]))), Term(ones, everything)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)

    def interval(self, sums: Array, alpha: float) -> Array:
        from halflife.monitoring.claims.statistics.closed_forms import wilson

        return wilson(sums[..., 0], sums[..., 1], alpha)
