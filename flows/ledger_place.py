"""Where a model's ledger is: a file of its home, or a schema of a PostgreSQL database that workers share."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from halflife.flows.server_settings import LedgerSettings
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError, NotFound

if TYPE_CHECKING:  # each adapter is imported where it is made: a command pays only for what it uses
    from halflife.monitoring.adapters.ledger_move import Moved
    from halflife.monitoring.adapters.sql_ledger import SqlLedger

LEDGER_FILE, MOVED = "ledger.db", "ledger.db.moved"
"""In a home whose ledger is its own, and in one whose ledger has moved to a database since."""


def ledger(settings: Settings) -> "SqlLedger":
    """SQLite in the home, or the model's schema of a PostgreSQL database; made where it is missing.

    Raises:
        ConfigError: the home's ledger has moved to a database that is not named, or has not moved to the one that is.
    """
    from halflife.monitoring.adapters.database_addresses import sqlite_address
    from halflife.monitoring.adapters.postgres_ledger import schema_of
    from halflife.monitoring.adapters.sql_ledger import SqlLedger

    file, said = settings.home.resolve() / LEDGER_FILE, settings.ledger
    if not said.shared:
        if not file.exists() and file.with_name(MOVED).exists():
            raise ConfigError(
                f"the ledger of {settings.home} was moved to a database: name it in [ledger] url_env; to go back to what"
                f" the home had then, rename {MOVED} to {LEDGER_FILE}"
            )
        return SqlLedger(sqlite_address(file))
    if file.exists() and not has_ledger(settings):
        where = f"--to-env {said.url_env}" if said.url_env else "--to URL"
        raise ConfigError(
            f"{settings.home} has a ledger of its own, {LEDGER_FILE}, and the database none of {settings.name!r}:"
            f" `halflife migrate {where}` moves it there"
        )
    return SqlLedger(said.address(), schema=schema_of(settings.name))


def has_ledger(settings: Settings) -> bool:
    """Whether there is a ledger yet; none is made. Raises Unavailable where its database does not answer."""
    said = settings.ledger
    if not said.shared:
        return (settings.home / LEDGER_FILE).exists() or (settings.home / MOVED).exists()
    from halflife.monitoring.adapters.ledger_database import there_is_one
    from halflife.monitoring.adapters.postgres_ledger import schema_of

    return there_is_one(said.address(), schema_of(settings.name))


def move_ledger(settings: Settings, to: LedgerSettings) -> "Moved":
    """Move the home's own ledger to a database, keeping its file under another name. Safe to kill and to repeat.

    Raises:
        ConfigError: the database has another ledger of this model.
        NotFound: the home has no ledger of its own.
        Unavailable: one of the two does not answer.
    """
    from halflife.monitoring.adapters.ledger_move import move, put_aside
    from halflife.monitoring.adapters.postgres_ledger import schema_of

    file, schema = settings.home.resolve() / LEDGER_FILE, schema_of(settings.name)
    aside = file.with_name(MOVED)
    source = file if file.exists() else aside
    if not source.exists():
        raise NotFound(f"{settings.home} has no ledger of its own to move")
    moved = move(source, to.address(), schema, aside=source is aside)
    if source is file:
        put_aside(file, MOVED)
    return moved


def alone(settings: Settings, wait: float = 0.0) -> AbstractContextManager[None]:
    """Work on a model alone where others, on whatever machine, have the same ledger; nothing where it is the home's.

    Raises:
        Unavailable: when entered: somebody else works on it for longer than ``wait`` seconds.
    """
    if not settings.ledger.shared:
        return nullcontext()
    from halflife.monitoring.adapters.postgres_ledger import held, schema_of

    return held(settings.ledger.address(), schema_of(settings.name), repr(settings.name), wait)
