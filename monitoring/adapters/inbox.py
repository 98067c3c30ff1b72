"""Rows and labels that are pushed: kept in a folder, a file a push, before whoever pushed them is answered.

What is kept is never changed; the folder is then read like any other. A push is whole or not at all.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.table_sources import FolderSource, Found
from halflife.monitoring.whole_files import write_first

NUMBERED = "{:09d}.parquet"


@dataclass(frozen=True)
class Pushed:
    """What one push brought: rows, or labels of rows that were pushed before or will be."""

    rows: int
    labels: int


class Inbox(FolderSource):
    """The folder of one feed.

    Attributes:
        path: of it; rows are below ``rows/``, labels that came without their rows below ``labels/``.
    """

    @property
    def empty(self) -> bool:
        return not self._files()

    def read(self) -> Found:
        if self.empty:
            raise FeedError("nothing has been pushed yet: `halflife ingest --rows -` takes JSON lines")
        return super().read()


@dataclass(frozen=True)
class PushedRows:
    """Takes pushes.

    Attributes:
        folder: that keeps them.
        id: column that identifies a row.
        label: its label's column; a table of this and the id alone is one of labels.
    """

    folder: Path
    id: str
    label: str

    @property
    def rows(self) -> Inbox:
        """What was pushed as rows."""
        return Inbox(self.folder / "rows")

    @property
    def labels(self) -> Inbox:
        """What was pushed as labels."""
        return Inbox(self.folder / "labels")

    def label_table(self, positive: str | None) -> LabelTable:
        """The labels that came without their rows."""
        return LabelTable(self.labels, self.id, self.label, positive=positive)

    def push(self, table: pl.DataFrame) -> Pushed:
        """Keep a table of rows, or of labels. Raises FeedError where its columns are not those of earlier pushes."""
        if not len(table):
            return Pushed(0, 0)
        if self.id not in table.columns:
            raise FeedError(
                f"what was pushed has no column {self.id!r}, which identifies a row; it has "
                f"{', '.join(map(repr, table.columns))}"
            )
        of_labels = set(table.columns) == {self.id, self.label}
        folder = self.folder / ("labels" if of_labels else "rows")
        known = self._columns(folder)
        if not of_labels and self.label and self.label not in table.columns:
            table = table.with_columns(pl.lit(None, dtype=pl.String).alias(self.label))
        if known and set(known) != set(table.columns):
            odd = ", ".join(map(repr, sorted(set(known) ^ set(table.columns))))
            raise FeedError(f"what was pushed has other columns than what came before: {odd}; nothing of it was kept")
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.parquet")))
        while not write_first(folder / NUMBERED.format(number), _parquet(table), synced=True):
            number += 1
        return Pushed(0, len(table)) if of_labels else Pushed(len(table), 0)

    def _columns(self, folder: Path) -> list[str]:
        first = folder / NUMBERED.format(0)
        return list(pl.read_parquet_schema(first)) if first.exists() else []


def json_lines(lines: Iterable[str]) -> pl.DataFrame:
    """A table of JSON objects, one a line. Raises FeedError naming the line that is none.

    >>> json_lines(['{"id": "a", "x": 1}', "", '{"id": "b", "x": null}']).rows()
    [('a', 1), ('b', None)]
    """
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise FeedError(f'line {number} is no JSON: {error}; a row is an object such as {{"id": "a"}}') from None
        if not isinstance(row, dict):
            raise FeedError(f'line {number} is no JSON object; a row is one such as {{"id": "a"}}')
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pl.DataFrame({name: _cells(cells) for name, cells in columns.items()})


def _cells(cells: list[object]) -> pl.Series:
    """Numbers where all of them are, else text as JSON writes it."""
    present = [cell for cell in cells if cell is not None]
    if all(isinstance(cell, bool) for cell in present) or all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in present
    ):
        return pl.Series(cells, strict=False)
    return pl.Series([cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells])


def _parquet(table: pl.DataFrame) -> bytes:
    from io import BytesIO

    written = BytesIO()
    table.write_parquet(written)
    return written.getvalue()
