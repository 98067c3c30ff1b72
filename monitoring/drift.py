"""Whether the newest rows differ from those the champion learned from: what can be compared, and how scores are read.

**Rule.** A watch alarms when any input, the prediction or the label has moved. A column has moved when

* its values score at or above its threshold, which is Evidently's own 0.1 for a distance, raised to the column's noise
  floor where few rows or many categories make 0.1 a matter of chance (``adapters/evidently_floor.py``), or
* its share of missing values changed by 0.1 or more (not for the label, which is late by nature), or
* it was constant and 0.1 or more of its values are now something else.

Evidently's own rule, half of all columns, would let one broken column among twenty pass. One column is enough here
because the floors hold the chance of a false alarm to about 1 % a watch, all columns together (*measured*: up to 4 %
where every column has heavy tails). Without drift at 1,000 rows a side, the bare 0.1 fires in 2 to 10 % of numeric
columns and in every column of 100 categories.

Below 1,000 rows a side a watch is not powered: it scores what it can and alarms on nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from models.domain import ColumnDrift, Drift
from models.rows import LABEL, Kind, Schema

MIN_ROWS = 1_000
THRESHOLD = 0.1
METHODS = {Kind.NUMERIC: "wasserstein", Kind.CATEGORICAL: "jensenshannon"}
"""Distances rather than p-values: a p-value flags any difference once there are enough rows."""
PREDICTION = "prediction"
MISSING_SHARE = "missing share"
NEW_VALUES = "share of new values"
NAMED = 3
"""Columns a note names before it counts the rest."""


@dataclass(frozen=True)
class Comparison:
    """Two frames with the same columns and types, and what had to be left out.

    Attributes:
        reference: columns of ``kinds``, numeric as float64, categorical as object, NaN for missing.
        current: the same columns.
        kinds: column -> how it is compared.
        aside: column -> why it cannot be compared.
        moved: columns that cannot be compared by their values but have plainly moved.
        missing: column -> share of missing values (before, now), every column.
    """

    reference: pd.DataFrame
    current: pd.DataFrame
    kinds: Mapping[str, Kind]
    aside: Mapping[str, str]
    moved: tuple[ColumnDrift, ...]
    missing: Mapping[str, tuple[float, float]]


def compare(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> Comparison:
    """Bring two canonical frames to common types and set aside what has no distribution to compare.

    Text in a numeric column counts as missing there, so a column that changes its type is seen as one that empties.

    Args:
        reference: canonical frame, with a ``prediction`` column where there is a model.
        current: the same.
        schema: of the features.
    """
    kinds = {c.name: c.kind for c in schema.columns}
    sources = {name: name for name in kinds}
    if PREDICTION in reference.columns and PREDICTION in current.columns:
        kinds[PREDICTION], sources[PREDICTION] = Kind.NUMERIC, PREDICTION
    if LABEL in reference.columns and LABEL in current.columns:
        name = "label" if "label" not in kinds else LABEL
        kinds[name], sources[name] = Kind.CATEGORICAL, LABEL
    sides = [
        pd.DataFrame({name: _column(frame, sources[name], kind) for name, kind in kinds.items()}, index=frame.index)
        for frame in (reference, current)
    ]
    least = MIN_ROWS if min(len(reference), len(current)) >= MIN_ROWS else 2
    aside, moved = {}, []
    missing = {name: (_share(sides[0][name].isna()), _share(sides[1][name].isna())) for name in kinds}
    for name in kinds:
        before, now = (side[name].dropna() for side in sides)
        if before.empty or now.empty:
            aside[name] = "is empty" if before.empty and now.empty else "was empty" if before.empty else "is empty now"
        elif min(len(before), len(now)) < least:
            aside[name] = f"has {min(len(before), len(now)):,} values"
        elif (before == before.iloc[0]).all():
            other = _share(now != before.iloc[0])
            aside[name] = "is constant" if other == 0 else "was constant"
            if other > 0:
                moved.append(ColumnDrift(name, NEW_VALUES, other, THRESHOLD, other >= THRESHOLD))
    kept = {name: kind for name, kind in kinds.items() if name not in aside}
    shifts = {name: abs(now - before) for name, (before, now) in missing.items() if sources[name] != LABEL}
    if len(reference) and len(current):
        moved += [ColumnDrift(name, MISSING_SHARE, s, THRESHOLD, True) for name, s in shifts.items() if s >= THRESHOLD]
    return Comparison(sides[0][list(kept)], sides[1][list(kept)], kept, aside, tuple(moved), missing)


def without(comparison: Comparison, failed: Mapping[str, str]) -> Comparison:
    """The comparison with further columns set aside."""
    kinds = {name: kind for name, kind in comparison.kinds.items() if name not in failed}
    return replace(comparison, kinds=kinds, aside={**comparison.aside, **failed})


def _column(frame: pd.DataFrame, name: str, kind: Kind) -> pd.Series:
    """One column as float64 or as text in an object column, missing as NaN; all missing when the frame lacks it."""
    if name not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype=float if kind is Kind.NUMERIC else object)
    if kind is Kind.NUMERIC:
        values: pd.Series = pd.to_numeric(frame[name], errors="coerce").astype(float)
        return values.where(np.isfinite(values))
    text: pd.Series = frame[name].astype(object)
    return text.where(text.isna(), text.map(str)).astype(object)


def _share(mask: "pd.Series[bool]") -> float:
    return float(mask.mean()) if len(mask) else 0.0


def read(metrics: Iterable[Mapping[str, Any]]) -> tuple[ColumnDrift, ...]:
    """The scores in the ``metrics`` of Evidently's ``Snapshot.dict()``; a score that is no number is left out.

    Every method asked for is a distance, so a column has drifted when its score reaches the threshold. Evidently sums
    over categories in the order of a set, which differs between processes, so scores are read to nine decimals.

    >>> config = {"type": "evidently:metric_v2:ValueDrift", "column": "age", "method": "wasserstein", "threshold": 0.1}
    >>> read([{"config": config, "value": 0.25}])
    (ColumnDrift(name='age', method='wasserstein', score=0.25, threshold=0.1, drifted=True),)
    """
    found = [(m["config"], round(float(m["value"]), 9)) for m in metrics if m["config"]["type"].endswith(":ValueDrift")]
    return tuple(
        ColumnDrift(c["column"], c["method"], score, float(c["threshold"]), score >= float(c["threshold"]))
        for c, score in found
        if np.isfinite(score)
    )


def judge(
    scores: Sequence[ColumnDrift],
    comparison: Comparison,
    *,
    tick: int,
    first_tick: int,
    against: int,
    rows: tuple[int, int],
    judged: int | None = None,
) -> Drift:
    """One watch, from the scores of its columns.

    Args:
        scores: of the columns that were compared by their values.
        comparison: what they were computed on.
        tick: last tick watched.
        first_tick: first tick watched.
        against: number of the champion.
        rows: (reference, current) rows there were.
        judged: rows on the smaller side that were looked at, where that was a sample; default: all.
    """
    best = {column.name: column for column in scores}
    for column in comparison.moved:
        if column.name not in best or (column.drifted and not best[column.name].drifted):
            best[column.name] = column
    order = {name: i for i, name in enumerate(comparison.missing)}
    columns = tuple(sorted(best.values(), key=lambda c: order[c.name]))
    powered = (min(rows) if judged is None else judged) >= MIN_ROWS
    moved = [c.name for c in sorted(columns, key=lambda c: -c.score / c.threshold) if c.drifted]
    return Drift(
        tick=tick,
        against=against,
        first_tick=first_tick,
        columns=columns,
        drifted=powered and bool(moved),
        powered=powered,
        note=_note(moved, len(columns), comparison.aside, rows, powered=powered),
        missing={name: now for name, (_, now) in comparison.missing.items()},
        rows=rows,
    )


def _note(moved: list[str], n: int, aside: Mapping[str, str], rows: tuple[int, int], *, powered: bool) -> str:
    """One plain sentence."""
    if not powered:
        return f"Too few rows to tell: {rows[0]:,} in the reference and {rows[1]:,} now, where {MIN_ROWS:,} a side are needed."
    if moved:
        said = f"{listed([f'{name} ({aside[name]})' if name in aside else name for name in moved])} moved ({len(moved)} of {n} columns)"
    else:
        said = f"None of {n} columns moved" if n else "No column could be compared"
    left = [f"{name} {why}" for name, why in aside.items() if name not in moved]
    return said + (f"; not compared: {listed(left)}." if left else ".")


def listed(names: Sequence[str], limit: int = NAMED) -> str:
    """Names as one would say them.

    >>> listed(["age"]), listed(["age", "job"]), listed(["a", "b", "c", "d", "e"])
    ('age', 'age and job', 'a, b, c and 2 more')
    """
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {len(names) - limit} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))
