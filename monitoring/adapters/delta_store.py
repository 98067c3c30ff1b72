"""Rows, late labels and quarantine as three Delta tables in one folder, on this machine or on an object store.

A tick is written to quarantine, labels and rows, in this order; it is in the store when it is in rows. A process killed
in between has its tick written again, and each table takes what it lacks.
"""

import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa

from halflife.models.errors import ConfigError, NotFound, SchemaError, TickError
from halflife.models.rows import (
    ENTITY,
    LABEL,
    PROPENSITY,
    RESERVED,
    ROW_ID,
    TICK,
    Batch,
    Kind,
    Mark,
    Schema,
    Span,
    Split,
    Window,
)
from halflife.monitoring.adapters.delta_frame import canonical
from halflife.monitoring.adapters.delta_profiles import Profiles
from halflife.monitoring.adapters.delta_samples import label_counts, unseen_ids
from halflife.monitoring.adapters.delta_table import TickTable, answering
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.store_contract import (
    StoreContract,
    read_contract,
    require_entities,
    require_propensity,
    require_split,
    require_storable,
    write_contract,
)
from halflife.monitoring.adapters.tick_spans import TickSpans
from halflife.monitoring.deduplication import without_seen_labels, without_seen_rows
from halflife.monitoring.drift.sketches.profile import Profile
from halflife.monitoring.ports import Ingested, Store, Taken
from halflife.monitoring.row_validation import Conformed, conform, conform_labels, require_columns

LOG = logging.getLogger(__name__)

REFUSED = re.compile(r"[\[\]^|\\]|%[0-9A-Fa-f]{2}")
"""What deltalake 1.6 takes for a part of an address, or for another letter, in the path of a table."""
PARTS = re.compile(r"[?#]")
"""What begins another part of an address on an object store."""
SOURCE = re.compile(r"rows@(\d+),labels@(\d+)")
LABEL_COLUMNS = pa.schema([(TICK, pa.int64()), (ROW_ID, pa.string()), (LABEL, pa.float64())])
QUARANTINE_COLUMNS = pa.schema(
    [(TICK, pa.int64()), (ROW_ID, pa.string()), ("reason", pa.string()), ("row", pa.string())]
)
COMPACTED = 64
"""Ticks after which their files are joined. It is done before the tick is written and counted in ticks, so that the
versions of the tables do not depend on where a process was killed."""
CELLS = {Kind.NUMERIC: pa.float64(), Kind.CATEGORICAL: pa.string()}


