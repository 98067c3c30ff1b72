"""The mean of a quantity on a slice minus its mean on the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import MIN_ROWS, Quantity, Requirement, SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.syntax.arguments import SLICE, Arguments
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


@dataclass(frozen=True)
class Power:
    """A power of a quantity."""

    quantity: Quantity
    exponent: int

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        return np.asarray(self.quantity(view) ** self.exponent)


@dataclass(frozen=True)
class Outside:
    """1 where a predicate is not true, be it false or unknown."""

    where: str

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        return np.asarray(~view.sweep.evidence.mask(Segment((self.where,)))[view.rows], dtype=float)


class Contrast(SumStatistic):
    """A mean on the rows where a predicate is true minus the mean on all others, with Welch's interval."""

    arguments = (SLICE,)
    needs_labels = True
    neutral = 0.0
    quantity: ClassVar[Quantity]

    def segment(self, arguments: Arguments) -> Segment:
        return Segment((), labelled=True)

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        quantity, everything = type(self).quantity, self.segment(arguments)
        inside = everything.narrowed(str(arguments["where"]))
        return tuple(
            Term(q, rows)
            for rows in (inside, everything)
            for q in (ones, quantity, Power(quantity, 2), Power(quantity, 3))
        )

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        where, everything = str(arguments["where"]), self.segment(arguments)
        return (
            Requirement(Term(ones, everything.narrowed(where)), MIN_ROWS, f"labelled rows where {where}"),
            Requirement(Term(Outside(where), everything), MIN_ROWS, f"labelled rows but those where {where}"),
        )

    def value(self, sums: Array) -> Array:
        return ratio(sums, 1, 0) - ratio(_rest(sums), 1, 0)

    def interval(self, sums: Array, alpha: float) -> Array:
        from halflife.monitoring.claims.statistics.closed_forms import welch

        return welch(sums[..., :4], _rest(sums), alpha)


def _rest(sums: Array) -> Array:
    return np.asarray(sums[..., 4:] - sums[..., :4])
