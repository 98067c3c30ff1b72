"""What a ledger needs of PostgreSQL: a schema for each model, one writer at a time, and errors in plain words.

A schema for each model and not a column in each table: ten tables, their keys and every query stay as they are, one model
can be dumped, moved or dropped by itself, and no query can forget to ask for its own model.
"""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from halflife.models.errors import Held, Unavailable
from halflife.monitoring.adapters.database_addresses import address_of

LONGEST = 40
"""Letters of a model's name that stand in its schema's, which PostgreSQL cuts at 63 bytes."""
WRITERS, MODELS = 0x48616C66, 0x48616C67
"""Classes of the advisory locks: of one transaction that writes, and of who works on a model ("Half" in ASCII)."""
ALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A connection that only holds a lock is silent for hours; firewalls drop such ones unless they are kept alive."""
LOOK = 0.2
"""Seconds between two looks at a lock that somebody else holds."""
PLAIN = {
    "password authentication failed": "does not take this user and password",
    "no password supplied": "asks for a password: it can be in the address that an environment variable holds, or in"
    " PGPASSWORD",
    "Connection refused": "does not answer: nobody listens there. Nothing was lost; run the same again",
    "server closed the connection": "has ended the connection. Nothing was lost; run the same again",
    "terminating connection": "has ended the connection. Nothing was lost; run the same again",
    "the database system is": "is starting or shutting down. Nothing was lost; run the same again",
    "failed to resolve host": "cannot be found: there is no host of that name",
    "could not translate host name": "cannot be found: there is no host of that name",
    "permission denied for database": "does not let this user make a schema: have its owner make {schema}, as in"
    ' CREATE SCHEMA "{schema}" AUTHORIZATION …',
    "permission denied": "does not let this user read and write {schema}",
}
"""Words in an error of PostgreSQL's -> what they mean for a ledger."""


def schema_of(model: str) -> str:
    """The schema of a model's ledger: no two names have the same.

    >>> schema_of("churn"), schema_of("Churn (EU)")
    ('halflife_churn', 'halflife_churn_eu_ac3485119dd1')
    """
    if re.fullmatch(rf"[a-z][a-z0-9]{{0,{LONGEST - 1}}}", model):
        return f"halflife_{model}"
    letters = re.sub(r"[^a-z0-9]+", "_", model.lower()).strip("_")[:LONGEST]
    return f"halflife_{letters}_{blake2b(model.encode(), digest_size=6).hexdigest()}"


def shown(address: sa.URL) -> str:
    """An address without its driver, its password and its options.

    >>> shown(sa.make_url("postgresql+psycopg://ann:hunter2@host/rows?sslmode=require"))
    'postgresql://ann@host/rows'
    """
    whole = sa.URL.create("postgresql", address.username, None, address.host, address.port, address.database)
    return whole.render_as_string()


def said(error: DBAPIError, schema: str | None) -> str:
    """What an error means, to follow the ledger's name; without the address."""
    cause = str(error.orig)
    if "does not exist" in cause and 'database "' in cause:
        return "does not answer: there is no database of that name; `createdb` makes one"
    for words, meaning in PLAIN.items():
        if words in cause:
            return meaning.format(schema=schema or "public")
    return f"does not answer: {next(iter(cause.strip().splitlines()), type(error.orig).__name__)[:200]}"


def in_schema(engine: sa.Engine, schema: str) -> None:
    """Have every connection of an engine see this schema and no other."""

    def search(connection: Any, _record: Any) -> None:
        before, connection.autocommit = connection.autocommit, True
        with connection.cursor() as cursor:
            cursor.execute(f'SET SESSION search_path TO "{schema}"')
        connection.autocommit = before

    sa.event.listen(engine, "connect", search, insert=True)


def has_ledger(connection: sa.Connection, schema: str | None) -> bool:
    """Whether there is a ledger in the schema, or in the one that is searched."""
    table = f'"{schema}".alembic_version' if schema else "alembic_version"
    return connection.execute(sa.select(sa.func.to_regclass(table))).scalar() is not None


def make_schema(connection: sa.Connection, schema: str) -> None:
    """Make the schema unless somebody has: who may not make one can use one that is there."""
    there = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
    if connection.execute(there, {"schema": schema}).first() is None:
        connection.execute(sa.schema.CreateSchema(schema))


def writing(connection: sa.Connection, schema: str | None) -> None:
    """Queue behind whoever writes to the same ledger, until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS, _key(schema))))


@contextmanager
def held(url: str, schema: str, what: str, wait: float = 0.0) -> Iterator[None]:
    """Work on a model alone, whatever machine the others are on. Readers are not kept out.

    The lock is the connection's, so that it goes with the process however that ends.

    Args:
        url: of the database.
        schema: of the model's ledger, which need not be there yet.
        what: is held, in a few words, for whoever is kept out.
        wait: seconds to wait for somebody else.

    Raises:
        Held: somebody else holds it for longer.
        Unavailable: the database does not answer.
    """
    address = address_of(url)
    options = {**ALIVE, "application_name": f"halflife {socket.gethostname()} {os.getpid()}"[:63]}
    engine = sa.create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options)
    ends = time.monotonic() + wait
    try:
        connection = engine.connect()
        take = sa.select(sa.func.pg_try_advisory_lock(MODELS, _key(schema)))
        while not connection.execute(take).scalar_one():
            if time.monotonic() >= ends:
                connection.close()
                raise Held(f"another halflife command is working on {what}; wait for it to end")
            time.sleep(LOOK)
    except DBAPIError as error:
        raise Unavailable(f"the ledger {shown(address)} {said(error, schema)}") from error
    try:
        yield
    finally:
        connection.close()


def _key(schema: str | None) -> int:
    """A signed number of 32 bits, as advisory locks take."""
    return int.from_bytes(blake2b((schema or "public").encode(), digest_size=4).digest(), "big", signed=True)
