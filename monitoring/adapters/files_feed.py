"""A table as a stream: it is read once, and again when it has changed, and divided into ticks."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import ENTITY, LABEL, PROPENSITY, RESERVED, ROW_ID, TICK, Batch, Column, Kind, Mark, Schema
from halflife.monitoring.adapters.binary import labels_of, mistakes
from halflife.monitoring.adapters.codes import is_code
from halflife.monitoring.adapters.column_remarks import merged, remarks
from halflife.monitoring.adapters.csv_dialect import (
    AS_PROGRAMS_DO,
    Spelling,
    numbers,
    require_known,
    seconds,
    texts,
    trimmed,
)
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.marks import read
from halflife.monitoring.adapters.pending import AT, NOTHING, FeedTable, Marks, Pending
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.table_sources import Found, TableSource, source_of
from halflife.monitoring.adapters.text_layout import Layout
from halflife.monitoring.adapters.time_order import times_of
from halflife.monitoring.label_lag import LabelLag
from halflife.monitoring.ports import Feed, Store, Taken, Waiting
from halflife.monitoring.ticking import TickRule

INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls an index that it writes to a file; it counts rows, and is no feature."""


@dataclass(frozen=True)
class FilesFeed(Feed):
    """Rows of a table in order of time, in ticks of ``rows_per_tick`` or of the calendar.

    A column is numeric when nearly every cell that is there is a number (see ``numbers``), else categorical; an empty
    cell is missing, and no word is. Cells are handed on as they are: what does not fit is set aside by the store, with
    its reason.

    Attributes:
        source: the table; of a path what `source_of` makes of it: a CSV (.csv, .tsv, .txt; UTF-8, header first) or
            Parquet file (.parquet, .pq), a folder or pattern of such files, a Delta table.
        label: the label's column; a missing label may be filled in later. Empty where labels come from elsewhere alone.
        positive: the label's positive value; inferred for 0/1, no/yes, false/true, n/y.
        id: column that identifies a row; its place when None: its number in the file, from 0, behind the file's name
            where there are several. Tables whose rows have no place need one.
        time: column that orders the rows (see ``times_of``); the table's order when None.
        separator: between cells of a CSV; found out when None.
        skip_lines: of a text file, before its header.
        comment: what lines of a text file begin with that are no rows.
        spelling: how the table spells numbers, times and missing cells, and its encoding.
        rows_per_tick: rows that arrive together, where ticks are counted.
        tick: how long a tick is by the calendar, such as "1d"; needs ``time``. Empty where ticks are counted.
        time_zone: in which days begin, and which times without a zone are meant in.
        allowed_lateness: for how long rows may come late before a tick closes; needs ``time``.
        ignore: columns to leave out.
        categorical: columns to read as text although they look like numbers.
        numeric: columns to read as numbers although the table declares them to be categories, or they look like codes.
        label_delay: ticks between a row and its label, at least.
        cluster: column that says which rows are about one entity, a customer say; no feature. None where rows do not
            repeat.
        propensity: column that says with which probability, above 0 and at most 1, each row's label was let through by
            the decisions of the time; no feature. None where that is not logged.
        labels: a table of labels that come later, from elsewhere; None where there is none.
        give_up_after: ticks after its row's from which a label that has not come is no longer expected; None for never.
        silence_is_negative: such a label is 0 from then on, as where only fraud is reported; one that comes later is set
            aside.
        store: what has taken in rows of the table before: the ticks after its last one are divided anew among the rows
            that it does not hold. None for the whole table as history.
    """

    source: TableSource | Place
    label: str = ""
    positive: str | None = None
    id: str | None = None
    time: str | None = None
    separator: str | None = None
    skip_lines: int = 0
    comment: str = ""
    rows_per_tick: int = 1000
    ignore: Sequence[str] = ()
    categorical: Sequence[str] = ()
    numeric: Sequence[str] = ()
    label_delay: int = 0
    cluster: str | None = None
    propensity: str | None = None
    spelling: Spelling = AS_PROGRAMS_DO
    tick: str = ""
    time_zone: str = "UTC"
    allowed_lateness: str = ""
    labels: LabelTable | None = None
    give_up_after: int | None = None
    silence_is_negative: bool = False
    store: Store | None = field(default=None, repr=False, compare=False)
    _kept: "dict[Hashable, _Table]" = field(default_factory=dict, init=False, repr=False, compare=False)
    """What changes when the table does -> what it held."""
    _ahead: list[tuple["_Table", Pending]] = field(default_factory=list, init=False, repr=False, compare=False)
    """The table that was divided last, and what of it was pending then."""

    _since: list[Mark] = field(default_factory=list, init=False, repr=False, compare=False)
    """The mark from which on the table was read last; none where it was read whole."""
    _found: list[TableSource] = field(default_factory=list, init=False, repr=False, compare=False)
    """What an address on an object store was found to name."""

    def __post_init__(self) -> None:
        _ = self._rule
        if isinstance(self.source, TableSource) and self.source.mark and self.id is None:
            raise ConfigError("mark in [feed] goes with id: rows that are read again are told apart by it")
        if self.label_delay < 0:
            raise ConfigError(
                f"label_delay = {self.label_delay} in [feed]: a label cannot come before its row; 0 or more"
            )
        if self.give_up_after is not None and self.give_up_after <= self.label_delay:
            raise ConfigError(
                f"give_up_after = {self.give_up_after} in [labels] gives up before a label can come: feed.label_delay = "
                f"{self.label_delay}; say more ticks than that"
            )
        for name, said in (("tick", self.tick), ("allowed_lateness", self.allowed_lateness)):
            if said and self.time is None:
                raise ConfigError(
                    f"{name} = {said!r} in [feed] needs to know when rows happened: say time = the column"
                )

    @property
    def schema(self) -> Schema:
        return self._table.schema

    @property
    def remarks(self) -> tuple[str, ...]:
        return self._table.remarks

    @property
    def ticks(self) -> int:
        return self._pending().ticks

    @property
    def closed(self) -> int:
        return self._pending().closed

    @property
    def tick_rows(self) -> tuple[int, ...]:
        return tuple(np.bincount(self._pending().division.tick).tolist())

    @property
    def lag(self) -> LabelLag:
        return self._pending().lag

    @property
    def waiting(self) -> Waiting:
        self._ahead.clear()
        return self._pending().waiting

    def following(self, store: Store) -> "FilesFeed":
        return replace(self, store=store)

    def batch(self, tick: int) -> Batch:
        pending = self._pending()
        if not 0 <= tick < pending.ticks:
            raise FeedError(
                f"{self._source.name} has {pending.ticks} ticks, 0 to {pending.ticks - 1}; there is no tick {tick}"
            )
        if tick <= pending.last:
            raise FeedError(f"tick {tick} of {self._source.name} has been taken in; the next one is {pending.last + 1}")
        return pending.batch(tick)

    @property
    def _silence(self) -> int | None:
        """Ticks after which a label that has not come is 0."""
        return self.give_up_after if self.silence_is_negative else None

    @property
    def _rule(self) -> TickRule:
        return TickRule(self.rows_per_tick, self.tick, self.time_zone, self.allowed_lateness)

    def _pending(self) -> Pending:
        """What is to come, as it was divided when the table was last read: a tick does not change while others come."""
        table = self._table
        last = -1 if self.store is None else self.store.last_tick
        if self._ahead and self._ahead[0][0] is table and last >= self._ahead[0][1].last:
            return self._ahead[0][1]
        taken = self._taken(table)
        if self.id is None and len(table.feed.rows) < taken.rows[ROW_ID].nunique():
            raise FeedError(
                f"{self._source.name} has {len(table.feed.rows)} rows, fewer than the {taken.rows[ROW_ID].nunique()} taken in "
                "before, and no column that tells its rows apart: say id = the column in [feed], or bring them back"
            )
        pending = Pending(table.feed, taken, self._rule, self.label_delay, self._silence, self._source.mark)
        self._ahead[:] = [(table, pending)]
        return pending

    def _taken(self, table: "_Table") -> Taken:
        """What the store has taken in, as far as it is about the rows that were read."""
        if self.store is None:
            return NOTHING
        mark, marks = self._since[0] if self._since else None, table.feed.marks
        if mark is None or marks is None:
            return self.store.taken()
        ids = table.feed.rows[ROW_ID].fillna("").astype("str")
        told = pd.concat([ids, table.feed.labels[ROW_ID]])
        taken = self.store.taken() if self._silence is not None else self.store.taken_of(told[told != ""])
        now = self.store.mark or mark
        reached = read(now.value)
        blank = now.blank + sum(each is not None and each < reached for each in marks[(ids == "").to_numpy()])
        nameless = pd.DataFrame({ROW_ID: [""] * blank, TICK: [taken.last] * blank})
        rows = pd.concat([taken.rows[taken.rows[ROW_ID].fillna("") != ""], nameless], ignore_index=True)
        return replace(taken, rows=rows)

    @property
    def _table(self) -> "_Table":
        """The table as it is now; a notebook that stays open sees the rows that were added since. Gone, as it was last."""
        if not self._kept:
            self._since[:] = self._reached()
        stamp = self._stamp()
        if stamp is None or stamp not in self._kept:
            if self._kept and self._source.mark:
                self._since[:] = self._reached()
                stamp = self._stamp()
            table = self._read()
            self._kept.clear()
            self._kept[stamp] = table
        return self._kept[stamp]

    def _stamp(self) -> Hashable | None:
        stamp: Hashable | None = self._source.stamp()
        if stamp is None:
            stamp = next(reversed(self._kept), None)
        return stamp if self.labels is None else (stamp, self.labels.source.stamp())

    def _reached(self) -> list[Mark]:
        """The mark from which on the table is read; none where it is read whole."""
        source = self._place
        mark = self.store.mark if source.mark and self.store is not None else None
        return [] if mark is None or mark.column != source.mark else [mark]

    @property
    def _source(self) -> TableSource:
        """The rows that are read."""
        return self._place.since(self._since[0].value) if self._since else self._place

    @property
    def _place(self) -> TableSource:
        """All rows there are."""
        if isinstance(self.source, TableSource):
            return self.source
        layout = Layout(self.separator, self.spelling.encoding, self.skip_lines, self.comment)
        if isinstance(self.source, Path):
            return source_of(self.source, layout)
        if not self._found:  # asking an object store takes its time
            self._found.append(source_of(self.source, layout))
        return self._found[0]

    def _read(self) -> "_Table":
        found = self._source.read()
        try:
            return self._understand(found)
        except FeedError as error:
            raise FeedError(f"{self._source.name}: {error}") from None

    def _understand(self, found: Found) -> "_Table":
        if not len(found.table) and self.store is not None and self.store.schema is not None:
            return _Table(self.store.schema, self._nothing_new(), ())
        self._require_columns(found.table.columns)
        held = None if self.store is None or self.store.schema is None else self.store.schema.to_dict()
        # A store of an earlier revision may have taken in categories whose names are numbers as numbers.
        plain = {*self.numeric, *(name for name, kind in (held or {}).items() if kind == Kind.NUMERIC)}
        codes = [name for name in found.table.columns if name in plain and found.table[name].dtype == pl.Categorical]
        raw = found.table.with_columns(pl.col(codes).cast(pl.String))
        raw = raw.with_columns(self.spelling.plain(cells) for cells in raw if cells.name not in (self.id, self.time))
        blanks = [] if self.store is None or self.store.trimmed else self._features(raw.columns)
        kept = {self.id, self.time, self.cluster, *blanks}
        as_written, raw = raw, raw.with_columns(trimmed(cells) for cells in raw if cells.name not in kept)
        if self.id is None and found.names is None:
            raise FeedError("its rows have no order that stays; say id = the column in [feed] that tells them apart")
        ids = found.names if self.id is None else texts(raw[self.id])
        labels, mistaken = pd.Series(np.full(len(raw), np.nan)), []
        if self.label and raw[self.label].null_count() < len(raw):
            told = labels_of(raw[self.label], self.positive)
            labels, mistaken = told.cells(), mistakes(told, raw[self.label])
        times = None if self.time is None else times_of(raw[self.time], self.time_zone, self.spelling.time_format)
        if times is not None and self.tick and not times.dated:
            raise FeedError(
                f"the time column {self.time!r} holds numbers, not dates; tick = {self.tick!r} needs dates: leave it out "
                "to count rows_per_tick, or write the times as ISO 8601, such as 2024-05-31T12:00"
            )
        order = np.arange(len(raw)) if times is None else np.argsort(times.values, kind="stable")
        features = [
            name
            for name in self._features(raw.columns)
            if not INDEX.fullmatch(name) or (held is not None and name in held)
        ]
        if not features:
            raise FeedError(f"no column is left to learn from: it has only {', '.join(map(repr, raw.columns))}")
        kinds = {name: Kind(held[name]) if held and name in held else None for name in features}
        read = {name: _column(raw[name], as_text=name in self.categorical, known=kinds[name]) for name in features}
        columns = {name: cells for name, (_, cells) in read.items()}
        beside = {} if self.cluster is None else {ENTITY: texts(raw[self.cluster])}
        beside |= {} if self.propensity is None else {PROPENSITY: raw[self.propensity]}
        rows = pl.DataFrame({ROW_ID: ids, **beside, **columns}).to_pandas().iloc[order].reset_index(drop=True)
        known = pd.DataFrame({ROW_ID: rows[ROW_ID], LABEL: labels.iloc[order].to_numpy(), AT: np.nan}).dropna(
            subset=[ROW_ID, LABEL]
        )
        if self.labels is not None:
            known = pd.concat([known, self.labels.read(self.time_zone)], ignore_index=True)
        feed = FeedTable(
            rows,
            known,
            times=None if times is None else times.values[order],
            dated=times is not None and times.dated,
            settled=found.settled[order],
            marks=None if found.marks is None else _objects(found.marks)[order],
        )
        bare = [name for name, (kind, _) in read.items() if kind is Kind.NUMERIC and name not in self.numeric]
        naming = {name: _shown(raw[name]) for name in bare if is_code(raw[name])}
        odd = [*mistaken, *([] if self.labels is None else self.labels.mistakes())]
        odd += remarks(read, 0 if times is None else times.unreadable, self.time, naming)
        odd += [said for name in features if (said := merged(as_written[name], raw[name]))]
        return _Table(Schema(tuple(Column(name, kind) for name, (kind, _) in read.items())), feed, tuple(odd))

    def _nothing_new(self) -> FeedTable:
        """No row at the mark or above; labels may have come all the same."""
        ids = pd.Series(dtype="str")
        none = pd.DataFrame({ROW_ID: ids, LABEL: pd.Series(dtype="float64"), AT: pd.Series(dtype="float64")})
        labels = none if self.labels is None else self.labels.read(self.time_zone)
        return FeedTable(pd.DataFrame({ROW_ID: ids}), labels, None, False, np.empty(0, dtype=bool), _objects([]))

    def _features(self, header: Sequence[str]) -> list[str]:
        named = {name for _, name in self._named if name}
        return [name for name in header if name not in {*named, *self.ignore}]

    @property
    def _named(self) -> tuple[tuple[str, str | None], ...]:
        """What each column that is no feature is for."""
        kinds = ("label", "id", "time", "cluster", "propensity")
        return *((kind, getattr(self, kind)) for kind in kinds), ("mark", self._place.mark or None)

    def _require_columns(self, header: Sequence[str]) -> None:
        for what, name in self._named:
            if name:
                require_known(what, name, header)
        for what, names in (("ignore", self.ignore), ("categorical", self.categorical), ("numeric", self.numeric)):
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
    """The whole table, the schema it has now, and what looks odd in it."""

    schema: Schema
    feed: FeedTable
    remarks: tuple[str, ...]


