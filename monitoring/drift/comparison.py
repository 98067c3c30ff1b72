"""Whether the newest rows differ from those the champion learned from: what can be compared, and how scores are read.

**Rule.** A watch alarms when any input, the prediction or the label has moved. A column has moved when

* its distance is at or above its threshold, which is Evidently's own 0.1, raised to the column's noise floor where few
  rows or many categories make 0.1 a matter of chance (``sketches/floor.py``), or
* its share of missing values changed by 0.1 or more (not for the label, which is late by nature), or
* it was constant and 0.1 or more of its values are now something else.

Evidently's own rule, half of all columns, would let one broken column among twenty pass. One column is enough here
because the floors hold the chance of a false alarm to about 1 % a watch, all columns together. Without drift at 1,000
rows a side, the bare 0.1 fires in 2 to 10 % of numeric columns and in every column of 100 categories.

Below 1,000 rows a side a watch is not powered: it scores what it can and alarms on nothing.

Distances are those of all rows to within ``sketches.distances.TOLERANCE``; a distance that near its threshold is exact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halflife.models.domain import ColumnDrift, Drift
from halflife.models.rows import LABEL, Kind, Schema
from halflife.monitoring.drift.sketches.column import Numbers
from halflife.monitoring.drift.sketches.distances import ColumnPair, distance
from halflife.monitoring.drift.sketches.floor import noise_floor
from halflife.monitoring.drift.sketches.profile import Profile

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
class DriftComparison:
    """What two sides' columns have to say.

    Attributes:
        scores: of the columns that were compared by their values.
        aside: column -> why it cannot be compared.
        moved: columns that have plainly moved without a distance to say so.
        missing: column -> share of missing values (before, now), every column.
    """

    scores: tuple[ColumnDrift, ...]
    aside: Mapping[str, str]
    moved: tuple[ColumnDrift, ...]
    missing: Mapping[str, tuple[float, float]]


def prediction_of(schema: Schema) -> str:
    """What the prediction is called beside these features."""
    return PREDICTION if PREDICTION not in schema.names else f"_{PREDICTION}"


def label_of(schema: Schema) -> str:
    """What the label is called beside these features."""
    return "label" if "label" not in schema.names else LABEL


def compare(
    reference: Profile,
    current: Profile,
    values: Callable[[str], tuple[Any, Any]],
    rng: np.random.Generator,
    *,
    late: str = "label",
) -> DriftComparison:
    """Score what has a distribution to compare, and set aside the rest.

    Args:
        reference: what is kept of the rows the champion learned from.
        current: of the newest rows, the same columns over the same bins.
        values: reads a column's values, reference and current, where the bins do not say enough.
        rng: source of the noise floors' shuffles.
        late: the column whose missing values are no drift.
    """
    least = MIN_ROWS if min(reference.rows, current.rows) >= MIN_ROWS else 2
    empty = [side.missing_shares() for side in (reference, current)]
    missing = {name: (empty[0][name], empty[1][name]) for name in reference.columns}
    aside, moved, kept = {}, [], {}
    for name, before in reference.columns.items():
        columns = ColumnPair(before, current.columns[name], lambda name=name: values(name))  # type: ignore[misc] # mypy 12557
        sizes = before.present, columns.current.present
        if not all(sizes):
            aside[name] = "was empty" if any(sizes[1:]) else "is empty now" if sizes[0] else "is empty"
        elif min(sizes) < least:
            aside[name] = f"is known for {min(sizes):,} rows"
        elif (other := _new_values(columns)) is not None:
            aside[name] = "is constant" if other == 0 else "was constant"
            if other > 0:
                moved.append(ColumnDrift(name, NEW_VALUES, other, THRESHOLD, other >= THRESHOLD))
        else:
            kept[name] = columns
    if reference.rows and current.rows:
        shifts = {name: abs(now - before) for name, (before, now) in missing.items() if name != late}
        moved += [ColumnDrift(name, MISSING_SHARE, s, THRESHOLD, True) for name, s in shifts.items() if s >= THRESHOLD]
    scores = [_scored(name, columns, len(kept), rng) for name, columns in kept.items()]
    return DriftComparison(tuple(s for s in scores if np.isfinite(s.score)), aside, tuple(moved), missing)


def _new_values(columns: ColumnPair) -> float | None:
    """Share of the current values that differ from the only one there was; None when there was more than one."""
    before, now = columns.reference, columns.current
    if isinstance(before, Numbers):
        if before.moments[0] != before.moments[1]:
            return None
        at = int(np.searchsorted(before.edges.values, before.moments[0], side="right"))
        if not before.edges.single[at]:
            return float((columns.read[1] != before.moments[0]).mean())
    else:
        occupied = np.flatnonzero(before.counts)
        if len(occupied) > 1:
            return None
        if before.folded.any():
            return _new_values(columns.sharpened())
        at = int(occupied[0])
    return 1 - float(now.counts[at] / now.present)


def _scored(name: str, columns: ColumnPair, compared: int, rng: np.random.Generator) -> ColumnDrift:
    """A column's distance against its threshold, to nine decimals: sums end differently in their last."""
    method = METHODS[Kind.NUMERIC if isinstance(columns.reference, Numbers) else Kind.CATEGORICAL]
    fitted = columns.fitted(method)
    threshold = max(THRESHOLD, noise_floor(fitted.reference, fitted.current, compared, rng))
    found = distance(method, fitted, threshold)
    score = round(found.value, 9)
    return ColumnDrift(name, method, score, threshold, score >= threshold, round(found.error, 9))


def judge(
    comparison: DriftComparison,
    *,
    tick: int,
    first_tick: int,
    against: int,
    rows: tuple[int, int],
) -> Drift:
    """One watch, from what its columns say.

    Args:
        comparison: of all columns.
        tick: last tick watched.
        first_tick: first tick watched.
        against: number of the champion.
        rows: (reference, current) rows there were.
    """
    best = {column.name: column for column in comparison.scores}
    for column in comparison.moved:
        if column.name not in best or (column.drifted and not best[column.name].drifted):
            best[column.name] = column
    order = {name: i for i, name in enumerate(comparison.missing)}
    columns = tuple(sorted(best.values(), key=lambda c: order[c.name]))
    powered = min(rows) >= MIN_ROWS
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
