"""Columns that give the label away: alone, by being filled, in step with the label's arrival, or only together.

No model is asked, so columns that hide each other from its importances all come out.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from halflife.models.rows import RESERVED, TICK, Array, Mask
from halflife.monitoring.investigator.cells import Cells, cells
from halflife.monitoring.investigator.column_signal import auc_error
from halflife.monitoring.investigator.joint_signal import together

NEAR = 0.97
"""AUC beyond which one column alone is too good to be true."""
FILLED, VALUE = 0.8, 0.9
"""AUC beyond which it is too good that a column is filled, or that it has one certain value, whatever else it says."""
PURE, LIFT, PART = 0.9, 20.0, 0.1
"""Rate of the rarer label where a column has one value that is too good, how many times its odds are those of all rows,
and the part of all such labels that are there."""
ERRORS = 3.0
"""Standard errors by which a figure must be beyond its bound: one column in a thousand by chance."""
LEAST = 20
"""Fewest rows with either label, and fewest rows of a value, from which anything is concluded."""
MOST_ROWS = 20_000
EARLY = 0.1
"""Part of the filled share that rows without a label may have, where a column is filled in with the label."""


class How(StrEnum):
    """By what a column gives the label away."""

    VALUE = "value"
    FILLED = "filled"
    ARRIVAL = "arrival"
    TOGETHER = "together"


@dataclass(frozen=True)
class Leak:
    """One column, or columns that do it only together.

    Attributes:
        columns: their names.
        how: by what.
        auc: of it, in [½, 1]; NaN where arrival gives it away.
        said: what was seen, as a clause with the columns as its subject.
        where: the rows of the side that gives it away, as a predicate on them; empty where that is no one value.
    """

    columns: tuple[str, ...]
    how: How
    auc: float
    said: str
    where: Mask | None = None


def leaks(rows: pd.DataFrame, label: Array) -> tuple[Leak, ...]:
    """Columns that give the label away, the clearest first; those that do it together come last.

    Args:
        rows: features, raw or canonical, shape (n, p); reserved columns are no features. ``_tick``, where there is one,
            lets rows without a label be compared with those of their own tick.
        label: 0 or 1, NaN where it has not arrived, shape (n,).

    Returns:
        Nothing where fewer than 20 rows have either label.

    >>> truth = np.tile([0.0, 0.0, 1.0], 50)
    >>> rows = pd.DataFrame({"age": np.arange(150) % 47, "verdict": np.where(truth == 1, "guilty", None)})
    >>> [(leak.columns, leak.how.value, leak.said) for leak in leaks(rows, truth)]
    [(('verdict',), 'filled', 'where it is filled, 100% of the labels are 1; elsewhere 0%')]
    """
    step = max(1, -(-len(rows) // MOST_ROWS))
    rows, label = rows.iloc[::step], np.asarray(label, dtype=float)[::step]
    known = ~np.isnan(label)
    truth = label[known]
    if min(truth.sum(), len(truth) - truth.sum()) < LEAST:
        return ()
    columns = [cells(rows[name]) for name in rows.columns if name not in RESERVED]
    ticks = rows[TICK].to_numpy() if TICK in rows.columns else np.zeros(len(rows))
    found = [leak for column in columns if (leak := _arrival(column, known, ticks) or _alone(column.of(known), truth))]
    accused = {leak.columns[0] for leak in found}
    rest = [column.of(known) for column in columns if column.name not in accused]
    joint = [
        Leak(names, How.TOGETHER, value, f"together they rank {_rightly(value)}, the best of them alone {best:.0%}")
        for names, value, best in together(rest, truth, ERRORS)
    ]
    return (*sorted(found, key=lambda leak: -np.nan_to_num(leak.auc, nan=1.0)), *joint)


def _arrival(column: Cells, known: Mask, ticks: Array) -> Leak | None:
    """A column that is filled with its label: hardly a row whose label has not arrived has it, in the same ticks."""
    both = np.isin(ticks, np.intersect1d(ticks[known], ticks[~known]))
    waiting, there = ~column.missing[both & ~known], ~column.missing[both & known]
    if min(len(waiting), len(there)) < LEAST:
        return None
    share, early = float(there.mean()), float(waiting.mean())
    if _upper(early, len(waiting)) >= EARLY * _lower(share, len(there)):
        return None
    seen = f"{share:.0%} of the rows whose label has arrived have it, {early:.0%} of those that wait for theirs"
    return Leak((column.name,), How.ARRIVAL, float("nan"), seen)


def _alone(column: Cells, truth: Array) -> Leak | None:
    """The clearest of three: being filled, one certain value, the whole order of the column."""
    if (by := _side(column, truth, ~column.missing, "it is filled", FILLED)) is not None:
        return by
    for value in column.frequent(LEAST):
        if (by := _side(column, truth, column.equal(value), f"it is {column.word(value)}", VALUE)) is not None:
            return by
    whole = column.signal(truth)
    if _bound(whole, truth) < NEAR:
        return None
    return Leak((column.name,), How.VALUE, whole, f"by itself it ranks {_rightly(whole)}")


def _side(column: Cells, truth: Array, inside: Mask, where: str, bar: float) -> Leak | None:
    """Whether being inside or outside of one part of the rows gives the label away."""
    size, n = int(inside.sum()), len(inside)
    if min(size, n - size) < LEAST:
        return None
    rare = int(truth.mean() < 0.5)
    is_rare = truth == rare
    within, without = float(is_rare[inside].mean()), float(is_rare[~inside].mean())
    hits, alarms = float(inside[is_rare].mean()), float(inside[~is_rare].mean())
    value = 0.5 + abs(hits - alarms) / 2
    odds = LIFT * is_rare.mean() / (1 - is_rare.mean())
    pure = any(
        _lower(rate, rows) >= max(PURE, odds / (1 + odds)) and part >= PART
        for rate, rows, part in ((within, size, hits), (without, n - size, 1 - hits))
    )
    if not pure and _bound(value, truth) < bar:
        return None
    said = f"where {where}, {within:.0%} of the labels are {rare}; elsewhere {without:.0%}"
    how = How.FILLED if where == "it is filled" else How.VALUE
    return Leak((column.name,), how, value, said, inside if within >= without else ~inside)


def _rightly(value: float) -> str:
    return f"a random pair rightly {value:.1%} of the time"


def _bound(value: float, truth: Array) -> float:
    positives = float(truth.sum())
    return value - ERRORS * float(auc_error(value, positives, len(truth) - positives))


def _lower(rate: float, n: int) -> float:
    """Lower bound of a share of ``n`` rows. Source: Wilson, JASA 22, 1927."""
    z = ERRORS
    error = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return float((rate + z * z / (2 * n) - error) / (1 + z * z / n))


def _upper(rate: float, n: int) -> float:
    return 1 - _lower(1 - rate, n)
