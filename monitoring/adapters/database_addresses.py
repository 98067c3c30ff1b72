"""Addresses of databases as people have them, for SQLAlchemy as it is installed."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote

import sqlalchemy as sa

POSTGRES = ("postgres", "postgresql")
"""How the address of a PostgreSQL database begins that names no driver; the first is what hosts of databases give."""


def address_of(url: str) -> sa.URL:
    """The address; of PostgreSQL's without a driver psycopg's, which the extra ``halflife[postgres]`` brings.

    Raises:
        sqlalchemy.exc.ArgumentError: it is no address.

    >>> address_of("sqlite:////rows.db").drivername
    'sqlite'
    >>> address_of("postgres://ann@host/rows").get_backend_name()
    'postgresql'
    """
    head, separator, rest = url.partition("://")
    address = sa.make_url(f"postgresql://{rest}" if separator and head in POSTGRES else url)
    other = address.drivername == "postgresql" and find_spec("psycopg2") is None
    return address.set(drivername="postgresql+psycopg") if other else address


def sqlite_address(path: Path) -> str:
    """The address of a SQLite database in a file, whatever its path is made of.

    SQLAlchemy takes a question mark for the beginning of options, so such a path is written as SQLite's own URI.

    >>> sqlite_address(Path("/my home/ledger.db")), sqlite_address(Path("/what?/ledger.db"))
    ('sqlite:////my home/ledger.db', 'sqlite:///file:/what%3F/ledger.db?uri=true')
    """
    if "?" not in str(path):
        return sa.URL.create("sqlite", database=str(path)).render_as_string()
    return sa.URL.create("sqlite", database=f"file:{quote(str(path))}", query={"uri": "true"}).render_as_string()


def sqlite_file(address: sa.URL) -> str:
    """The file that an address of SQLite's names; empty for a database in memory.

    >>> sqlite_file(sa.make_url("sqlite:///file:/what%3F/ledger.db?uri=true"))
    '/what?/ledger.db'
    """
    name = address.database or ""
    if dict(address.query) == {"uri": "true"} and name.startswith("file:/"):
        name = unquote(name.removeprefix("file:"))
    return "" if name == ":memory:" else name
