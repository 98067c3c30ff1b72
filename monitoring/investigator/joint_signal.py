"""Columns that tell little of the label alone and nearly everything together."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from halflife.models.rows import Array, Rows
from halflife.monitoring.investigator.cells import Cells
from halflife.monitoring.investigator.column_signal import auc, auc_error

JOINT, WEAK = 0.95, 0.8
"""AUC that columns must have together, and that each must stay below alone."""
BINS = 8
PRIOR = 1.0
"""Rows' worth of the overall rate that each cell starts from."""
RIDGE = 1e-6
LARGEST = 4
"""Most columns that are said to do it together: many that do are an easy question, not a leak."""
MOST_COLUMNS = 60
"""Columns that are looked at together, since pairs grow with the square; the most telling first."""


def together(columns: Sequence[Cells], truth: Array, errors: float) -> list[tuple[tuple[str, ...], float, float]]:
    """Sets of columns, their AUC together and the best AUC of one of them alone; a column is in one set at most.

    Two views, each fitted on one half of the rows and tried on the other: the rate of the label in each cell of a pair,
    8 by 8 quantiles and missing, which sees an exclusive or; and least squares on the values and on what is missing,
    which sees a sum, with the weakest column taken out as long as the rest still do.

    Args:
        columns: none of which gives the label away alone; shape (n,) each.
        truth: 0 or 1, shape (n,).
        errors: standard errors by which the AUC must be beyond its bound.

    >>> rng = np.random.default_rng(0)
    >>> a, b, c = rng.integers(0, 2, (3, 400)).astype(float)
    >>> together([Cells("a", a), Cells("b", b), Cells("c", c)], np.abs(a - b), 3.0)[0][:2]
    (('a', 'b'), 1.0)
    """
    alone = {column.name: column.signal(truth) for column in columns}
    ranked = sorted(columns, key=lambda column: -alone[column.name])
    weak = [column for column in ranked if alone[column.name] < WEAK][:MOST_COLUMNS]
    found: list[tuple[tuple[str, ...], float, float]] = []
    used: set[str] = set()
    while len(weak) > 1 and (best := _pair(weak, truth, errors) or _sum(weak, truth, errors)):
        names, value = best
        names = tuple(name for name in alone if name in names)  # as the table has them
        found.append((names, value, max(alone[name] for name in names)))
        used |= set(names)
        weak = [column for column in weak if column.name not in used]
    return found


def _beyond(value: float, truth: Array, errors: float) -> bool:
    positives = float(truth.sum())
    return value - errors * float(auc_error(value, positives, len(truth) - positives)) >= JOINT


def _folds(n: int) -> Rows:
    return np.asarray(np.arange(n) // 4 % 2)


def _pair(columns: Sequence[Cells], truth: Array, errors: float) -> tuple[tuple[str, ...], float] | None:
    """The pair whose cells rank best, if that is beyond the bound."""
    hot = np.concatenate([np.eye(BINS + 1, dtype=np.float32)[column.binned(BINS)] for column in columns], axis=1)
    rate, counts = float(truth.mean()), []
    for half in (0, 1):
        part = hot[_folds(len(truth)) == half]
        ones = part[truth[_folds(len(truth)) == half] == 1]
        counts.append((ones.T @ ones, part.T @ part))
    best, value = (0, 0), 0.0
    for i, j in combinations(range(len(columns)), 2):
        at = np.s_[i * (BINS + 1) : (i + 1) * (BINS + 1), j * (BINS + 1) : (j + 1) * (BINS + 1)]
        (one, all_one), (two, all_two) = ((ones[at].ravel(), every[at].ravel()) for ones, every in counts)
        here = (
            _cell_auc((two + PRIOR * rate) / (all_two + PRIOR), one, all_one - one)
            + _cell_auc((one + PRIOR * rate) / (all_one + PRIOR), two, all_two - two)
        ) / 2
        if here > value:
            best, value = (i, j), here
    return (tuple(columns[k].name for k in best), value) if _beyond(value, truth, errors) else None


def _cell_auc(scores: Array, ones: Array, zeros: Array) -> float:
    """AUC of rows that share the scores of their cells, from the rows with either label in each cell; ties count half."""
    values, at = np.unique(scores, return_inverse=True)
    m, n = np.bincount(at, ones, len(values)), np.bincount(at, zeros, len(values))
    below = np.cumsum(n) - n
    return float((m * (below + n / 2)).sum() / max(m.sum() * n.sum(), 1))


def _sum(columns: Sequence[Cells], truth: Array, errors: float) -> tuple[tuple[str, ...], float] | None:
    """The fewest columns found of which a weighted sum ranks beyond the bound; None where none or too many do."""
    parts, owner = _parts(columns)
    kept = list(dict.fromkeys(owner))
    value, weight = _least_squares(parts, truth)
    if not _beyond(value, truth, errors):
        return None
    while len(kept) > 2:
        weakest = min(kept, key=lambda name: max(w for w, of in zip(weight, owner, strict=True) if of == name))
        stay = [k for k, of in enumerate(owner) if of != weakest]
        fewer, lighter = _least_squares(parts[:, stay], truth)
        if not _beyond(fewer, truth, errors):
            break
        value, weight, parts, owner = fewer, lighter, parts[:, stay], [owner[k] for k in stay]
        kept.remove(weakest)
    return (tuple(kept), value) if 2 <= len(kept) <= LARGEST else None


def _parts(columns: Sequence[Cells]) -> tuple[Array, list[str]]:
    """Values of numbers and what is missing of each column, centred and of unit spread, with the column of each."""
    parts, owner = [], []
    for column in columns:
        for part in (() if column.words else (np.where(column.missing, np.nan, column.numbers),)) + (
            column.missing.astype(float),
        ):
            centred = np.nan_to_num(part - (np.nanmean(part) if np.isfinite(part).any() else 0.0))
            if (spread := float(centred.std())) > 0:
                parts.append(centred / spread)
                owner.append(column.name)
    return np.column_stack(parts) if parts else np.zeros((len(columns[0].numbers), 1)), owner or [columns[0].name]


def _least_squares(parts: Array, truth: Array) -> tuple[float, Array]:
    """Cross-fitted AUC of a linear probability, and the size of each weight on all rows."""
    fold, centred = _folds(len(truth)), truth - truth.mean()
    scores = np.empty(len(truth))
    for half in (0, 1):
        scores[fold == half] = parts[fold == half] @ _solved(parts[fold != half], centred[fold != half])
    return float(auc(scores[:, None], truth)[0]), np.abs(_solved(parts, centred))


def _solved(parts: Array, centred: Array) -> Array:
    gram = parts.T @ parts
    return np.asarray(np.linalg.solve(gram + RIDGE * len(parts) * np.eye(len(gram)), parts.T @ centred))
