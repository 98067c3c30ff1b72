"""One ledger database: opening it, bringing it up to date, transactions, and what its errors mean in plain words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any
from weakref import finalize

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool, StaticPool

from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring import database_cache
from halflife.monitoring.adapters import postgres_ledger
from halflife.monitoring.adapters.database_addresses import address_of, sqlite_file
from halflife.monitoring.adapters.ledger_tables import HEAD
from halflife.monitoring.alerts.redaction import redacted

LOG = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
PLAIN = {
    "database is locked": "is locked: another process is writing to it; waited {busy:g} s. Try again when it is done",
    "unable to open database file": "cannot be opened; is it a file, and may it and its folder be written to?",
    "readonly database": "may not be written to; check who owns the file and its folder",
    "not a database": "is a file, but not a SQLite database; name another file or move this one away",
    "malformed": "is damaged; restore a copy of it",
    "disk is full": "cannot grow: the disk is full",
}


class Database:
    """An engine whose every block is one transaction.

    SQLite is opened in write-ahead mode, so that readers never wait; a writer takes the lock when its transaction
    begins rather than half way, so that two of them queue instead of failing.

    Args:
        url: SQLAlchemy's, such as ``sqlite:////home/me/halflife-home/ledger.db``. ``sqlite://`` lives in memory and is
            for one thread.
        busy_seconds: how long to wait for another process's transaction.
        schema: of PostgreSQL, made where it is missing; the one that is searched when None.
        ready: bring it up to date now; left out by who does so in a transaction of his own.

    Raises:
        ConfigError: the address is none, or its driver is not installed.
        Unavailable: the database cannot be opened, or was written by a newer Halflife.
    """

    def __init__(self, url: str, busy_seconds: float, schema: str | None = None, *, ready: bool = True) -> None:
        try:
            address = address_of(url)
            self._sqlite = address.get_backend_name() == "sqlite"
            memory = self._sqlite and not sqlite_file(address)
            options: dict[str, Any] = {"connect_args": {"timeout": busy_seconds}} if self._sqlite else {}
            if memory:
                options["poolclass"] = StaticPool
            self.engine = sa.create_engine(address, **options)
        except (ArgumentError, NoSuchModuleError) as error:
            raise ConfigError(f"{redacted(repr(url))} is not a database address; one is sqlite:///ledger.db") from error
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"the ledger's address asks for the driver {error.name!r}, which is not installed: pip install"
                ' "halflife[postgres]"'
            ) from error
        self.where = sqlite_file(address) or "in memory" if self._sqlite else postgres_ledger.shown(address)
        self._busy, self._schema = busy_seconds, schema
        if self._sqlite:
            plain = not memory and not self.where.startswith("file:")
            if plain and not Path(self.where).parent.is_dir():
                raise Unavailable(
                    f"the ledger {self.where} cannot be made: there is no folder {Path(self.where).parent}"
                )
            if plain and not Path(self.where).exists():
                database_cache.fill(Path(self.where), template_key(), make_template)
            sa.event.listen(self.engine, "connect", _pragmas)
            sa.event.listen(self.engine, "begin", _begin)
        else:
            finalize(self, self.engine.dispose)  # a connection that is let go without being closed is warned of
            if schema is not None:
                postgres_ledger.in_schema(self.engine, schema)
        if ready:
            self._bring_up_to_date()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One transaction that sees the database as it was when it began."""
        with self._plainly(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that is committed when the block ends, and leaves nothing when it raises."""
        with self._plainly(), self.engine.connect() as connection:
            connection = connection.execution_options(halflife_writes=True)
            with connection.begin():
                if not self._sqlite:
                    postgres_ledger.writing(connection, self._schema)
                yield connection

    def close(self) -> None:
        """Let go of the file; the next transaction opens it again."""
        self.engine.dispose()

    def _bring_up_to_date(self) -> None:
        """Run the migrations that are missing. A current database is told by one row, without loading Alembic."""
        with self.read() as connection:
            revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is not None and revision > HEAD:
            raise Unavailable(
                f"the ledger {self.where} was written by a newer Halflife (revision {revision}; this one knows {HEAD}): "
                "install that one"
            )
        with self.write() as connection:
            self.bring_up_to_date(connection)

    def bring_up_to_date(self, connection: sa.Connection) -> None:
        """Run the migrations that are missing in a transaction that writes, in PostgreSQL in the schema, made if need be."""
        if self._schema is not None:
            postgres_ledger.make_schema(connection, self._schema)
        revision = _revision(connection)
        if revision != HEAD:  # another process may have been faster
            _migrate(connection)
            LOG.info("the ledger %s was brought from revision %s to %s", self.where, revision or "none", HEAD)
            if _revision(connection) != HEAD:
                raise AssertionError(f"migrations ended at {_revision(connection)}, not at {HEAD}")

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Say in plain words what the database's error means, and for which database."""
        try:
            yield
        except DBAPIError as error:
            if not self._sqlite:
                raise Unavailable(f"the ledger {self.where} {postgres_ledger.said(error, self._schema)}") from error
            cause = str(error.orig)
            said = next((said for sign, said in PLAIN.items() if sign in cause), f"does not answer: {cause}")
            raise Unavailable(f"the ledger {self.where} {said.format(busy=self._busy)}") from error


def there_is_one(url: str, schema: str) -> bool:
    """Whether a PostgreSQL database has a ledger in a schema; nothing is made. Raises Unavailable and ConfigError."""
    try:
        where = address_of(url)
        engine = sa.create_engine(where, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        Database(url, 0.0, schema)  # says what is wrong
        raise
    try:
        with engine.connect() as connection:
            return postgres_ledger.has_ledger(connection, schema)
    except DBAPIError as error:
        raise Unavailable(f"the ledger {postgres_ledger.shown(where)} {postgres_ledger.said(error, schema)}") from error


def template_key() -> str:
    """Of the ledger's template: the newest revision, and what the migrations say."""
    said = blake2b(digest_size=4)
    for script in sorted((MIGRATIONS / "versions").glob("*.py")):
        said.update(script.read_bytes())
    return f"ledger-{HEAD}-{said.hexdigest()}"


def make_template(path: Path) -> None:
    """An empty ledger of the newest revision."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", _pragmas)
    sa.event.listen(engine, "begin", _begin)
    with engine.begin() as connection:
        _migrate(connection)
    engine.dispose()


def _pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's transactions, not sqlite3's, which never cover DDL
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("halflife_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: sa.Connection) -> str | None:
    if connection.dialect.name == "postgresql":
        there = postgres_ledger.has_ledger(connection, None)
    else:
        there = sa.inspect(connection).has_table("alembic_version")
    if not there:
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: sa.Connection) -> None:
    # Alembic takes half a second to load, and a current database never needs it.
    from alembic.command import upgrade
    from alembic.config import Config

    config = Config()
    # A percent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    upgrade(config, "head")
