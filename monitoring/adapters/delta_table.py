"""One Delta table to which every tick is appended once, however often it is tried and by however many."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from halflife.models.errors import NotFound, Unavailable
from halflife.models.rows import ROW_ID, TICK
from halflife.monitoring.adapters.id_index import IdIndex
from halflife.monitoring.adapters.places import Place

Files = dict[str, list[Any]]
"""What Delta says of each file of a table."""

APPLICATION = "halflife.tick"
STEPS = 50
"""Versions to follow one by one before the table is opened anew: what it holds of each step makes every commit slower."""
TICKS_INDEXED = 64
"""Read at a time when the index of ids is made again."""
KEPT_HOURS = 168
"""For which files that were joined to one stay on the disk; Delta's own default."""
SMALL = 8 << 20
"""Bytes below which a tick's file is worth joining to others."""
SETTINGS: dict[str, str | None] = {
    # A tick is a file: its own tick is all a reader needs to know to pass over it.
    "delta.dataSkippingStatsColumns": TICK,
    # Every version can be built again from its window's source, so old versions of the table stay readable.
    "delta.enableExpiredLogCleanup": "false",
}


FAR: dict[str, str | None] = {
    # Every answer reads the log from its last checkpoint on, a request a version.
    "delta.checkpointInterval": "8",
}
"""On an object store."""


