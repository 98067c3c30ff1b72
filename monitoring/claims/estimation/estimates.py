"""θ of every subject of a plan, for one model or for several side by side."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from halflife.models.errors import EvidenceTooSmall
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.query_plan import CaseUnit, QueryPlan, SetUnit, SumUnit, counting
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.statistics.base import MIN_ROWS, require

T = TypeVar("T")


@dataclass(frozen=True)
class Estimates:
    """θ of U subjects by K models.

    Attributes:
        value: shape (K, U); NaN where it cannot be estimated.
        rows: rows each used, shape (U,); the same for every model.
        bounds: of an interval in closed form, shape (K, U, 2); NaN where the bootstrap serves better.
        reasons: (model, subject) -> why its θ cannot be estimated.
        quantities: of each model, shape (K, Q, n).
        columns: (model, subject) -> what each of the subject's rows contributes, shape (rows, m); of set statistics.
    """

    value: Array
    rows: npt.NDArray[np.intp]
    bounds: Array
    reasons: dict[tuple[int, int], str]
    quantities: Array
    columns: dict[tuple[int, int], Array]


def estimate(plan: QueryPlan, passes: Sequence[ModelPass], alpha: float = 0.05) -> Estimates:
    """Everything the plan asks of every model; the models' schema is the plan's.

    Args:
        plan: what is asked.
        passes: one a model.
        alpha: error a side of intervals in closed form.
    """
    shape = len(passes), len(plan.subjects)
    for sweep in passes:
        plan.prepare(sweep)
    found = Estimates(
        np.full(shape, np.nan),
        np.zeros(shape[1], dtype=np.intp),
        np.full((*shape, 2), np.nan),
        {(k, u): fault for k in range(shape[0]) for u, fault in plan.faults.items()},
        np.array([plan.terms.quantities(sweep) for sweep in passes]),
        {},
    )
    _sums(plan, found, alpha)
    for k, sweep in enumerate(passes):
        _sets(plan.sets, sweep, k, found, alpha)
        _cases(plan.cases, sweep, k, found)
    return found


def _sums(plan: QueryPlan, found: Estimates, alpha: float) -> None:
    sums = plan.terms.sums(found.quantities)
    for units in grouped(plan.sums, lambda unit: (unit.statistic, len(unit.formula.terms))):
        numbers, at = np.array([u.number for u in units]), np.array([u.at for u in units])
        of_terms = sums[:, np.array([u.formula.terms for u in units]), np.array([u.sets for u in units])]
        statistic = units[0].statistic
        found.value[:, numbers] = statistic.value(of_terms)
        if (bounds := statistic.interval(of_terms, alpha)) is not None:
            found.bounds[:, numbers] = bounds
        found.rows[numbers] = sums[0, [u.formula.counted for u in units], at]
        for k, u in np.argwhere(~np.isfinite(found.value[:, numbers])):
            found.reasons[int(k), units[u].number] = statistic.undefined
    _require(plan.sums, sums, found)


def _require(units: Iterable[SumUnit], sums: Array, found: Estimates) -> None:
    """Strike out what rests on too few rows."""
    needs = [
        (unit, term, least, what, unit.reference if elsewhere else unit.at)
        for unit in units
        for term, least, what, elsewhere in unit.formula.required
    ]
    if not needs:
        return
    terms, at = np.array([term for _, term, *_ in needs]), np.array([at for *_, at in needs])
    least = np.array([least for _, _, least, *_ in needs])
    short: dict[tuple[int, int], str] = {}
    for k, r in np.argwhere(sums[:, terms, at] < least):
        unit, term, needed, what, where = needs[r]
        short.setdefault((int(k), unit.number), _shortage(sums[k, term, where], needed, what))
    found.reasons.update(short)
    for place in short:
        found.value[place] = np.nan


def _shortage(count: float, least: int, what: str) -> str:
    try:
        require(count, least, what)
    except EvidenceTooSmall as error:
        return str(error)
    raise AssertionError(f"{count} {what} are enough")


def _sets(units: Iterable[SetUnit], sweep: ModelPass, k: int, found: Estimates, alpha: float) -> None:
    views: dict[int, View] = {}
    for unit in units:
        place = k, unit.number
        found.rows[unit.number] = len(unit.rows)
        try:
            require(len(unit.rows), MIN_ROWS, counting(unit.segment))
            view = views.setdefault(id(unit.rows), View(sweep, unit.rows))
            columns = unit.statistic.columns(view, unit.arguments)
        except EvidenceTooSmall as error:
            found.reasons[place] = str(error)
            continue
        sums = columns.sum(axis=0)
        found.columns[place] = columns
        found.value[place] = unit.statistic.value(sums)
        if (bounds := unit.statistic.interval(sums, alpha)) is not None:
            found.bounds[place] = bounds
        if not np.isfinite(found.value[place]):
            found.reasons[place] = unit.statistic.undefined


def _cases(units: Iterable[CaseUnit], sweep: ModelPass, k: int, found: Estimates) -> None:
    for unit in units:
        found.rows[unit.number] = 1
        try:
            found.value[k, unit.number] = unit.statistic.value(View(sweep, unit.rows), unit.arguments, unit.threshold)
        except EvidenceTooSmall as error:
            found.reasons[k, unit.number] = str(error)


def grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """Items with the same key together, groups and their items in the order of appearance.

    >>> grouped("abcab", lambda letter: letter)
    [['a', 'a'], ['b', 'b'], ['c']]
    """
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
