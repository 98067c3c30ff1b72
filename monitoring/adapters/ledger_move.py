"""A ledger moved from a home's file to PostgreSQL: all of it in one transaction, compared before that is ended."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import sqlalchemy as sa

from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters.database_addresses import sqlite_address
from halflife.monitoring.adapters.ledger_database import Database
from halflife.monitoring.adapters.ledger_tables import METADATA

AT_ONCE = 1_000
"""Rows in one insert."""
BUSY = 15.0


@dataclass(frozen=True)
class Moved:
    """What was moved.

    Attributes:
        where: the database, without its password.
        counts: table -> rows, the same on both sides.
        before: an earlier move had done it, and was cut off before the file was put aside.
    """

    where: str
    counts: Mapping[str, int]
    before: bool


def move(file: Path, url: str, schema: str, *, aside: bool = False) -> Moved:
    """Copy every row. Killed at any moment, the database has all of it or nothing, and the file is as it was.

    Args:
        file: the ledger in a home, which nobody writes to meanwhile; it is brought up to date first.
        url: of the PostgreSQL database.
        schema: of the model there.
        aside: the file was put aside by a move that was made; the database may have gone on since.

    Raises:
        ConfigError: there is a ledger in the schema, and it is another one.
        Unavailable: one of the two does not answer, or what was copied is not what was read.
    """
    source = Database(sqlite_address(file), BUSY)
    target = Database(url, BUSY, schema, ready=False)
    try:
        with source.read() as old, target.write() as new:
            target.bring_up_to_date(new)
            there, ours = _content(new), _content(old)
            empty = not any(rows for rows, _ in there.values())
            if not empty and not aside and there != ours:
                raise ConfigError(
                    f"{target.where} has a ledger in the schema {schema} already, and it is another one"
                    f" ({there['versions'][0]} versions, {there['findings'][0]} findings; this one has"
                    f" {ours['versions'][0]} and {ours['findings'][0]}): nothing was moved"
                )
            if empty:
                for table in METADATA.sorted_tables:
                    _copy(old, new, table)
                there = _content(new)
                odd = [name for name, said in ours.items() if there[name] != said]
                if odd:
                    raise Unavailable(
                        f"{', '.join(odd)} did not arrive as they were in {target.where}: nothing was moved"
                    )
        return Moved(target.where, {name: rows for name, (rows, _) in there.items()}, before=not empty)
    finally:
        source.close()
        target.close()


def put_aside(file: Path, name: str) -> None:
    """Give a ledger's file a name under which nobody opens it; all of it is in that one file.

    Raises:
        Unavailable: somebody has it open.
    """
    try:
        with closing(sqlite3.connect(file, timeout=BUSY)) as database:
            if database.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise sqlite3.OperationalError("database is locked")
    except sqlite3.Error as error:
        raise Unavailable(
            f"{file} cannot be put aside, because another program has it open: end it and run the same again ({error})"
        ) from None
    file.rename(file.with_name(name))


def _copy(old: sa.Connection, new: sa.Connection, table: sa.Table) -> None:
    found = old.execute(sa.select(table).order_by(*table.primary_key))
    while rows := [row._asdict() for row in found.fetchmany(AT_ONCE)]:
        new.execute(sa.insert(table), rows)
    (key, *others) = table.primary_key
    if not others and key is table.autoincrement_column:
        last = new.execute(sa.select(sa.func.max(key))).scalar()
        if last is not None:  # the next number is given by a sequence, which has seen none of these
            sequence = sa.func.pg_get_serial_sequence(table.name, key.name)
            new.execute(sa.select(sa.func.setval(sequence, last)))


def _content(connection: sa.Connection) -> dict[str, tuple[int, str]]:
    """Table -> how many rows it has, and a digest of all of them as Python has them."""
    content = {}
    for table in METADATA.sorted_tables:
        said, rows = blake2b(digest_size=16), 0
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
            said.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
            rows += 1
        content[table.name] = (rows, said.hexdigest())
    return content
