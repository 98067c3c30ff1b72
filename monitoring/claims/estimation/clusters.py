"""Rows that repeat by entity: entities are what is counted, and closed forms see no more rows than those are worth.

The bootstrap needs none of this: rows about one entity have one weight there.
"""

from dataclasses import replace

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.estimates import Estimates
from halflife.monitoring.claims.estimation.query_plan import QueryPlan, SetUnit, SumUnit
from halflife.monitoring.claims.evidence.evidence_rows import Rows
from halflife.monitoring.claims.statistics.base import SetStatistic

STEP = 1e-5
"""Of a sum, for its derivative."""


def by_entity(plan: QueryPlan, found: Estimates, alpha: float) -> Estimates:
    """The estimates with entities for rows; as they are where rows do not repeat.

    An interval in closed form is computed from its sums over the design effect, as if there were so many rows fewer.

    Args:
        plan: with the subjects.
        found: their estimates.
        alpha: error a side.

    Source: Rao, Scott, Biometrics 48, 1992.
    """
    entities = plan.evidence.entities
    if entities is None:
        return found
    rows, bounds = found.rows.copy(), found.bounds.copy()
    members = np.array(list(plan.evidence.member.values()))
    units: list[SumUnit | SetUnit] = [*plan.sums, *plan.sets]
    for unit in units:
        number, used = unit.number, _used(plan, unit, members)
        rows[number] = len(np.unique(entities[used]))
        for k in np.flatnonzero(np.isfinite(bounds[:, number, 0])).tolist():
            columns, whose = _columns(plan, found, k, unit, members)
            most = len(used) / rows[number]
            sums = columns.sum(axis=0) / design_effect(unit.statistic, columns, entities[whose], most)
            bounds[k, number] = unit.statistic.interval(sums, alpha)
    return replace(found, rows=rows, bounds=bounds)


def design_effect(statistic: SetStatistic, columns: Array, entities: Rows, most: float) -> float:
    """How many times the variance of θ is that of as many rows of different entities; at least 1.

    With ψ what a row contributes to θ, θ linearised about its sums: Σ over entities of (Σ ψ)² over Σ ψ².

    Args:
        statistic: of θ.
        columns: what each row contributes to the sums, shape (n, m).
        entities: the number of each row's, shape (n,).
        most: rows an entity; taken where θ stands at an end of its range and ψ says nothing, as if all rows of an
            entity were the same.

    Source: Kish, "Survey Sampling", 1965, section 8.2; Binder, International Statistical Review 51, 1983
    (linearisation).

    >>> from halflife.monitoring.claims.statistics import STATISTICS
    >>> twice = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    >>> round(design_effect(STATISTICS["accuracy"], twice, np.array([0, 0, 1, 1]), 2.0), 6)
    4.0
    """
    sums = columns.sum(axis=0)
    steps = np.diag(STEP * np.maximum(np.abs(sums), 1.0))
    slope = (statistic.value(sums + steps) - statistic.value(sums - steps)) / (2 * np.diag(steps))
    own = columns @ np.nan_to_num(slope)
    alone = float(own @ own)
    if alone <= (STEP / max(len(own), 1)) ** 2:
        return max(most, 1.0)
    together = np.bincount(entities, weights=own)
    groups = len(np.unique(entities))
    return max(float(together @ together) / alone * groups / max(groups - 1, 1), 1.0)


def _used(plan: QueryPlan, unit: SumUnit | SetUnit, members: Array) -> Rows:
    """The rows a subject is about."""
    if isinstance(unit, SetUnit):
        return unit.rows
    return np.flatnonzero(plan.terms.masks[unit.formula.counted] & members[unit.at])


def _columns(plan: QueryPlan, found: Estimates, k: int, unit: SumUnit | SetUnit, members: Array) -> tuple[Array, Rows]:
    """What rows contribute to a subject's sums by model k, shape (rows, m), and which rows."""
    if isinstance(unit, SetUnit):
        return found.columns[k, unit.number], unit.rows
    terms = np.array(unit.formula.terms)
    within = plan.terms.masks[terms] & members[list(unit.sets)]
    rows = np.flatnonzero(within.any(axis=0))
    return (found.quantities[k][plan.terms.quantity[terms]][:, rows] * within[:, rows]).T, rows
