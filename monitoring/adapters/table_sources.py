"""Where a feed's table is read from: a file that grows, a folder or pattern of files, a Delta table, an inbox.

Files, folders and Delta tables may be on this machine or on an object store.

A source gives all its rows as they are now; which of them are new, the feed tells by what they are.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote

import numpy as np
import polars as pl

from halflife.models.errors import FeedError
from halflife.models.rows import Mask
from halflife.monitoring.adapters.places import Place, stamp_of
from halflife.monitoring.adapters.tabular import PARQUET, TEXT, blank_is_missing, read_table
from halflife.monitoring.adapters.text_layout import AS_PROGRAMS_WRITE, Layout

WILD = frozenset("*?[")
HIVE = "="


@dataclass(frozen=True)
class Found:
    """All rows of a source, in its order.

    Attributes:
        table: every cell, null where it is empty.
        settled: the rows that are wholly written, shape (n,).
        names: of each row, where no column identifies it, shape (n,); None where rows have no place of their own.
        marks: of each row, None where it has none, shape (n,); None where the source is read whole each time.
    """

    table: pl.DataFrame
    settled: Mask
    names: pl.Series | None
    marks: Sequence[Any] | None = None


class TableSource(ABC):
    """A table that may grow."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in a sentence."""

    @abstractmethod
    def stamp(self) -> Hashable | None:
        """What changes when the source does, to be had without reading it; None where it cannot be told, or is gone."""

    @property
    def mark(self) -> str:
        """Column that only grows, by which it can be read from some row on; empty where it is read whole each time."""
        return ""

    def since(self, mark: str | None) -> "TableSource":
        """The rows at a mark and above, and those without one; all of them where it is None."""
        return self

    @property
    def text_files(self) -> tuple[Place, ...]:
        """The text files it is made of, in order."""
        return ()

    @property
    def partitions(self) -> tuple[str, ...]:
        """Columns that its folders' names give."""
        return ()

    @property
    def empty(self) -> bool:
        """Whether it may have no rows yet, and has none."""
        return False

    @abstractmethod
    def read(self) -> Found:
        """All its rows. Raises FeedError."""


@dataclass(frozen=True)
class FileSource(TableSource):
    """One CSV or Parquet file. Without an id a row is its number in the file, from 0.

    Attributes:
        path: of the file.
        layout: of a text file.
    """

    path: Place
    layout: Layout = AS_PROGRAMS_WRITE

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def text_files(self) -> tuple[Place, ...]:
        return (self.path,) if self.path.suffix.lower() in TEXT else ()

    def stamp(self) -> Hashable | None:
        return stamp_of(self.path)

    def read(self) -> Found:
        table, ended = read_table(self.path, self.layout)
        settled = np.ones(len(table), dtype=bool)
        settled[-1] = ended
        return Found(table, settled, pl.Series(np.arange(len(table))).cast(pl.String))


