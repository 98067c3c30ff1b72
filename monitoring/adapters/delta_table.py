"""One Delta table to which every tick is appended once, however often it is tried and by however many."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from models.errors import NotFound, Unavailable
from models.rows import ROW_ID, TICK
from monitoring.adapters.seen import Seen

APPLICATION = "halflife.tick"
STEPS = 50
"""Versions to follow one by one before the table is opened anew: what it holds of each step makes every commit slower."""
SETTINGS: dict[str, str | None] = {
    # A tick is a file: its own tick is all a reader needs to know to pass over it.
    "delta.dataSkippingStatsColumns": TICK,
    # Every version can be built again from its window's source, so old versions of the table stay readable.
    "delta.enableExpiredLogCleanup": "false",
}


class TickTable:
    """A Delta table with columns ``_tick``, ``_id`` and others; Delta's application transaction counts its ticks.

    Delta does not refuse a transaction it has seen; it refuses one that is written at the same time as another. So the
    count is read before every append, and the append is bound to the state in which it was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: DeltaTable | None = None
        self._opened_at = -1
        self._seen = Seen()
        self._indexed = -1

    def create(self, columns: pa.Schema) -> None:
        """Make the table; an existing one is left as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(self.folder, columns, mode="ignore", configuration=SETTINGS)
        except CommitFailedError:  # somebody else made it first
            DeltaTable(self.folder)

    @property
    def exists(self) -> bool:
        """Whether the table has been made."""
        return self._opened is not None or DeltaTable.is_deltatable(str(self.folder))

    @property
    def last(self) -> int:
        """The last tick appended; -1 when there is none."""
        table = self._latest()
        return -1 if table is None else _last(table)

    @property
    def version(self) -> int:
        """Delta's version as of now; -1 when there is no table."""
        table = self._latest()
        return -1 if table is None else table.version()

    def append(self, tick: int, frame: pd.DataFrame) -> bool:
        """Add a tick's rows; False when it had been added already, here or by somebody else at the same time."""
        table = self._as_of(None)
        before = _last(table)
        if before >= tick:
            return False
        columns = pa.schema(table.schema().to_arrow())
        rows = pa.Table.from_pandas(frame.assign(**{TICK: tick}), schema=columns, preserve_index=False)
        try:
            write_deltalake(
                table,
                rows.replace_schema_metadata(None),
                mode="append",
                commit_properties=CommitProperties(app_transactions=[Transaction(APPLICATION, tick)]),
            )
        except CommitFailedError:
            if self.last >= tick:
                return False
            raise
        if self._indexed == before:
            self._index(frame[ROW_ID], tick, tick)
        return True

    def between(self, first: int, last: int, version: int | None = None) -> pl.DataFrame:
        """The rows of ticks ``first`` to ``last``, as of ``version``."""
        return pl.scan_delta(self._as_of(version)).filter(pl.col(TICK).is_between(first, last)).collect()

    def of(self, ids: pd.Series, version: int | None = None) -> pl.DataFrame:
        """The rows with these ids, as of ``version``; reads only the ticks in which they came."""
        newest = self._as_of(None)
        self._catch_up(newest)
        table = newest if version is None else self._as_of(version)
        ticks = self._seen.ticks(ids)
        if not len(ticks):
            return pl.DataFrame(pl.from_arrow(pa.schema(table.schema().to_arrow()).empty_table()))
        wanted = pl.Series(ids.to_list(), dtype=pl.String).implode()
        in_ticks = pl.col(TICK).is_between(int(ticks[0]), int(ticks[-1])) & pl.col(TICK).is_in(ticks.tolist())
        return pl.scan_delta(table).filter(in_ticks & pl.col(ROW_ID).is_in(wanted)).collect()

    def last_of(self, version: int) -> int:
        """The last tick as of ``version``."""
        return _last(self._as_of(version))

    def _as_of(self, version: int | None) -> DeltaTable:
        table = self._latest()
        if table is None:
            raise TableNotFoundError(f"there is no table in {self.folder}")
        if version is None or version == table.version():
            return table
        if version > table.version():
            raise NotFound(f"the store's {self.folder.name} have no version {version}; the newest is {table.version()}")
        return DeltaTable(self.folder, version=version)

    def _catch_up(self, table: DeltaTable) -> None:
        """Index the ids of the ticks that came since this was last called."""
        last = _last(table)
        if last > self._indexed:
            fresh = pl.scan_delta(table).filter(pl.col(TICK) > self._indexed).select(ROW_ID, TICK).collect()
            self._index(fresh[ROW_ID].to_numpy(), fresh[TICK].to_numpy(), last)

    def _index(self, ids: npt.ArrayLike, ticks: npt.ArrayLike, last: int) -> None:
        self._seen.add(ids, ticks)
        self._indexed = last

    def _latest(self) -> DeltaTable | None:
        if self._opened is not None and self._opened.version() - self._opened_at < STEPS:
            self._opened.update_incremental()
        elif self.exists:
            self._opened = DeltaTable(self.folder)
            self._opened_at = self._opened.version()
        return self._opened


def _last(table: DeltaTable) -> int:
    last = table.transaction_version(APPLICATION)
    return -1 if last is None else last


@contextmanager
def answering(folder: Path) -> Iterator[None]:
    """Turn whatever a disk or a table says into one plain sentence. Raises Unavailable."""
    try:
        yield
    except (OSError, DeltaError, pl.exceptions.PolarsError) as error:
        said = getattr(error, "strerror", None) or str(error).strip().splitlines()[0][:200]
        raise Unavailable(f"the store in {folder} cannot be used: {said}") from error
