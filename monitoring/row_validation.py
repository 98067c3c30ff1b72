"""Make raw rows canonical, or say of each one that cannot be why not.

Bad rows are set aside one by one. When most of a column no longer fits, the column has changed its meaning, and setting
aside nearly every row would hide that: it is an error for the owner of the feed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any

import numpy as np
import pandas as pd

from halflife.models.errors import SchemaError
from halflife.models.rows import ENTITY, LABEL, PROPENSITY, ROW_ID, Array, Kind, Mask, Schema

QUARANTINE = ("id", "reason", "row")
FEW = 5
"""With fewer misfits than this a column is never called changed: one bad cell in a tick of one row is a bad row."""


@dataclass(frozen=True)
class Conformed:
    """What came of raw rows.

    Attributes:
        rows: those that fit, in the order they came, index from 0: ``_id`` and the features (canonical), or ``_id`` and
            ``_label``.
        quarantined: those that do not: ``id`` (empty when there is none), ``reason``, ``row`` (as JSON).
    """

    rows: pd.DataFrame
    quarantined: pd.DataFrame


def conform(rows: pd.DataFrame, schema: Schema, *, explored: bool = True) -> Conformed:
    """Canonical rows of one tick: numeric features float64, categorical ones str, missing NaN.

    Args:
        rows: ``_id`` and the features, as they came, and ``_entity`` where rows repeat by entity, ``_propensity`` where
            it is logged. A row whose entity is missing is its own; one without a probability is set aside.
        schema: what the features must be.
        explored: no propensity may be 0.

    Raises:
        SchemaError: a column is missing, is extra, or mostly no longer fits its kind.

    >>> from halflife.models.rows import Column
    >>> raw = pd.DataFrame({"_id": ["a", "b", "c"], "age": ["31", "abc", ""]})
    >>> done = conform(raw, Schema((Column("age", Kind.NUMERIC),)))
    >>> done.rows["age"].tolist()
    [31.0, nan]
    >>> done.quarantined.iloc[0].to_dict()
    {'id': 'b', 'reason': "age: 'abc' is not a number", 'row': '{"_id": "b", "age": "abc"}'}
    """
    require_columns([name for name in rows.columns if name not in (ROW_ID, ENTITY, PROPENSITY)], schema)
    rows = rows.reset_index(drop=True)
    ids = _ids(rows[ROW_ID])
    reasons: dict[int, list[str]] = defaultdict(list)
    for position in np.flatnonzero(ids.isna()).tolist():
        reasons[position].append("no id")
    canonical: dict[str, Any] = {ROW_ID: ids}
    if ENTITY in rows.columns:
        canonical[ENTITY] = _ids(rows[ENTITY]).fillna(ids)
    if PROPENSITY in rows.columns:
        chance, _ = _numbers(rows[PROPENSITY])
        for position in np.flatnonzero(~((chance > 0) & (chance <= 1) | (chance == 0) & (not explored))).tolist():
            said = _json(rows[PROPENSITY].iloc[position])
            what = "missing" if said is None else f"{_plain(said)!r} is not above 0 and at most 1"
            reasons[position].append(f"propensity: {what}")
        canonical[PROPENSITY] = chance
    for column in schema.columns:
        raw = rows[column.name]
        if column.kind is Kind.CATEGORICAL:
            canonical[column.name] = _texts(raw)
            continue
        values, misfits = _numbers(raw)
        infinite = np.isinf(values)
        _require_fit(raw, misfits | infinite, int((misfits | ~np.isnan(values)).sum()), ids)
        for position in np.flatnonzero(misfits).tolist():
            reasons[position].append(f"{column.name}: {str(raw.iloc[position])!r} is not a number")
        for position in np.flatnonzero(infinite).tolist():
            reasons[position].append(f"{column.name}: infinite")
        canonical[column.name] = values
    frame = pd.DataFrame(canonical)
    # Of a repeated id the first row that fits stays.
    good = frame.drop(index=list(reasons))
    repeated = good[ROW_ID].duplicated()
    for position in good.index[repeated].tolist():
        reasons[position].append("id repeated in this tick")
    quarantined = set_aside(rows, {at: "; ".join(why) for at, why in reasons.items()})
    return Conformed(good[~repeated].reset_index(drop=True), quarantined)


def conform_labels(labels: pd.DataFrame) -> Conformed:
    """Labels of one tick as 0.0 or 1.0, one an id: the first. A missing label is a label that has not arrived.

    Args:
        labels: ``_id`` and ``_label``, as they came.

    >>> done = conform_labels(pd.DataFrame({"_id": ["a", "b", "a", "c"], "_label": [1, 0, 0, 7]}))
    >>> done.rows.to_numpy().tolist()
    [['a', 1.0], ['b', 0.0]]
    >>> done.quarantined["reason"].tolist()
    ['label 0 contradicts the label 1 that came first', "label: '7' is neither of the two values"]
    """
    raw = labels[LABEL].reset_index(drop=True)
    values, misfits = _numbers(raw)
    frame = pd.DataFrame({ROW_ID: _ids(labels[ROW_ID]), LABEL: values})
    binary, anonymous = np.isin(values, [0.0, 1.0]), frame[ROW_ID].isna().to_numpy()
    arrived = ~np.isnan(values) | misfits
    reasons = {
        int(at): f"label: {_plain(raw.iloc[at])!r} is neither of the two values"
        for at in np.flatnonzero(arrived & ~binary)
    }
    reasons |= {int(at): "no id" for at in np.flatnonzero(binary & anonymous)}
    named = frame.loc[binary & ~anonymous]
    repeated = named.duplicated(ROW_ID)
    first = named.groupby(ROW_ID, sort=False)[LABEL].transform("first")
    other = repeated & (named[LABEL] != first)
    reasons |= {
        at: f"label {now:.0f} contradicts the label {then:.0f} that came first"
        for at, now, then in zip(named.index[other], named.loc[other, LABEL], first[other], strict=True)
    }
    return Conformed(named.loc[~repeated].reset_index(drop=True), set_aside(labels, reasons))


def require_columns(names: Iterable[str], schema: Schema) -> None:
    """Raise SchemaError unless ``names`` are the schema's, in any order."""
    here = list(names)
    missing = [name for name in schema.names if name not in here]
    extra = [name for name in here if name not in schema.names]
    if missing:
        raise SchemaError(
            f"column {_listed(missing)} is missing from the feed; the store has had it since its first tick. "
            f"Bring it back, or start a new home whose [feed] says ignore = {_toml(missing)}"
        )
    if extra:
        raise SchemaError(
            f"column {_listed(extra)} is new in the feed; the store fixed its columns with its first tick. "
            f"Say ignore = {_toml(extra)} in [feed], or start a new home to use it"
        )