@dataclass(frozen=True)
class FolderSource(TableSource):
    """Files of one kind of table: all in a folder and below it, or all that a pattern finds, in the order of their names.

    Folders called ``column=value`` add that column, as partitioned Parquet data sets have it. Files whose names begin
    with a dot or an underscore are passed over: writers use them for what is not done. Without an id a row is its file
    and its number there, so files may come in any order but must keep their names.

    Attributes:
        path: a folder, or a pattern with ``*``, ``?``, ``[…]`` or ``**``.
        layout: of text files.
    """

    path: Place
    layout: Layout = AS_PROGRAMS_WRITE

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def text_files(self) -> tuple[Place, ...]:
        return tuple(file for file in self._files() if file.suffix.lower() in TEXT)

    @property
    def partitions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for file in self._files() for name in self._partition(file)))

    def stamp(self) -> Hashable | None:
        try:
            stamps = {str(file): stamp_of(file) for file in self._files()}
        except FeedError:
            return None
        return tuple(sorted(stamps.items())) or None

    def read(self) -> Found:
        files = self._files()
        if not files:
            raise FeedError(f"{self.path} has no files that end in {', '.join(TEXT + PARQUET)}")
        parts = [(self._called(file), FileSource(file, self.layout).read(), self._partition(file)) for file in files]
        header = _header(files[0], parts[0][1].table, parts[0][2])
        tables = []
        for file, (_, found, partition) in zip(files, parts, strict=True):
            here = _header(file, found.table, partition)
            if set(here) != set(header):
                odd = sorted(set(here) ^ set(header))
                raise FeedError(
                    f"{file} has other columns than {files[0]}: {', '.join(map(repr, odd))} in one of them alone; "
                    "files of one feed have the same columns"
                )
            tables.append(found.table.with_columns(pl.lit(v).alias(k) for k, v in partition.items()).select(header))
        names = [f"{called}:" + found.names for called, found, _ in parts if found.names is not None]
        return Found(
            pl.concat(_one_type(tables)), np.concatenate([found.settled for _, found, _ in parts]), pl.concat(names)
        )

    def _files(self) -> list[Place]:
        rest = _below(self.path, self._root).as_posix()
        pattern = rest if rest != "." else "**/*"
        try:
            found = self._root.glob(pattern) if not isinstance(self._root, Path) or self._root.is_dir() else iter(())
            files = [
                file
                for file in found
                if file.suffix.lower() in TEXT + PARQUET
                and not any(part.startswith(("_", ".")) for part in _below(file, self._root).parts)
                and file.is_file()
            ]
        except OSError as error:
            raise FeedError(f"{self.path} cannot be read: {error.strerror or error}") from None
        return sorted(files, key=lambda file: _below(file, self._root).parts)

    @property
    def _root(self) -> Place:
        """The folder that holds all the files."""
        root = self.path
        while WILD & set(str(root)):
            root = root.parent
        return root

    def _called(self, file: Place) -> str:
        return _below(file, self._root).as_posix()

    def _partition(self, file: Place) -> dict[str, str | None]:
        pairs = (part.split(HIVE, 1) for part in _below(file, self._root).parts[:-1] if HIVE in part)
        return {key: None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value) for key, value in pairs}


@dataclass(frozen=True)
class DeltaSource(TableSource):
    """A Delta table; it needs an id, since its rows have no order.

    Attributes:
        path: of the table's folder.
    """

    path: Place

    @property
    def name(self) -> str:
        return str(self.path)

    def stamp(self) -> Hashable | None:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            return DeltaTable(str(self.path)).version()
        except (OSError, DeltaError):
            return None

    def read(self) -> Found:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            table = pl.DataFrame(pl.from_arrow(DeltaTable(str(self.path)).to_pyarrow_table()))
        except (OSError, DeltaError, pl.exceptions.PolarsError) as error:
            raise FeedError(
                f"{self.path} is no Delta table that can be read: {str(error).splitlines()[0][:200]}"
            ) from None
        if not len(table):
            raise FeedError(f"{self.path} is a Delta table without rows")
        return whole(table)


def whole(table: pl.DataFrame) -> Found:
    """A table whose rows are all wholly written, and have no place of their own."""
    return Found(blank_is_missing(table), np.ones(len(table), dtype=bool), None)


def source_of(path: Place, layout: Layout = AS_PROGRAMS_WRITE) -> TableSource:
    """The source a path names: a Delta table, a folder or pattern of files, or one file.

    Raises:
        FeedError: an object store cannot be asked which of them it is.
    """
    try:
        if (path / "_delta_log").is_dir():
            return DeltaSource(path)
        if path.is_dir() or (WILD & set(str(path)) and not path.is_file()):
            return FolderSource(path, layout)
    except OSError as error:
        if isinstance(path, Path):  # reading it says what is wrong
            return FileSource(path, layout)
        raise FeedError(f"{path} cannot be read: {error.strerror or error}") from None
    return FileSource(path, layout)


def _below(file: Place, folder: Place) -> PurePath:
    """The path of a file from a folder that it is in."""
    return file.relative_to(folder)  # type: ignore[arg-type]  # both are on this machine, or neither is


def _header(file: Place, table: pl.DataFrame, partition: dict[str, str | None]) -> list[str]:
    twice = sorted(set(partition) & set(table.columns))
    if twice:
        raise FeedError(f"{file} has the column {twice[0]!r}, which its folder's name gives too; leave one of them out")
    return [*table.columns, *partition]


def _one_type(tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """A column that files write as different types is text, unless all of them are numbers."""
    first = tables[0].schema
    mixed = {name for table in tables for name, kind in table.schema.items() if kind != first[name]}
    numeric = {
        name
        for name in mixed
        if all(table.schema[name].is_numeric() or table.schema[name] == pl.Null for table in tables)
    }
    return [
        table.with_columns(
            *(pl.col(name).cast(pl.Float64) for name in sorted(numeric)),
            *(pl.col(name).cast(pl.String) for name in sorted(mixed - numeric)),
        )
        for table in tables
    ]
