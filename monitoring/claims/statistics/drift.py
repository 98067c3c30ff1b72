"""How far a column has moved since a claim was made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.errors import EvidenceTooSmall
from halflife.models.rows import Array, Kind
from halflife.monitoring.claims.statistics.base import MIN_ROWS, Requirement, SumStatistic, Term
from halflife.monitoring.claims.syntax.arguments import FEATURE, WHERE, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View
    from halflife.monitoring.claims.evidence.reference_rows import Reference

CELLS = 32
WORDS = 50
"""Categories told apart; all others, and those that were not there, are one."""


@dataclass(frozen=True)
class Ramp:
    """The part of a cell that lies beyond a row's number, over a scale; its mean is the distribution function's integral.

    Attributes:
        lower: edge of the cell; −inf for the tail below ``upper``.
        upper: edge of the cell; inf for the tail above ``lower``, where it is the part below the number.
    """

    feature: str
    lower: float
    upper: float
    scale: float

    def __call__(self, view: View) -> Array:
        """Shape (n,); 0 where the number is missing."""
        x = _numbers(view, self.feature)
        beyond = x - self.lower if np.isinf(self.upper) else self.upper - x
        return np.nan_to_num(np.clip(beyond, 0, self.upper - self.lower) / self.scale)


@dataclass(frozen=True)
class IsKnown:
    """1 where a column is not missing."""

    feature: str

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        return np.asarray(view.sweep.evidence.frame[self.feature].notna().to_numpy()[view.rows], dtype=float)


@dataclass(frozen=True)
class Distance:
    """1 where a category is one of some words."""

    feature: str
    words: tuple[str, ...]

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        return np.asarray(view.sweep.evidence.frame[self.feature].isin(self.words).to_numpy()[view.rows], dtype=float)


@dataclass(frozen=True)
class DriftStatistic(SumStatistic):
    """Distance of a column's values on the rows asked about from those on the rows the claim was made on.

    It is 0 when the column has not moved. Both sides are samples and both are resampled.

    Numbers: the Wasserstein distance over the standard deviation of the rows the claim was made on, Σ over 32 cells and
    two tails of |∫(F − G)|; exact but where F − G changes its sign inside a cell. Categories: the Jensen–Shannon distance
    with natural logarithms, in [0, √ln 2]. Missing values are left out. These are the distances a watch reports, here
    between evidence rows; on the rows the claim was made on it is 0.

    Source: Villani, "Optimal Transport", 2009, chapter 6; Lin, IEEE Transactions on Information Theory 37, 1991.
    """

    numeric: bool = True

    name = "drift"
    description = "distance of a column's values from those on the rows the claim was made on"
    example = 'drift("duration") < 0.2'
    untestable = (
        "It is untestable where the column is missing on all but 30 rows of either side, and for a number with a single "
        "value on the rows the claim was made on."
    )
    arguments = (FEATURE, WHERE)
    of_columns = True
    settles = True

    def of(self, arguments: Arguments) -> DriftStatistic:
        return DriftStatistic("words" not in arguments)

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        feature = str(arguments["feature"])
        if reference.schema.kind(feature) is Kind.CATEGORICAL:
            return {"words": tuple(word for word, _ in reference.words(feature)[:WORDS])}
        values = reference.numbers(feature)
        scale = float(values.std()) if len(values) else 0.0
        if scale == 0:
            raise EvidenceTooSmall(f"{feature!r} has fewer than two values on the rows the claim was made on")
        return {"edges": (-np.inf, *reference.edges(feature, CELLS), np.inf), "scale": scale}

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        feature, segment = str(arguments["feature"]), self.segment(arguments)
        quantities: list[Ramp | Distance]
        if self.numeric:
            edges = arguments["edges"]
            pairs = pairwise(edges)
            quantities = [Ramp(feature, lower, upper, arguments["scale"]) for lower, upper in pairs]
        else:
            quantities = [Distance(feature, (word,)) for word in arguments["words"]]
        return tuple(
            Term(quantity, segment, reference)
            for reference in (False, True)
            for quantity in (IsKnown(feature), *quantities)
        )

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        feature, terms = str(arguments["feature"]), self.terms(arguments)
        return (
            Requirement(terms[0], MIN_ROWS, f"rows with a value of {feature}"),
            Requirement(terms[len(terms) // 2], MIN_ROWS, f"rows with a value of {feature} when the claim was made"),
        )

    def value(self, sums: Array) -> Array:
        now, then = np.split(sums, 2, axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            p, q = now[..., 1:] / now[..., :1], then[..., 1:] / then[..., :1]
        return np.asarray(np.abs(p - q).sum(axis=-1) if self.numeric else _jensen_shannon(p, q))


def _numbers(view: View, feature: str) -> Array:
    return np.asarray(view.matrix[:, view.features.index(feature)])


def _jensen_shannon(p: Array, q: Array) -> Array:
    """The distance of two distributions, the rest of which is one more category, shape (..., m) -> (...)."""
    from scipy.special import rel_entr

    p, q = (np.concatenate([side, np.maximum(1 - side.sum(axis=-1, keepdims=True), 0)], axis=-1) for side in (p, q))
    middle = (p + q) / 2
    return np.asarray(np.sqrt(np.maximum((rel_entr(p, middle) + rel_entr(q, middle)).sum(axis=-1) / 2, 0)))