def set_aside(rows: pd.DataFrame, reasons: Mapping[int, str]) -> pd.DataFrame:
    """The quarantine entries of the rows at the given positions, by position: ``id``, ``reason``, ``row`` (JSON)."""
    if not reasons:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in QUARANTINE})
    positions = sorted(reasons)
    records = rows.iloc[positions].to_dict("records")
    ids = _ids(rows[ROW_ID]).iloc[positions].fillna("")
    return pd.DataFrame(
        {
            "id": ids.to_numpy(dtype=object),
            "reason": [reasons[at] for at in positions],
            "row": [dumps({str(k): _json(v) for k, v in record.items()}, ensure_ascii=False) for record in records],
        },
        dtype="str",
    )


def of_labels(quarantined: pd.DataFrame) -> Mask:
    """Which quarantine entries are of labels that came, not of rows; shape (n,).

    >>> done = conform_labels(pd.DataFrame({"_id": ["c"], "_label": [7]}))
    >>> of_labels(done.quarantined).tolist()
    [True]
    """
    return np.asarray(quarantined["row"].astype("str").str.contains(f'"{LABEL}":', regex=False), dtype=bool)


def _ids(raw: pd.Series) -> pd.Series:
    """Identities as text; whole numbers without a decimal point, since 7 becomes 7.0 beside a missing id."""
    raw = raw.reset_index(drop=True)
    if pd.api.types.is_float_dtype(raw.dtype) and (raw.dropna() % 1 == 0).all():
        raw = raw.astype("Int64")
    return _blank_is_missing(raw.astype("str"))


def _numbers(raw: pd.Series) -> tuple[Array, Mask]:
    """Values with NaN for missing, shape (n,), and which cells are there but are no number."""
    if pd.api.types.is_numeric_dtype(raw.dtype):
        return raw.to_numpy(dtype=float, na_value=np.nan), np.zeros(len(raw), dtype=bool)
    text = _blank_is_missing(raw.astype("str").str.strip())
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return values, np.isnan(values) & text.notna().to_numpy() & (text.str.lower() != "nan").to_numpy()


def _texts(raw: pd.Series) -> pd.Series:
    """Categories as text; SchemaError when they come as numbers, whose spelling (1, 1.0, 01) cannot be known."""
    if pd.api.types.is_numeric_dtype(raw.dtype) and raw.notna().any():
        raise SchemaError(
            f"column {raw.name!r} is text in the store, but the feed now gives numbers, "
            f"for example {raw.dropna().iloc[0]}; say categorical = {_toml([str(raw.name)])} in [feed] to read it as text"
        )
    return _blank_is_missing(raw.astype("str"))


def _blank_is_missing(text: pd.Series) -> pd.Series:
    blank = text == ""
    return text.mask(blank) if blank.any() else text


def _require_fit(raw: pd.Series, misfits: Mask, present: int, ids: pd.Series) -> None:
    bad = int(misfits.sum())
    if bad >= FEW and 2 * bad > present:
        at = int(np.argmax(misfits))
        raise SchemaError(
            f"column {raw.name!r} is numeric in the store, but {bad} of its {present} cells in this tick are not finite "
            f"numbers, for example {str(raw.iloc[at])!r} in row {ids.iloc[at]!r}. "
            f"Mend the feed, or start a new home whose [feed] says ignore = {_toml([str(raw.name)])}"
        )


def _plain(value: object) -> str:
    """A cell as a person would write it: 7.0 is 7."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _json(value: Any) -> object:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    value = value.item() if isinstance(value, np.generic) else value
    return (
        value
        if isinstance(value, bool | int | str) or (isinstance(value, float) and np.isfinite(value))
        else str(value)
    )


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))


def _toml(names: list[str]) -> str:
    return dumps(names, ensure_ascii=False)
