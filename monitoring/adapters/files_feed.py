"""A CSV or Parquet file as a stream: the file is read once, and again when it has changed, and sliced into ticks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import ENTITY, LABEL, PROPENSITY, RESERVED, ROW_ID, Array, Batch, Column, Kind, Schema
from halflife.monitoring.adapters.binary import binary
from halflife.monitoring.adapters.csv_dialect import numbers, require_known, texts
from halflife.monitoring.adapters.tabular import read_table
from halflife.monitoring.adapters.time_order import time_order
from halflife.monitoring.ports import Feed


@dataclass(frozen=True)
class FilesFeed(Feed):
    """Rows of a file in order of time, ``rows_per_tick`` a tick.

    A column is numeric when nearly every cell that is there is a number (see ``numbers``), else categorical; an empty
    cell is missing, and no word is. Cells are handed on as they are: what does not fit is set aside by the store, with
    its reason.

    Attributes:
        path: CSV (.csv, .tsv, .txt; UTF-8, header first) or Parquet (.parquet, .pq).
        label: the label's column; a missing label never arrives.
        positive: the label's positive value; inferred for 0/1, no/yes, false/true, n/y.
        id: column that identifies a row; the row's number in the file, from 0, when None.
        time: column that orders the rows (see ``time_order``); the file's order when None.
        separator: between cells of a CSV; found out when None.
        rows_per_tick: rows that arrive together.
        ignore: columns to leave out.
        categorical: columns to read as text although they look like numbers.
        label_delay: ticks between a row and its label; labels due after the last tick never arrive.
        cluster: column that says which rows are about one entity, a customer say; no feature. None where rows do not
            repeat.
        propensity: column that says with which probability, above 0 and at most 1, each row's label was let through by
            the decisions of the time; no feature. None where that is not logged.
    """

    path: Path
    label: str
    positive: str | None = None
    id: str | None = None
    time: str | None = None
    separator: str | None = None
    rows_per_tick: int = 1000
    ignore: Sequence[str] = ()
    categorical: Sequence[str] = ()
    label_delay: int = 0
    cluster: str | None = None
    propensity: str | None = None
    _kept: "dict[tuple[int, int], _Table]" = field(default_factory=dict, init=False, repr=False, compare=False)
    """When the file was written and how large it was -> what it held."""

    def __post_init__(self) -> None:
        if self.rows_per_tick < 1:
            raise ConfigError(f"rows_per_tick = {self.rows_per_tick} in [feed]: a tick has at least 1 row")
        if self.label_delay < 0:
            raise ConfigError(
                f"label_delay = {self.label_delay} in [feed]: a label cannot come before its row; 0 or more"
            )

    @property
    def schema(self) -> Schema:
        return self._table.schema

    @property
    def ticks(self) -> int:
        return -(-len(self._table.rows) // self.rows_per_tick)

    def batch(self, tick: int) -> Batch:
        ticks = self.ticks
        if not 0 <= tick < ticks:
            raise FeedError(f"{self.path} has {ticks} ticks, 0 to {ticks - 1}; there is no tick {tick}")
        table = self._table
        labels = table.labels.iloc[self._rows_of(tick - self.label_delay)]
        return Batch(
            tick,
            table.rows.iloc[self._rows_of(tick)].reset_index(drop=True),
            labels[labels[LABEL].notna() & labels[ROW_ID].notna()].reset_index(drop=True),
        )

    def _rows_of(self, tick: int) -> slice:
        return slice(max(tick * self.rows_per_tick, 0), max((tick + 1) * self.rows_per_tick, 0))

    @property
    def _table(self) -> "_Table":
        """The file as it is now; a notebook that stays open sees the rows that were added since. Gone, as it was last."""
        try:
            found = self.path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
        except OSError:
            stamp = next(reversed(self._kept), (0, 0))
        if stamp not in self._kept:
            table = self._read()
            self._kept.clear()
            self._kept[stamp] = table
        return self._kept[stamp]

    def _read(self) -> "_Table":
        raw = read_table(self.path, self.separator)
        try:
            return self._understand(raw)
        except FeedError as error:
            raise FeedError(f"{self.path}: {error}") from None

    def _understand(self, raw: pl.DataFrame) -> "_Table":
        self._require_columns(raw.columns)
        ids = pl.Series(np.arange(len(raw))) if self.id is None else raw[self.id]
        labels = binary(raw[self.label], self.positive)
        order = slice(None) if self.time is None else time_order(raw[self.time])
        read = {name: _column(raw[name], as_text=name in self.categorical) for name in self._features(raw.columns)}
        columns = {name: cells for name, (_, cells) in read.items()}
        beside = {} if self.cluster is None else {ENTITY: texts(raw[self.cluster])}
        beside |= {} if self.propensity is None else {PROPENSITY: raw[self.propensity]}
        rows = pl.DataFrame({ROW_ID: texts(ids), **beside, **columns}).to_pandas().iloc[order].reset_index(drop=True)
        return _Table(Schema(tuple(Column(name, kind) for name, (kind, _) in read.items())), rows, labels[order])

    def _features(self, header: Sequence[str]) -> list[str]:
        named = {name for _, name in self._named}
        return [name for name in header if name not in {*named, *self.ignore}]

    @property
    def _named(self) -> tuple[tuple[str, str | None], ...]:
        """What each column that is no feature is for."""
        kinds = ("label", "id", "time", "cluster", "propensity")
        return tuple((kind, getattr(self, kind)) for kind in kinds)

    def _require_columns(self, header: Sequence[str]) -> None:
        for what, name in self._named:
            if name is not None:
                require_known(what, name, header)
        for what, names in (("ignore", self.ignore), ("categorical", self.categorical)):
            for name in names:
                require_known(what, name, header)
        features = self._features(header)
        clash = [name for name in features if name.casefold() in RESERVED]
        if clash:
            raise FeedError(
                f"column {clash[0]!r} has a name Halflife keeps for itself ({', '.join(RESERVED)}); rename it"
            )
        if any(not name.strip() for name in features):
            raise FeedError('the header leaves a column without a name; give it one, or say ignore = [""] in [feed]')
        if not features:
            raise FeedError(f"no column is left to learn from: it has only {', '.join(map(repr, header))}")


@dataclass(frozen=True)
class _Table:
    """The whole file, in order of time: its schema, ``_id``, ``_entity`` and ``_propensity`` if any, features, labels of shape (n,)."""

    schema: Schema
    rows: pd.DataFrame
    label: Array

    @cached_property
    def labels(self) -> pd.DataFrame:
        return pd.DataFrame({ROW_ID: self.rows[ROW_ID], LABEL: self.label})


def _column(cells: pl.Series, *, as_text: bool) -> tuple[Kind, pl.Series]:
    """A feature as Float64; as String if it is categorical, or numeric with words among its numbers."""
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        raise FeedError(
            f"column {cells.name!r} holds {cells.dtype} values; a feature is a number or text, so ignore it"
        )
    values = None if as_text else numbers(cells)
    if values is None:
        return Kind.CATEGORICAL, texts(cells)
    return Kind.NUMERIC, values if values.null_count() == cells.null_count() else cells