def _objects(values: Sequence[Any]) -> Marks:
    """An array of whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _shown(cells: pl.Series) -> str:
    """A cell as the table has it."""
    return str(texts(cells.drop_nulls())[0])


def _column(cells: pl.Series, *, as_text: bool, known: Kind | None) -> tuple[Kind, pl.Series]:
    """A feature as Float64; as String if it is categorical, or numeric with words among its numbers.

    What the table declares is believed: categories whose names look like numbers are categories.

    Args:
        cells: of the column.
        as_text: it is said to be categorical.
        known: its kind in a store that took it in before, when more was read as text.
    """
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        raise FeedError(
            f"column {cells.name!r} holds {cells.dtype} values; a feature is a number or text, so ignore it"
        )
    if cells.dtype in (pl.Date, pl.Datetime, pl.Time) and not as_text and known is None:
        raise FeedError(
            f"column {cells.name!r} holds times, and a time is no category: in [feed] say ignore = [{cells.name!r}], "
            f"time = {cells.name!r} if it says when rows happened, or categorical = [{cells.name!r}] to read it as text "
            "all the same"
        )
    if cells.dtype == pl.Duration and not as_text:
        cells = seconds(cells)
    values = None if as_text else numbers(cells)
    if values is None:
        return Kind.CATEGORICAL, texts(cells)
    return Kind.NUMERIC, values if values.null_count() == cells.null_count() else cells