class TickTable:
    """A Delta table with columns ``_tick``, ``_id`` and others; Delta's application transaction counts its ticks.

    Delta does not refuse a transaction it has seen; it refuses one that is written at the same time as another. So the
    count is read before every append, and the append is bound to the state in which it was read.

    Args:
        folder: of the table, on this machine or on an object store.
        cache: folder of this machine for what is made again from the table; needed where that is on an object store.
    """

    def __init__(self, folder: Place, cache: Path | None = None) -> None:
        self.folder = folder
        self._cache = cache
        self._opened: DeltaTable | None = None
        self._opened_at = -1
        self._seen: IdIndex | None = None
        self._end = lru_cache(maxsize=1024)(lambda version: _last(self._open(version)))
        self._reached: tuple[int, int] | None = None
        """A version, and the last tick as of it."""
        self._listed: tuple[int, Files] | None = None
        """A version, and its files."""

    def create(self, columns: pa.Schema) -> None:
        """Make the table; an existing one is left as it is."""
        if isinstance(self.folder, Path):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            settings = SETTINGS if isinstance(self.folder, Path) else SETTINGS | FAR
            DeltaTable.create(_named(self.folder), columns, mode="ignore", configuration=settings)
        except CommitFailedError:  # somebody else made it first
            self._open()

    @property
    def exists(self) -> bool:
        """Whether the table has been made."""
        return self._opened is not None or DeltaTable.is_deltatable(str(self.folder))

    @property
    def last(self) -> int:
        """The last tick appended; -1 when there is none."""
        table = self._latest()
        return -1 if table is None else self._last(table)

    @property
    def version(self) -> int:
        """Delta's version as of now; -1 when there is no table."""
        table = self._latest()
        return -1 if table is None else table.version()

    @property
    def copies(self) -> Path:
        """The folder of this machine for what is made again from a table on an object store, by the table's own id."""
        assert self._cache is not None, f"no folder for what is made of {self.folder}"
        return self._cache / str(self._existing().metadata().id)

    def append(self, tick: int, frame: pd.DataFrame) -> bool:
        """Add a tick's rows; False when it had been added already, here or by somebody else at the same time."""
        table = self._existing()
        return self._last(table) < tick and self._add(table, tick, frame)

    def settle(self, tick: int, frame: pd.DataFrame) -> None:
        """Have the table hold these rows of a tick, whatever a killed process left of it; none need no entry.

        What a feed has may have grown since, so that the tick is another one. Where it is the same, nothing is done: the
        versions of a table do not depend on where a process was killed.
        """
        table = self._existing()
        if self._last(table) < tick:
            if len(frame):
                self.append(tick, frame)
        elif not _same(self.between(tick, tick).drop(TICK).collect().to_pandas(), frame):
            table.delete(f"{TICK} = {tick}")
            self._seen = IdIndex(self._index_folder(), tick - 1)
            if len(frame):
                self._add(self._existing(), tick, frame)

    def _add(self, table: DeltaTable, tick: int, frame: pd.DataFrame) -> bool:
        """Add to the table as it was when the caller looked: what others added since is told by the commit."""
        before = self._last(table)
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
            if before < tick <= self.last:
                return False
            raise
        self._reached = table.version(), max(before, tick)
        if self._seen is not None and self._seen.last == before < tick:
            self._seen.add(frame[ROW_ID], tick, tick)
        return True

    def between(self, first: int, last: int) -> pl.LazyFrame:
        """The rows of ticks ``first`` to ``last``."""
        return self._scan(self._existing(), first, last)

    def of(self, ids: pd.Series) -> pl.DataFrame:
        """The rows with these ids; reads only the ticks in which they came."""
        wanted = pl.Series(ids.to_list(), dtype=pl.String).implode()
        return self.near(ids).filter(pl.col(ROW_ID).is_in(wanted)).collect()

    def near(self, ids: pd.Series) -> pl.LazyFrame:
        """All rows of the ticks in which these ids came."""
        table = self._existing()
        ticks = self._index(table).ticks(ids)
        if not len(ticks):
            return _nothing(table)
        return self._scan(table, int(ticks[0]), int(ticks[-1])).filter(pl.col(TICK).is_in(ticks.tolist()))

    def last_of(self, version: int) -> int:
        """The last tick as of ``version``. Raises NotFound when there is no such version yet."""
        table = self._existing()
        if version == table.version():
            return self._last(table)
        if version > table.version():
            raise NotFound(f"the store's {self.folder.name} have no version {version}; the newest is {table.version()}")
        return self._end(version)

    def version_of(self, tick: int) -> int:
        """The newest version that holds no tick after ``tick``."""
        return bisect_right(range(self._existing().version() + 1), tick, key=self.last_of) - 1

    def compact(self) -> None:
        """Make one file of the many that single ticks left; every row stays, and all that can be read reads the same.

        What the files held goes on being there for `KEPT_HOURS`, for whoever reads an older version of the table at
        this moment. It is taken away without a commit, so that the table's versions do not depend on the clock.
        """
        table = self._latest()
        loose = [] if table is None else _of_one_tick(self._files(table))
        if table is None or len(loose) < 2:
            return
        for replaced in table.vacuum(KEPT_HOURS, dry_run=True, enforce_retention_duration=False):
            (self.folder / replaced).unlink(missing_ok=True)
        with suppress(CommitFailedError):  # somebody else did it
            table.optimize.compact(target_size=max(1, sum(loose) // 2))
        self._opened = None

    def _scan(self, table: DeltaTable, first: int, last: int) -> pl.LazyFrame:
        """The rows of ticks ``first`` to ``last``, from the files that may hold some.

        Files are named by their paths: as addresses, which ``scan_delta`` makes of them, a space or a letter of another
        language in a folder's name leads nowhere.
        """
        files = self._files(table)
        none = [None] * len(files["path"])
        ends = zip(files["path"], files.get(f"min.{TICK}", none), files.get(f"max.{TICK}", none), strict=True)
        paths = [
            str(self.folder / path)
            for path, low, high in ends
            if low is None or high is None or (low <= last and first <= high)
        ]
        if not paths:
            return _nothing(table)
        return pl.scan_parquet(paths, glob=False, hive_partitioning=False).filter(pl.col(TICK).is_between(first, last))

    def _last(self, table: DeltaTable) -> int:
        """The last tick; what is asked of a version once, since Delta reads its log for each answer."""
        if self._reached is None or self._reached[0] != table.version():
            self._reached = table.version(), _last(table)
        return self._reached[1]

    def _files(self, table: DeltaTable) -> Files:
        if self._listed is None or self._listed[0] != table.version():
            self._listed = table.version(), pa.table(table.get_add_actions(flatten=True)).to_pydict()
        return self._listed[1]

    def _existing(self) -> DeltaTable:
        table = self._latest()
        if table is None:
            raise TableNotFoundError(f"there is no table in {self.folder}")
        return table

    def _index(self, table: DeltaTable) -> IdIndex:
        """The index of ids, with the ticks that came since it was last asked for."""
        last = self._last(table)
        if self._seen is None:
            self._seen = IdIndex(self._index_folder(), last)
        while (begin := self._seen.last + 1) <= last:
            end = min(last, begin + TICKS_INDEXED - 1)
            fresh = self._scan(table, begin, end).select(ROW_ID, TICK).collect()
            self._seen.add(fresh[ROW_ID].to_pandas(), fresh[TICK].to_numpy(), end)
        return self._seen

    def _open(self, version: int | None = None) -> DeltaTable:
        return DeltaTable(_named(self.folder), version=version)

    def _index_folder(self) -> Path:
        """Where the index of ids is: beside the rows, or on this machine."""
        return self.folder / "_seen" if isinstance(self.folder, Path) else self.copies / "seen"

    def _latest(self) -> DeltaTable | None:
        """The table as it is now. Its log grows by one file a version, so whether that is there says all, in no time."""
        if self._opened is not None and (at := self._opened.version()) - self._opened_at < STEPS:
            if (self.folder / "_delta_log" / f"{at + 1:020d}.json").is_file():
                self._opened.update_incremental()
        elif self.exists:
            self._opened = self._open()
            self._opened_at = self._opened.version()
        return self._opened


def _named(place: Place) -> Path | str:
    """A place as Delta and Polars are told of it."""
    return place if isinstance(place, Path) else str(place)


def _nothing(table: DeltaTable) -> pl.LazyFrame:
    """No rows, with the table's columns."""
    return pl.LazyFrame(pl.from_arrow(pa.schema(table.schema().to_arrow()).empty_table()))


def _of_one_tick(files: Files) -> list[int]:
    """Bytes of each file that holds a single tick and is small."""
    ticks = zip(files.get(f"min.{TICK}", []), files.get(f"max.{TICK}", []), strict=True)
    return [
        size for size, (first, last) in zip(files["size_bytes"], ticks, strict=False) if first == last and size < SMALL
    ]


def _same(left: pd.DataFrame, frame: pd.DataFrame) -> bool:
    """Whether two frames hold the same lines, in any order."""
    if len(left) != len(frame):
        return False
    return Counter(left.itertuples(index=False, name=None)) == Counter(
        frame[list(left.columns)].itertuples(index=False, name=None)
    )


def _last(table: DeltaTable) -> int:
    last = table.transaction_version(APPLICATION)
    return -1 if last is None else last


@contextmanager
def answering(folder: Place) -> Iterator[None]:
    """Turn whatever a disk or a table says into one plain sentence. Raises Unavailable."""
    try:
        yield
    except (OSError, DeltaError, pl.exceptions.PolarsError) as error:
        said = getattr(error, "strerror", None) or str(error).strip().splitlines()[0][:200]
        raise Unavailable(f"the store in {folder} cannot be used: {said}") from error
