"""A table or a query of a database, by SQLAlchemy, as a feed's table."""

import os
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import Connection, FromClause, MetaData, Table, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from halflife.models.errors import ConfigError, FeedError
from halflife.monitoring.adapters.database_addresses import address_of
from halflife.monitoring.adapters.table_sources import Found, TableSource, whole


@dataclass(frozen=True)
class DatabaseSource(TableSource):
    """Every row of a table or query, read anew each time it is asked for: new ones are told by their id.

    Attributes:
        url_env: name of the environment variable that holds the database's address; it may hold a password, and is kept
            and told nowhere.
        table: its name, behind that of its schema and a dot where it has one; empty where there is a query.
        query: SQL that gives the rows; empty where there is a table.
    """

    url_env: str
    table: str = ""
    query: str = ""

    def __post_init__(self) -> None:
        if bool(self.table) == bool(self.query):
            raise ConfigError('[feed] of kind "database" names a table or a query, one of the two')

    @property
    def name(self) -> str:
        return f"table {self.table!r}" if self.table else "the query"

    def stamp(self) -> Hashable | None:
        """How many rows there are; a label that was filled in since is seen by the next process."""
        with self._connected() as connection:
            counted: int = connection.execute(select(func.count()).select_from(self._rows(connection))).scalar_one()
        return counted

    def read(self) -> Found:
        with self._connected() as connection:
            rows = connection.execute(select(text("*")).select_from(self._rows(connection)))
            columns = list(rows.keys())
            cells = [tuple(str(cell) if isinstance(cell, UUID) else cell for cell in row) for row in rows]
        if not cells:
            raise FeedError(f"{self.name} of the database in {self.url_env} has no rows")
        return whole(pl.DataFrame(cells, schema=columns, orient="row", infer_schema_length=None))

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
