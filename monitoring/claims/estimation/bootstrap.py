"""θ of many subjects under many reweightings of the rows, from few products of weights and columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array, Mask
from halflife.monitoring.claims.estimation.estimates import Estimates, grouped
from halflife.monitoring.claims.estimation.query_plan import QueryPlan, SetUnit, SumUnit
from halflife.monitoring.claims.evidence.evidence_rows import Evidence, Rows

_BLOCK_ROWS = 1024
_SMALL = 256
"""Rows below which a product of their own costs more than it saves."""

Singles = npt.NDArray[np.float32]
Ids = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Columns:
    """What rows contribute, m columns of them: values that columns may share, each within a mask of its own.

    Attributes:
        values: shape (v, n).
        which: the values of each column, shape (m,).
        masks: its rows, shape (m, n).
    """

    values: Singles
    which: Ids
    masks: npt.NDArray[np.bool_]

    def block(self, columns: Ids, rows: Rows) -> Singles:
        """Some columns of some rows (in rising order), shape (len(columns), len(rows))."""
        if rows[-1] - rows[0] == len(rows) - 1:
            span = slice(rows[0], rows[-1] + 1)
            return np.asarray(self.values[self.which[columns], span] * self.masks[columns, span])
        return np.asarray(self.values[np.ix_(self.which[columns], rows)] * self.masks[np.ix_(columns, rows)])


def replicates(plan: QueryPlan, found: Estimates, model: int, wanted: Sequence[int], count: int) -> Array:
    """θ of each wanted subject in each replicate, shape (len(wanted), B); NaN where a replicate says nothing.

    Args:
        plan: with the subjects.
        found: their estimates.
        model: position of the model among those estimated.
        wanted: numbers of subjects that have an estimate; a case among them has no replicates.
        count: replicates, B.
    """
    asked = set(wanted)
    sums = [unit for unit in plan.sums if unit.number in asked]
    sets = [unit for unit in plan.sets if unit.number in asked]
    terms = np.unique([term for unit in sums for term in unit.formula.terms]).astype(np.intp)
    places: dict[int, Ids] = {unit.number: np.searchsorted(terms, unit.formula.terms) for unit in sums}
    end = len(terms)
    for own in sets:
        width = found.columns[model, own.number].shape[1]
        places[own.number] = np.arange(end, end := end + width)
    units: list[SumUnit | SetUnit] = [*sums, *sets]
    needed = np.zeros((end, len(plan.evidence.member)), dtype=bool)
    for unit in units:
        needed[places[unit.number], unit.sets] = True
    resampled = products(plan.evidence, _columns(plan, found, model, terms, sets), needed, count)
    position = np.cumsum(needed).reshape(needed.shape) - 1

    out = np.full((len(wanted), count), np.nan)
    order = {number: k for k, number in enumerate(wanted)}
    for group in grouped(units, lambda unit: (unit.statistic, len(places[unit.number]))):
        of_group = resampled[np.array([position[places[unit.number], unit.sets] for unit in group])].astype(float)
        out[[order[unit.number] for unit in group]] = group[0].statistic.value(np.moveaxis(of_group, 1, -1))
    return out


def _columns(plan: QueryPlan, found: Estimates, model: int, terms: Ids, sets: Sequence[SetUnit]) -> Columns:
    """The columns of terms, then those of set statistics."""
    quantities, n = found.quantities[model], len(plan.evidence)
    own = [(unit.rows, column) for unit in sets for column in found.columns[model, unit.number].T]
    values = np.zeros((len(quantities) + len(own), n), dtype=np.float32)
    values[: len(quantities)] = quantities
    for row, (rows, column) in zip(values[len(quantities) :], own, strict=True):
        row[rows] = column
    which = np.concatenate([plan.terms.quantity[terms], np.arange(len(quantities), len(values))])
    return Columns(values, which, np.concatenate([plan.terms.masks[terms], np.ones((len(own), n), dtype=bool)]))


def products(evidence: Evidence, columns: Columns, needed: Mask, count: int) -> Singles:
    """Weighted sums of columns over sets, in each replicate.

    A row weighs the same in every set, so rows that the same sets hold are multiplied once for all of them. Columns
    are multiplied and added up in single precision, which is exact for counts; blocks of rows bound the memory.

    Args:
        evidence: the rows, their sets and their weights.
        columns: m of them.
        needed: which of them are wanted over which of the S sets, shape (m, S).
        count: replicates, B.

    Returns:
        One row for each True of ``needed``, in its order, shape (P, B).
    """
    position = np.cumsum(needed).reshape(needed.shape) - 1
    out = np.zeros((int(needed.sum()), count), dtype=np.float32)
    weights = evidence.weights(count)
    for rows, sets in blocks(list(evidence.member.values())):
        here = np.flatnonzero(needed[:, sets].any(axis=1))
        if not here.size:
            continue
        product = columns.block(here, rows) @ weights[rows].astype(np.float32)
        for at in sets:
            mine = needed[here, at]
            out[position[here[mine], at]] += product[mine]
    return out


def blocks(members: Sequence[Mask]) -> Iterator[tuple[Rows, list[int]]]:
    """Cut the rows into blocks with the sets each counts for, so that every set is the sum of its blocks.

    Rows held by the same sets form a block. Where they are few they are dealt out to each of their sets instead.

    >>> [(rows.tolist(), sets) for rows, sets in blocks([np.array([True, True]), np.array([False, True])])]
    [([0, 1], [0]), ([1], [1])]
    """
    held = np.array(members)
    patterns, of_row = np.unique(held, axis=1, return_inverse=True)
    sizes = np.bincount(of_row, minlength=patterns.shape[1])
    for pattern in np.flatnonzero((sizes >= _SMALL) & patterns.any(axis=0)):
        yield from _cut(np.flatnonzero(of_row == pattern), np.flatnonzero(patterns[:, pattern]).tolist())
    rest = sizes[of_row] < _SMALL
    for at, member in enumerate(held):
        yield from _cut(np.flatnonzero(member & rest), [at])


def _cut(rows: Rows, sets: list[int]) -> Iterator[tuple[Rows, list[int]]]:
    for top in range(0, len(rows), _BLOCK_ROWS):
        yield rows[top : top + _BLOCK_ROWS], sets
