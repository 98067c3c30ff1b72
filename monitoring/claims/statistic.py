"""What a statistic is: a number about a model, with the arguments it takes and how it is computed.

There are two shapes. A *set statistic* is a smooth function of sums over rows: it gives a few columns per row, and one
function from their (weighted) sums to θ. The estimate is that function of the plain sums, the bootstrap the same
function of ``W @ columns``, so that all claims about one set of rows share a single matrix product. A *case statistic*
is a look-up about one row, and exact.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from models.domain import Scope
from models.errors import EvidenceTooSmall
from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.sweep import View

MIN_ROWS = 30
"""Fewest rows an interval over rows is given for."""
MIN_OF_CLASS = 10
"""Fewest rows of a class (positives, say) a rate, a ranking or a slope is computed from."""


class ArgumentKind(StrEnum):
    """What an argument names, and so how it is checked."""

    FEATURES = "a column, or a list of columns"
    CHOICE = "one of a few words"
    PREDICATE = "an SQL condition on the columns"
    CASE = "the id of a row"


@dataclass(frozen=True)
class Argument:
    """One argument of a statistic.

    Attributes:
        positional: written without its name in canonical text.
        choices: the words of a ``CHOICE``.
    """

    name: str
    kind: ArgumentKind
    required: bool = True
    positional: bool = False
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name if self.required else f"{self.name}?"


WHERE = Argument("where", ArgumentKind.PREDICATE, required=False)
CASE = Argument("case", ArgumentKind.CASE)


class Statistic(ABC):
    """Declares a statistic: one file in ``statistics/`` each, named for it.

    Attributes:
        name: permanent; stored in the ledger.
        description: one line, for people choosing a statistic.
        example: a canonical claim.
        scope: what a claim speaks about unless told otherwise.
        threshold: ``float``, compared by size; or ``str``, compared with ``==``.
        neutral: where the statistic's sign turns (0 for a gap, ½ for AUC); None when it has no opposite.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    example: ClassVar[str]
    arguments: ClassVar[tuple[Argument, ...]]
    scope: ClassVar[Scope]
    threshold: ClassVar[type[float] | type[str]] = float
    needs_labels: ClassVar[bool] = False
    neutral: ClassVar[float | None] = None


class SetStatistic(Statistic):
    """A smooth function of sums over the rows of a set."""

    scope = Scope.POPULATION

    @abstractmethod
    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        """What each row contributes, shape (n, m).

        Args:
            view: the rows the claim speaks about (``where`` is applied; labelled when ``needs_labels``), at least
                ``MIN_ROWS`` of them.
            arguments: as in the claim.

        Raises:
            EvidenceTooSmall: too few rows of a kind this statistic needs.
        """

    @abstractmethod
    def value(self, sums: Array) -> Array:
        """θ from the sums of the columns, shape (..., m) -> (...)."""

    def least_error(self, sums: Array, arguments: Mapping[str, Value]) -> float:
        """A standard error below which the bootstrap's is not believed; 0 when it always is."""
        return 0.0


class CaseStatistic(Statistic):
    """A look-up about one row."""

    scope = Scope.ARTIFACT

    @abstractmethod
    def value(self, view: View, threshold: Value) -> float:
        """θ of the only row of ``view``; the claim is about its sign when its threshold is text."""


def require(count: float, least: int, what: str) -> None:
    """Raise EvidenceTooSmall unless ``count`` reaches ``least``.

    >>> require(7, 10, "positives")
    Traceback (most recent call last):
    models.errors.EvidenceTooSmall: 7 positives; at least 10 are needed
    """
    if count < least:
        raise EvidenceTooSmall(f"{int(count)} {what}; at least {least} are needed")


def ratio(sums: Array, numerator: int, denominator: int) -> Array:
    """One column's sum over another's; NaN where nothing is counted."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Array = sums[..., numerator] / sums[..., denominator]
    return np.where(sums[..., denominator] > 0, out, np.nan)
