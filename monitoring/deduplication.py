"""What came before: rows and labels that an earlier tick has brought already."""

import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, TICK
from halflife.monitoring.row_validation import Conformed, set_aside


def without_seen_rows(new: Conformed, earlier: pd.DataFrame) -> Conformed:
    """Set aside the rows whose id came before.

    Args:
        new: the rows of this tick.
        earlier: ``_id`` and ``_tick`` of the stored rows that share an id with them.

    >>> new = Conformed(pd.DataFrame({"_id": ["a", "b"]}), pd.DataFrame(columns=["id", "reason", "row"]))
    >>> done = without_seen_rows(new, pd.DataFrame({"_id": ["b"], "_tick": [3]}))
    >>> done.rows["_id"].tolist(), done.quarantined["reason"].tolist()
    (['a'], ["id 'b' was already seen in tick 3"])
    """
    if earlier.empty:
        return new
    held = new.rows[[ROW_ID]].merge(earlier, on=ROW_ID, how="left")
    known = held[TICK].notna()
    seen = held[known]
    reasons = {
        at: f"id {name!r} was already seen in tick {tick:.0f}"
        for at, name, tick in zip(seen.index, seen[ROW_ID], seen[TICK], strict=True)
    }
    return _without(new, known, reasons)


def without_seen_labels(new: Conformed, earlier: pd.DataFrame) -> Conformed:
    """Leave out the labels that came before; set aside those that now say otherwise.

    Args:
        new: the labels of this tick.
        earlier: ``_id``, ``_tick`` and ``_label`` of the stored labels that share an id with them.

    >>> new = Conformed(pd.DataFrame({"_id": ["a", "b"], "_label": [1.0, 0.0]}), pd.DataFrame())
    >>> done = without_seen_labels(new, pd.DataFrame({"_id": ["a", "b"], "_tick": [3, 3], "_label": [1.0, 1.0]}))
    >>> len(done.rows), done.quarantined["reason"].tolist()
    (0, ['label 0 contradicts the label 1 that came in tick 3'])
    """
    if earlier.empty:
        return new
    held = new.rows.merge(earlier, on=ROW_ID, how="left", suffixes=("", "_held"))
    known = held[TICK].notna()
    other = held[known & (held[LABEL] != held[f"{LABEL}_held"])]
    reasons = {
        at: f"label {now:.0f} contradicts the label {then:.0f} that came in tick {tick:.0f}"
        for at, now, then, tick in zip(other.index, other[LABEL], other[f"{LABEL}_held"], other[TICK], strict=True)
    }
    return _without(new, known, reasons)


def _without(new: Conformed, known: pd.Series, reasons: dict[int, str]) -> Conformed:
    quarantined = pd.concat([new.quarantined, set_aside(new.rows, reasons)], ignore_index=True)
    return Conformed(new.rows.loc[~known].reset_index(drop=True), quarantined)
