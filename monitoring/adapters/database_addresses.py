"""Addresses of databases as people have them, for SQLAlchemy as it is installed."""

from importlib.util import find_spec

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
