"""What a statistic is: a number about a model, with the arguments it takes and how it is computed.

There are three shapes. A *sum statistic* is a smooth function of sums of terms: a term is a quantity of each row, summed
over a segment. What a row contributes does not depend on the rows beside it, so a term is computed once for all rows,
whatever number of sets, claims and statistics sum it. A *set statistic* gives columns that do depend on the set (ranks,
a fit). Both have one function from sums to θ: the estimate is that function of the plain sums, the bootstrap the same
function of ``W @ columns``, and all claims share one product. A *case statistic* is a look-up about one row, and exact.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from halflife.models.domain import Scope
from halflife.models.errors import EvidenceTooSmall
from halflife.models.rows import Array
from halflife.monitoring.claims.syntax.arguments import Argument, Arguments, named
from halflife.monitoring.claims.syntax.claim_text import Value
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View, WhatIf
    from halflife.monitoring.claims.evidence.reference_rows import Reference

Quantity: TypeAlias = "Callable[[View], Array]"

MIN_ROWS = 30
"""Fewest rows an interval over rows is given for."""
MIN_OF_CLASS = 10
"""Fewest rows of a class (positives, say) a rate, a ranking or a slope is computed from."""


class Statistic(ABC):
    """Declares a statistic: one file in ``statistics/`` each, named for it, or a row of a table there.

    Attributes:
        name: permanent; stored in the ledger.
        description: one line, for people choosing a statistic.
        example: a canonical claim.
        untestable: when nothing can be said, beyond too few rows or a case that is gone; sentences.
        scope: what a claim speaks about unless told otherwise.
        threshold: ``float``, compared by size; ``str`` or ``bool``, compared with ``==``.
        needs_labels: it looks at labelled rows only.
        needs_attributions: it reads attributions of the rows it looks at.
        of_columns: it speaks of the columns it names, not of all that moves the model's predictions.
        settles: its arguments may leave something open, which ``settle`` decides.
        neutral: where the statistic's sign turns (0 for a gap, ½ for AUC); None when it has no opposite.
    """

    name: str
    description: str
    example: str
    untestable: str = ""
    arguments: ClassVar[tuple[Argument, ...]]
    scope: ClassVar[Scope]
    threshold: ClassVar[type[float] | type[str] | type[bool]] = float
    needs_labels: ClassVar[bool] = False
    needs_attributions: ClassVar[bool] = False
    of_columns: bool = False
    settles: ClassVar[bool] = False
    neutral: ClassVar[float | None] = None

    @property
    def explanation(self) -> str:
        """What it is for people, paragraph by paragraph: the formula first, last ``Source: `` with who said so."""
        return cleandoc(type(self).__doc__ or "")

    def of(self, arguments: Arguments) -> Statistic:
        """The member these arguments mean, of a statistic that is a family; equal ones are computed together."""
        return self

    def objection(self, arguments: Arguments) -> str:
        """Why these arguments do not go together; empty when they do."""
        return ""

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        """What the arguments leave open, decided on the rows the claim was made on; hashable values.

        Raises:
            ClaimError: the arguments do not fit the columns.
            EvidenceTooSmall: these rows decide nothing.
        """
        return {}

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        """Changes under which it wants the rows it looks at predicted, to be read with ``view.under(change)``."""
        return ()

    def segment(self, arguments: Arguments) -> Segment:
        """The rows a claim speaks about."""
        where = (str(arguments["where"]),) if "where" in arguments else ()
        return Segment(where, self.needs_labels)

    def depends_on(self, arguments: Arguments, features: tuple[str, ...]) -> tuple[str, ...]:
        """The features whose drift can move θ: those it names, or all when it speaks of predictions as a whole."""
        said = named(self.arguments, arguments)
        return tuple(name for name in features if name in said) if self.of_columns else features


class SetStatistic(Statistic):
    """A smooth function of sums over the rows of a set."""

    scope = Scope.POPULATION
    undefined: ClassVar[str] = "θ is undefined on these rows"
    """Why, where θ is not a number."""

    @abstractmethod
    def columns(self, view: View, arguments: Arguments) -> Array:
        """What each row contributes, shape (n, m).

        Args:
            view: the rows the claim speaks about (``segment``), at least ``MIN_ROWS`` of them.
            arguments: as in the claim.

        Raises:
            EvidenceTooSmall: too few rows of a kind this statistic needs.
        """

    @abstractmethod
    def value(self, sums: Array) -> Array:
        """θ from the sums of the columns, shape (..., m) -> (...); NaN where they say nothing."""

    def interval(self, sums: Array, alpha: float) -> Array | None:
        """Bounds in closed form, shape (..., m) -> (..., 2); None where the bootstrap serves better.

        Args:
            sums: of the columns.
            alpha: error a side.
        """
        return None


@dataclass(frozen=True)
class Term:
    """A quantity of each row of a segment, 0 elsewhere. Equal terms are computed once.

    Attributes:
        quantity: looks at rows of the segment and gives a number for each, shape (n,), whatever rows are beside them.
            A function of a module or a frozen dataclass, so that equal ones are equal.
        reference: summed over the rows the claim was made on, in place of those it is put to.
    """

    quantity: Quantity
    segment: Segment
    reference: bool = False


@dataclass(frozen=True)
class Requirement:
    """A sum that must reach ``least`` for θ to mean something; ``what`` names what is counted."""

    term: Term
    least: int
    what: str


class SumStatistic(SetStatistic):
    """A smooth function of sums of terms."""

    @abstractmethod
    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        """What is summed, in the order ``value`` counts them; on rows of ``segment(arguments)``."""

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        """What is needed beyond ``MIN_ROWS`` rows, the most telling first."""
        return ()

    def columns(self, view: View, arguments: Arguments) -> Array:
        return np.column_stack([on(term, view) for term in self.terms(arguments)])


class CaseStatistic(Statistic):
    """A look-up about one row."""

    scope = Scope.ARTIFACT

    @abstractmethod
    def value(self, view: View, arguments: Arguments, threshold: Value) -> float:
        """θ of the only row of ``view``; the claim is about its sign when its threshold is text, or true or false.

        Raises:
            EvidenceTooSmall: nothing can be said of this row.
        """


def ones(view: View) -> Array:
    """Counts rows."""
    return np.ones(len(view))


def on(term: Term, view: View) -> Array:
    """What each row of ``view`` adds to a term, shape (n,)."""
    inside = view.sweep.evidence.mask(term.segment)[view.rows]
    out = np.zeros(len(view))
    out[inside] = term.quantity(type(view)(view.sweep, view.rows[inside]))
    return out


def require(count: float, least: int, what: str) -> None:
    """Raise EvidenceTooSmall unless ``count`` reaches ``least``.

    >>> require(7, 10, "positives")
    Traceback (most recent call last):
    halflife.models.errors.EvidenceTooSmall: 7 positives; at least 10 are needed
    """
    if count < least:
        raise EvidenceTooSmall(f"{int(count)} {what}; at least {least} are needed")


def ratio(sums: Array, numerator: int, denominator: int) -> Array:
    """One column's sum over another's; NaN where nothing is counted."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Array = sums[..., numerator] / sums[..., denominator]
    return np.where(sums[..., denominator] > 0, out, np.nan)
