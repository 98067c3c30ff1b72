"""How far a feature moves the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.errors import ClaimError
from halflife.models.rows import Array
from halflife.monitoring.claims.evidence.what_if import AtEdge, Do, cells
from halflife.monitoring.claims.statistics.base import Requirement, SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.syntax.argument_values import mismatch
from halflife.monitoring.claims.syntax.arguments import FEATURE, WHERE, Argument, ArgumentKind, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View, WhatIf
    from halflife.monitoring.claims.evidence.reference_rows import Reference

CELLS = 8
"""Of accumulated local effects, between low and high."""
FEWEST = 5
"""Rows a cell is judged by, at least."""


@dataclass(frozen=True)
class Difference:
    """How much higher a row's raw score is after one change than after another."""

    after: WhatIf
    before: WhatIf

    def __call__(self, view: View) -> Array:
        """Shape (n,), in log-odds."""
        return np.asarray(view.under(self.after).raw - view.under(self.before).raw)


@dataclass(frozen=True)
class Inside:
    """A quantity in one cell of a number, 0 outside; of 1 when there is no quantity."""

    feature: str
    edges: tuple[float, ...]
    cell: int
    quantity: Difference | None = None

    def __call__(self, view: View) -> Array:
        """Shape (n,)."""
        column = view.sweep.model.schema.names.index(self.feature)
        inside = cells(view.matrix[:, column], self.edges) == self.cell
        return np.where(inside, 1.0 if self.quantity is None else self.quantity(view), 0.0)


@dataclass(frozen=True)
class Effect(SumStatistic):
    """mean[f(xⱼ = high) − f(xⱼ = low)] over the rows, f the raw score in log-odds.

    Low and high are the quantiles 0.1 and 0.9 of a number on the rows the claim was made on (its extremes where these
    are equal), and of a category the most frequent value and the next; so they stay what they were when it was made.
    Or they are given. ``kind="pdp"`` moves every row all the way, as partial dependence does. ``kind="ale"`` moves each
    row only across the cell it lies in, eight between low and high, and adds the cells' means up; that never asks for
    rows that correlated features make impossible.

    Source: Friedman, Annals of Statistics 29, 2001 (partial dependence); Apley, Zhu, Journal of the Royal Statistical
    Society B 82, 2020 (accumulated local effects).
    """

    kind: str = "pdp"

    name = "effect"
    description = "mean change of the score, in log-odds, when a feature goes from low to high"
    example = 'effect("duration") > 0'
    untestable = (
        "It is untestable where the feature had fewer than two values on the rows the claim was made on, and for "
        'kind="ale" where a cell holds fewer than 5 rows.'
    )
    arguments = (
        FEATURE,
        Argument(
            "kind", ArgumentKind.CHOICE, required=False, choices=("pdp", "ale"), meaning="how rows move", default="pdp"
        ),
        Argument(
            "low", ArgumentKind.VALUE, required=False, meaning="its low value", default="settled when the claim is made"
        ),
        Argument(
            "high",
            ArgumentKind.VALUE,
            required=False,
            meaning="its high value",
            default="settled when the claim is made",
        ),
        WHERE,
    )
    of_columns = True
    settles = True
    neutral = 0.0
    undefined = "no row lies in some cell between low and high"

    def of(self, arguments: Arguments) -> Effect:
        return Effect(str(arguments.get("kind", "pdp")))

    def objection(self, arguments: Arguments) -> str:
        return "give both low and high, or neither" if ("low" in arguments) != ("high" in arguments) else ""

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        feature, schema = str(arguments["feature"]), reference.schema
        given = [arguments[end] for end in ("low", "high") if end in arguments]
        for value in given:
            if wrong := mismatch(feature, value, schema):
                raise ClaimError(wrong, text=str(value), column=1)
        low, high = given or reference.levels(feature)
        if self.kind == "pdp":
            return {"low": low, "high": high}
        if isinstance(low, str) or isinstance(high, str):
            raise ClaimError(f'{feature!r} is a category; kind="ale" is for numbers', text=feature, column=1)
        if low >= high:
            raise ClaimError("low is below high", text=f"{low:g}", column=1)
        values = reference.numbers(feature)
        values = values[(values > low) & (values < high)]
        inner = np.quantile(values, np.linspace(0, 1, CELLS + 1)[1:-1]) if len(values) else values
        return {"edges": tuple(np.unique([low, *inner, high]).tolist())}

    def counterfactuals(self, arguments: Arguments) -> tuple[WhatIf, ...]:
        moved = self._moved(arguments)
        return moved.after, moved.before

    def _moved(self, arguments: Arguments) -> Difference:
        feature = str(arguments["feature"])
        if self.kind == "pdp":
            return Difference(*(Do(((feature, arguments[end]),)) for end in ("high", "low")))
        return Difference(*(AtEdge(feature, arguments["edges"], upper=upper) for upper in (True, False)))

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        moved, segment = self._moved(arguments), self.segment(arguments)
        if self.kind == "pdp":
            return Term(moved, segment), Term(ones, segment)
        feature, edges = str(arguments["feature"]), arguments["edges"]
        return tuple(
            Term(Inside(feature, edges, cell, quantity), segment)
            for quantity in (moved, None)
            for cell in range(len(edges) - 1)
        )

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        if self.kind == "pdp":
            return ()
        counts, edges = self.terms(arguments)[len(arguments["edges"]) - 1 :], arguments["edges"]
        return tuple(
            Requirement(term, FEWEST, f"rows with {arguments['feature']} from {edges[k]:.3g} to {edges[k + 1]:.3g}")
            for k, term in enumerate(counts)
        )

    def value(self, sums: Array) -> Array:
        cell_count = sums.shape[-1] // 2
        return np.asarray(sum(ratio(sums, k, cell_count + k) for k in range(cell_count)))
