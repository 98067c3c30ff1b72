"""A table or a query of a database, by SQLAlchemy, as a feed's table."""

import os
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    TextClause,
    column,
    create_engine,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from halflife.models.errors import ConfigError, FeedError
from halflife.monitoring.adapters.csv_dialect import require_known
from halflife.monitoring.adapters.database_addresses import address_of
from halflife.monitoring.adapters.marks import below, read, require_overlap
from halflife.monitoring.adapters.table_sources import Found, TableSource, whole


@dataclass(frozen=True)
class DatabaseSource(TableSource):
    """The rows of a table or query, read anew each time they are asked for: new ones are told by their id.

    Attributes:
        url_env: name of the environment variable that holds the database's address; it may hold a password, and is kept
            and told nowhere.
        table: its name, behind that of its schema and a dot where it has one; empty where there is a query.
        query: SQL that gives the rows; empty where there is a table.
        mark: column that only grows: with it only rows from `start` on are asked for. Empty for all rows each time.
        overlap: how far below the mark rows are asked for too, for those that were written late.
        start: the mark from which on, as `marks.written` has it; None for all rows.
    """

    url_env: str
    table: str = ""
    query: str = ""
    mark: str = ""
    overlap: str = ""
    start: str | None = None

    def __post_init__(self) -> None:
        require_overlap(self.overlap)
        if self.overlap and not self.mark:
            raise ConfigError("mark_overlap in [feed] goes with mark, the column that only grows")
        if bool(self.table) == bool(self.query):
            raise ConfigError('[feed] of kind "database" names a table or a query, one of the two')

    @property
    def name(self) -> str:
        return f"table {self.table!r}" if self.table else "the query"

    def stamp(self) -> Hashable | None:
        """How many rows there are, and the last mark; without marks a label that was filled in is seen by the next process."""
        newest: list[ColumnElement[Any]] = [func.max(column(self.mark))] if self.mark else []
        with self._connected() as connection:
            return tuple(connection.execute(self._asked(connection, func.count(), *newest)).one())

    def read(self) -> Found:
        with self._connected() as connection:
            rows = connection.execute(self._asked(connection, text("*")))
            columns = list(rows.keys())
            if self.mark:
                require_known("mark", self.mark, columns)
            cells = [tuple(str(cell) if isinstance(cell, UUID) else cell for cell in row) for row in rows]
        if not cells and self.start is None:
            raise FeedError(f"{self.name} of the database in {self.url_env} has no rows")
        found = whole(pl.DataFrame(cells, schema=columns, orient="row", infer_schema_length=None))
        return replace(found, marks=[row[columns.index(self.mark)] for row in cells]) if self.mark else found

    def since(self, mark: str | None) -> "DatabaseSource":
        return replace(self, start=mark)

    def _asked(self, connection: Connection, *columns: "ColumnElement[Any] | TextClause") -> "Select[Any]":
        """The question for the rows that are wanted."""
        asked = select(*columns).select_from(self._rows(connection))
        if self.start is None:
            return asked
        mark: ColumnElement[Any] = column(self.mark)
        return asked.where(or_(mark >= below(read(self.start), self.overlap), mark.is_(None)))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        url = os.environ.get(self.url_env)
        if not url:
            raise ConfigError(
                f"the environment variable {self.url_env} is not set; it holds the database's address, such as "
                "sqlite:////data/rows.db or postgresql://user:password@host/database"
            )
        try:
            engine = create_engine(address_of(url))
            try:
                with engine.connect() as connection:
                    yield connection
            finally:
                engine.dispose()
        except (SQLAlchemyError, ImportError) as error:
            said = str(getattr(error, "orig", None) or error).strip().splitlines()[0].replace(url, self.url_env)
            raise FeedError(f"{self.name} of the database in {self.url_env} cannot be read: {said[:200]}") from None

    def _rows(self, connection: Connection) -> FromClause:
        if self.query:
            return text(self.query.rstrip().rstrip(";")).columns().subquery("rows")
        schema, _, name = self.table.rpartition(".")
        return Table(name, MetaData(), schema=schema or None, autoload_with=connection)
