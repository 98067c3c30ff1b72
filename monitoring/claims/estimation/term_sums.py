"""Sums of terms over sets of rows: each distinct term once, whatever number of claims and sets sum it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array, Mask
from halflife.monitoring.claims.evidence.evidence_rows import Evidence, Rows
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.statistics.base import Quantity, Term

Ids = npt.NDArray[np.intp]


class Terms:
    """The distinct terms of many claims, T of them, over the S sets of one evidence.

    Terms are added first and computed afterwards, for any number of models.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._ids: dict[Term, int] = {}
        self._wanted: list[set[int]] = []

    def add(self, term: Term) -> int:
        """The number of a term, whatever rows it is summed over. Raises ClaimError."""
        term = replace(term, reference=False)
        number = self._ids.get(term)
        if number is None:
            self.evidence.mask(term.segment)
            number = self._ids[term] = len(self._wanted)
            self._wanted.append(set())
        return number

    def want(self, numbers: Iterable[int], at: int) -> None:
        """Ask for the sums of some terms over the set with position ``at``."""
        for number in numbers:
            self._wanted[number].add(at)

    @cached_property
    def masks(self) -> npt.NDArray[np.bool_]:
        """The rows of each term, shape (T, n)."""
        return np.array([self.evidence.mask(term.segment) for term in self._ids]).reshape(-1, len(self.evidence))

    @cached_property
    def _quantities(self) -> dict[Quantity, Ids]:
        """The distinct quantities, Q of them, with the numbers of their terms."""
        found: dict[Quantity, list[int]] = {}
        for term, number in self._ids.items():
            found.setdefault(term.quantity, []).append(number)
        return {quantity: np.array(numbers) for quantity, numbers in found.items()}

    @cached_property
    def quantity(self) -> Ids:
        """The number of each term's quantity, shape (T,)."""
        numbers = {quantity: q for q, quantity in enumerate(self._quantities)}
        return np.array([numbers[term.quantity] for term in self._ids], dtype=np.intp)

    @cached_property
    def _looked_at(self) -> list[Rows]:
        """The rows on which each quantity is needed; one array where those of several are the same."""
        members, known = list(self.evidence.member.values()), dict[bytes, Rows]()
        anywhere: dict[frozenset[int], Mask] = {}
        out = []
        for numbers in self._quantities.values():
            needed = np.zeros(len(self.evidence), dtype=bool)
            for number in numbers:
                sets = frozenset(self._wanted[number])
                if sets not in anywhere:
                    anywhere[sets] = np.logical_or.reduce([members[at] for at in sets])
                needed |= self.masks[number] & anywhere[sets]
            out.append(known.setdefault(needed.tobytes(), np.flatnonzero(needed)))
        return out

    def quantities(self, sweep: ModelPass) -> Array:
        """What a model makes of every quantity, shape (Q, n), 0 on rows no term needs it of."""
        views = {id(rows): View(sweep, rows) for rows in self._looked_at}
        out = np.zeros((len(self._quantities), len(self.evidence)))
        for row, quantity, rows in zip(out, self._quantities, self._looked_at, strict=True):
            row[rows] = quantity(views[id(rows)])
        return out

    def sums(self, quantities: Array) -> Array:
        """The sum of every term over every set, for the quantities of K models (K, Q, n), shape (K, T, S).

        All terms of one quantity are one matrix product: of masks (t×n) with the quantity within each set (n×KS), or,
        when they are few, of the terms themselves (Kt×n) with the sets (n×S).
        """
        models, n = len(quantities), len(self.evidence)
        members = np.array(list(self.evidence.member.values()), dtype=float)
        out = np.empty((models, len(self._wanted), len(members)))
        for q, numbers in enumerate(self._quantities.values()):
            values, masks = quantities[:, q], self.masks[numbers]
            if len(numbers) < len(members):
                terms = (values[:, None] * masks).reshape(-1, n)
                out[:, numbers] = (terms @ members.T).reshape(models, len(numbers), -1)
            else:
                within = (values[:, None] * members).reshape(-1, n)
                found = (within @ masks.T.astype(float)).reshape(models, len(members), -1)
                out[:, numbers] = found.transpose(0, 2, 1)
        return out
