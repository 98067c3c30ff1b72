"""The rows a claim was made on, which settle what it leaves open: levels of a feature, cells, donors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from halflife.models.errors import EvidenceTooSmall
from halflife.models.rows import ROW_ID, Array, Kind, Rows, Schema, row_hash

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.evidence_rows import Evidence
    from halflife.monitoring.claims.evidence.model_view import View

LOW, HIGH = 0.1, 0.9
"""Quantiles that stand for a number being low and high."""
COMPANIONS = 2
"""Features a conditional permutation holds fixed, at most."""
ASSOCIATED = 0.15
"""Cramér's V from which a feature is held fixed."""
WORDS = 8
"""Categories with a cell of their own; the others share one."""
FEWEST_DONORS = 5

Level = float | str
Codes = npt.NDArray[np.intp]


class Reference:
    """One set of rows; every column is looked at once.

    Args:
        name: of the set in the evidence.
        evidence: with that set.
        schema: of the columns.

    Attributes:
        rows: positions of its rows in the evidence, by id, shape (m,).
    """

    def __init__(self, name: str, evidence: Evidence, schema: Schema) -> None:
        self.name, self.evidence, self.schema = name, evidence, schema
        rows = np.unique(evidence.index[name])
        self.rows: Rows = rows[np.argsort(evidence.frame[ROW_ID].to_numpy(dtype=object)[rows])]
        self._levels: dict[str, tuple[Level, Level]] = {}
        self._codes: dict[str, Codes] = {}
        self._donors: dict[tuple[str, ...], Donors] = {}

    def numbers(self, feature: str) -> Array:
        """The values of a number that are not missing, rising, shape (m,)."""
        values = self.evidence.frame[feature].to_numpy(dtype=float)[self.rows]
        return np.sort(values[~np.isnan(values)])

    def words(self, feature: str) -> list[tuple[str, int]]:
        """The categories with their counts, the most frequent first, equal ones by name."""
        counts = self.evidence.frame[feature].iloc[self.rows].dropna().value_counts()
        return sorted(((str(word), int(count)) for word, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))

    def levels(self, feature: str) -> tuple[Level, Level]:
        """Low and high: the quantiles 0.1 and 0.9 of a number, or the two most frequent categories.

        Where the quantiles are equal they are the extremes.

        Raises:
            EvidenceTooSmall: it has fewer than two values.
        """
        if feature not in self._levels:
            self._levels[feature] = self._ends(feature)
        return self._levels[feature]

    def _ends(self, feature: str) -> tuple[Level, Level]:
        if self.schema.kind(feature) is Kind.CATEGORICAL:
            words = self.words(feature)
            if len(words) >= 2:
                return words[0][0], words[1][0]
        else:
            values = self.numbers(feature)
            for q in ((LOW, HIGH), (0.0, 1.0)):
                low, high = np.quantile(values, q).tolist() if len(values) else (0.0, 0.0)
                if low < high:
                    return low, high
        raise EvidenceTooSmall(f"{feature!r} has fewer than two values on the rows the claim was made on")

    def typical(self, feature: str) -> Level:
        """The median of a number, the most frequent category.

        Raises:
            EvidenceTooSmall: it is always missing.
        """
        if self.schema.kind(feature) is Kind.CATEGORICAL:
            words = self.words(feature)
            if words:
                return words[0][0]
        elif len(values := self.numbers(feature)):
            return float(np.median(values))
        raise EvidenceTooSmall(f"{feature!r} is missing on all rows the claim was made on")

    def edges(self, feature: str, cells: int, low: float = 0.0, high: float = 1.0) -> tuple[float, ...]:
        """Edges of cells of a number with equal shares of rows between two quantiles; fewer where values repeat.

        Raises:
            EvidenceTooSmall: it has fewer than two values between them.
        """
        values = self.numbers(feature)
        found = np.unique(np.quantile(values, np.linspace(low, high, cells + 1))) if len(values) else values
        if len(found) < 2:
            raise EvidenceTooSmall(f"{feature!r} has fewer than two values on the rows the claim was made on")
        return tuple(found.tolist())

    def codes(self, feature: str) -> Codes:
        """A coarse cell for every row of the evidence, shape (n,): quartiles, or categories; missing has its own."""
        if feature not in self._codes:
            values = self.evidence.frame[feature]
            if self.schema.kind(feature) is Kind.CATEGORICAL:
                known = {word: k for k, (word, _) in enumerate(self.words(feature)[:WORDS], start=2)}
                codes = values.map(known).fillna(1).to_numpy(dtype=np.intp)
            else:
                own = self.numbers(feature)
                inner = np.unique(np.quantile(own, [0.25, 0.5, 0.75])) if len(own) else own
                codes = np.searchsorted(inner, values.to_numpy(dtype=float), side="right") + 1
            self._codes[feature] = np.where(values.isna(), 0, codes)
        return self._codes[feature]

    def companions(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """The other features that go with any of these most, at most two, the strongest first."""
        strength = {
            other: max(
                association(self.codes(feature)[self.rows], self.codes(other)[self.rows]) for feature in features
            )
            for other in self.schema.names
            if other not in features
        }
        ranked = sorted(strength, key=lambda other: -strength[other])
        return tuple(other for other in ranked[:COMPANIONS] if strength[other] >= ASSOCIATED)

    def donors(self, features: tuple[str, ...]) -> Donors:
        """Who lends a row these features in a conditional permutation."""
        if features not in self._donors:
            self._donors[features] = Donors(self, self.companions(features))
        return self._donors[features]


@dataclass(frozen=True, eq=False)
class Donors:
    """For each row a row of the reference, drawn by the row's id among those like it in what is held fixed.

    Attributes:
        held: features held fixed; the first alone, then none, where fewer than five rows are alike.
    """

    reference: Reference
    held: tuple[str, ...]

    def __call__(self, view: View) -> Rows:
        """Positions in the evidence, shape (n,); a row is its own donor only where it is alone."""
        draw = row_hash(view.sweep.evidence.frame[ROW_ID].iloc[view.rows]) * np.uint64(0x9E3779B97F4A7C15)
        chance = (draw >> np.uint64(32)).astype(np.intp)
        out = np.full(len(view), -1)
        for pools, cells in self._pools:
            mine = cells[view.rows]
            for cell in np.unique(mine[out < 0]):
                pool = pools.get(int(cell))
                if pool is None:
                    continue
                here = np.flatnonzero((mine == cell) & (out < 0))
                chosen = pool[chance[here] % len(pool)]
                itself = chosen == view.rows[here]
                out[here] = np.where(itself, pool[(chance[here] + 1) % len(pool)], chosen)
        return out

    @cached_property
    def _pools(self) -> list[tuple[dict[int, Rows], Codes]]:
        """Pools of donors by cell, and the cell of each row; from the finest to all together."""
        reference, found = self.reference, []
        for k in range(len(self.held), -1, -1):
            cells: Codes = np.zeros(len(reference.evidence), dtype=np.intp)
            for name in self.held[:k]:
                cells = cells * (WORDS + 2) + reference.codes(name)
            inside = cells[reference.rows]
            least = FEWEST_DONORS if k else 1
            pools = {int(c): reference.rows[inside == c] for c in np.unique(inside) if (inside == c).sum() >= least}
            found.append((pools, cells))
        return found


def association(a: Codes, b: Codes) -> float:
    """Cramér's V of two codings, in [0, 1]; 0 where one of them is constant.

    Source: Cramér, "Mathematical Methods of Statistics", 1946, chapter 21.

    >>> association(np.array([0, 0, 1, 1]), np.array([2, 2, 0, 0])), association(np.array([0, 1]), np.array([3, 3]))
    (1.0, 0.0)
    """
    _, a = np.unique(a, return_inverse=True)
    _, b = np.unique(b, return_inverse=True)
    table = np.zeros((a.max(initial=-1) + 1, b.max(initial=-1) + 1))
    if min(table.shape) < 2:
        return 0.0
    np.add.at(table, (a, b), 1)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(np.sqrt(((table - expected) ** 2 / expected).sum() / table.sum() / (min(table.shape) - 1)))