class DeltaStore(Store):
    """A store in a folder, which is made with the first tick.

    Args:
        folder: where the tables are, or will be.
        split: which rows play which part; fixed by the first tick.
        cache: folder of this machine for what is made again from the tables; needed where they are on an object store.

    Raises:
        ConfigError: the store there was made with another split, or its path has a character no table can be under.
        Unavailable: the folder cannot be read.
    """

    def __init__(self, folder: Place, split: Split, cache: Path | None = None) -> None:
        odd = REFUSED.search(str(folder)) or (None if isinstance(folder, Path) else PARTS.search(str(folder)))
        if odd is not None:
            raise ConfigError(
                f"the path {folder} has {odd[0]!r} in it, under which Delta Lake cannot keep a table; choose another "
                + ("folder with --home" if isinstance(folder, Path) else "address for [store] uri")
            )
        self.folder = folder
        self._asked = split
        self._fixed: StoreContract | None = None
        self._rows, self._labels, self._set_aside = (
            TickTable(folder / name, cache) for name in ("rows", "labels", "quarantine")
        )
        self._spans = TickSpans(folder)
        self._profiles = Profiles(folder / "profiles", self._rows, self._fixed_schema)
        if (contract := self._contract()) is not None:
            require_split(contract, split, folder)

    @property
    def schema(self) -> Schema | None:
        contract = self._contract()
        return None if contract is None else contract.schema

    @property
    def trimmed(self) -> bool:
        contract = self._contract()
        return contract is None or contract.trimmed

    @property
    def split(self) -> Split:
        contract = self._contract()
        return self._asked if contract is None else contract.split

    @property
    def last_tick(self) -> int:
        with answering(self.folder):
            return self._rows.last

    def append(self, batch: Batch, schema: Schema) -> Ingested:
        last = self.last_tick
        if 0 <= batch.tick <= last:
            return Ingested(batch.tick, 0, 0, 0, repeated=True)
        if batch.tick != last + 1:
            came = f"after tick {last}" if last >= 0 else "first"
            raise TickError(f"tick {batch.tick} came {came}; the next one is {last + 1}")
        fixed = self.schema or schema
        require_storable(fixed)
        require_columns(schema.names, fixed)
        require_entities(self.split, batch.rows.columns)
        if (contract := self._contract()) is not None:
            require_propensity(contract, batch.rows.columns)
        rows, labels = conform(batch.rows, fixed, explored=batch.explored), conform_labels(batch.labels)
        with answering(self.folder):
            self._prepare(StoreContract(fixed, self._asked, PROPENSITY in batch.rows.columns))
            if batch.tick % COMPACTED == 0:
                for table in (self._set_aside, self._labels, self._rows):
                    table.compact()
            rows, labels = self._without_seen(rows, labels, batch.tick)
            quarantined = pd.concat([rows.quarantined, labels.quarantined], ignore_index=True)
            self._spans.keep(batch.tick, batch.span, batch.mark)
            added = self._write(batch.tick, rows.rows, labels.rows, quarantined)
            if added:
                self._profiles.keep(batch.tick, rows.rows)
        if not added:
            return Ingested(batch.tick, 0, 0, 0, repeated=True)
        counts = len(rows.rows), len(labels.rows), len(quarantined)
        LOG.info("tick %d: %d rows, %d late labels, %d in quarantine", batch.tick, *counts)
        return Ingested(batch.tick, *counts, repeated=False)

    def window(self, first: int, last: int, source: str | None = None) -> Window:
        self._require(first, last)
        with answering(self.folder):
            rows_at, labels_at = self._versions(source)
            if (ends := self._rows.last_of(rows_at)) < last:
                raise TickError(f"ticks {first} to {last} were asked for; {source} ends with tick {ends}")
            # Tables only grow, so what they held then are the ticks up to that version's last.
            rows = self._labelled(self._rows.between(first, last), self._labels.last_of(labels_at))
        return Window(first, last, f"rows@{rows_at},labels@{labels_at}", rows, self.split)

    def as_of(self, tick: int) -> str:
        self._require(tick, tick)
        with answering(self.folder):
            return f"rows@{self._rows.version_of(tick)},labels@{self._labels.version_of(tick)}"

    def cases(self, ids: Iterable[str]) -> pd.DataFrame:
        wanted = list(dict.fromkeys(ids))
        if self.last_tick < 0:
            return pd.DataFrame(columns=list(RESERVED))
        with answering(self.folder):
            return self._labelled(self._rows.of(pd.Series(wanted, dtype="str")).lazy(), self._labels.last)

    def profile(self, first: int, last: int) -> Profile:
        self._require(first, last)
        with answering(self.folder):
            return self._profiles.between(first, last)

    def values(self, name: str, first: int, last: int) -> "pd.Series[Any]":
        self._require(first, last)
        with answering(self.folder):
            return self._rows.between(first, last).select(name).collect()[name].to_pandas()

    def labels(self, first: int, last: int, source: str | None = None) -> tuple[int, int]:
        self._require(first, last)
        with answering(self.folder):
            upto = self._labels.last_of(self._versions(source)[1])
            return label_counts(self._rows.between(first, last), self._known(upto))

    def sample(self, first: int, last: int, source: str | None = None, *, rows: int) -> pd.DataFrame:
        self._require(first, last)
        with answering(self.folder):
            upto = self._labels.last_of(self._versions(source)[1])
            ticks = self._rows.between(first, last)
            chosen = unseen_ids(ticks, self.split, rows)
            return self._labelled(ticks.filter(pl.col(ROW_ID).is_in(chosen.implode())).collect().lazy(), upto)

    def quarantine(self, first: int = 0, last: int | None = None) -> pd.DataFrame:
        stored = self.last_tick
        if stored < 0:
            return pd.DataFrame(columns=["tick", "id", "reason", "row"])
        with answering(self.folder):
            entries = (
                self._set_aside.between(first, stored if last is None else last)
                .collect()
                .rename({TICK: "tick", ROW_ID: "id"})
            )
        return entries.sort("tick", "id", "reason", "row").to_pandas()

    def taken(self) -> Taken:
        return self._taken(lambda table, last: table.between(0, last))

    def taken_of(self, ids: Iterable[str]) -> Taken:
        wanted = pd.Series(list(dict.fromkeys(ids)), dtype="str")
        theirs = pl.col(ROW_ID).is_in(pl.Series(wanted.to_list(), dtype=pl.String).implode())
        return self._taken(lambda table, last: table.near(wanted).filter(theirs, pl.col(TICK) <= last))

    @property
    def mark(self) -> Mark | None:
        last = self.last_tick
        if last < 0:
            return None
        with answering(self.folder):
            return self._spans.mark(last)

    def _taken(self, ticks: Callable[[TickTable, int], pl.LazyFrame]) -> Taken:
        """What was taken in, of the lines of each table up to the last tick."""
        last = self.last_tick
        nothing = pd.DataFrame({ROW_ID: pd.Series(dtype="str"), TICK: pd.Series(dtype="int64")})
        if last < 0:
            return Taken(-1, nothing, pd.DataFrame({ROW_ID: nothing[ROW_ID], LABEL: pd.Series(dtype="float64")}))
        with answering(self.folder):
            # Of a tick that a killed process began nothing counts: it is written again.
            rows = ticks(self._rows, last).select(ROW_ID, TICK)
            aside = ticks(self._set_aside, last).select(ROW_ID, TICK, "row")
            labels = ticks(self._labels, last).select(ROW_ID, LABEL)
            of_label = pl.col("row").str.contains(f'"{LABEL}":', literal=True)
            value = pl.col("row").str.json_path_match(f"$.{LABEL}").alias(LABEL)
            all_rows = pl.concat([rows, aside.filter(~of_label).select(ROW_ID, TICK)]).collect()
            told = pd.concat(
                [labels.collect().to_pandas(), _values(aside.filter(of_label).select(ROW_ID, value).collect())]
            )
        return Taken(last, all_rows.to_pandas(), told.reset_index(drop=True), self.span(0, last))

    def span(self, first: int, last: int) -> Span | None:
        with answering(self.folder):
            return self._spans.between(first, last)

    def _contract(self) -> StoreContract | None:
        if self._fixed is None:
            with answering(self.folder):
                self._fixed = read_contract(self.folder)
        return self._fixed

    def _prepare(self, asked: StoreContract) -> None:
        """Fix the contract and make the tables, where this has not been done."""
        if self._fixed is None:
            self._fixed = write_contract(self.folder, asked)
            if (self._fixed.schema, self._fixed.propensity) != (asked.schema, asked.propensity):
                raise SchemaError(
                    f"another feed began the store in {self.folder} at the same moment, with other columns"
                )
            require_split(self._fixed, self._asked, self.folder)
        if not self._rows.exists:
            features = [(column.name, CELLS[column.kind]) for column in asked.schema.columns]
            self._set_aside.create(QUARANTINE_COLUMNS)
            self._labels.create(LABEL_COLUMNS)
            beside = [(ENTITY, pa.string())] if self.split.cluster else []
            beside += [(PROPENSITY, pa.float64())] if self._fixed.propensity else []
            self._rows.create(pa.schema([(TICK, pa.int64()), (ROW_ID, pa.string()), *beside, *features]))

    def _write(self, tick: int, rows: pd.DataFrame, labels: pd.DataFrame, quarantined: pd.DataFrame) -> bool:
        """Rows last: they say that the tick is whole. Empty tables need no entry."""
        self._set_aside.settle(tick, quarantined.rename(columns={"id": ROW_ID}))
        self._labels.settle(tick, labels)
        return self._rows.append(tick, rows)

    def _without_seen(self, rows: Conformed, labels: Conformed, tick: int) -> tuple[Conformed, Conformed]:
        """Without what came in earlier ticks; what a killed append left of this tick itself does not count."""
        before = pl.col(TICK) < tick
        rows_held = self._rows.of(rows.rows[ROW_ID]).filter(before).select(ROW_ID, TICK)
        labels_held = self._labels.of(labels.rows[ROW_ID]).filter(before)
        return (
            without_seen_rows(rows, rows_held.to_pandas()),
            without_seen_labels(labels, labels_held.to_pandas()),
        )

    def _versions(self, source: str | None) -> tuple[int, int]:
        if source is None:
            return self._rows.version, self._labels.version
        match = SOURCE.fullmatch(source)
        if match is None:
            raise NotFound(f"{source!r} is no version of the store; one looks like 'rows@12,labels@12'")
        return int(match[1]), int(match[2])

    def _labelled(self, rows: pl.LazyFrame, upto: int) -> pd.DataFrame:
        """Canonical rows with the labels that had arrived by tick ``upto``."""
        return canonical(rows, self._known(upto))

    def _known(self, upto: int) -> Callable[[pl.Series], pl.DataFrame]:
        """Ids -> labels that had arrived by tick ``upto``, theirs among others."""

        def labels(ids: pl.Series) -> pl.DataFrame:
            near = self._labels.near(ids.to_pandas()).filter(pl.col(TICK) <= upto)
            return near.select(ROW_ID, LABEL).collect()

        return labels

    def _require(self, first: int, last: int) -> None:
        stored = self.last_tick
        if not 0 <= first <= last <= stored:
            has = f"the store has ticks 0 to {stored}" if stored >= 0 else "the store is empty"
            raise TickError(f"ticks {first} to {last} were asked for; {has}")

    def _fixed_schema(self) -> Schema:
        schema = self.schema
        assert schema is not None  # rows are stored after it
        return schema


def _values(aside: pl.DataFrame) -> pd.DataFrame:
    """Labels that were set aside: those that contradict another as 0.0 or 1.0, others as the text that stood there."""
    number = aside[LABEL].cast(pl.Float64, strict=False)
    known = number.is_in([0.0, 1.0]).fill_null(value=False).to_list()
    values = [n if fits else text for n, fits, text in zip(number, known, aside[LABEL], strict=True)]
    kind = "float64" if all(known) else "object"
    return pd.DataFrame({ROW_ID: aside[ROW_ID].to_pandas(), LABEL: pd.Series(values, dtype=kind)})
