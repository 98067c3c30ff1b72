"""Ledgers made before findings had links."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic.command import downgrade
from alembic.config import Config

from halflife.models.domain import Finding, Role, Scope, Version
from halflife.monitoring.adapters.ledger_database import MIGRATIONS
from halflife.monitoring.adapters.sql_ledger import SqlLedger

FAIR = Finding("fair", "auc() > 0.7", "auc", Scope.POPULATION, 1, author="ann", note="seen on Monday")


def version(number: int) -> Version:
    """A version of which only the number matters."""
    return Version(number, 0, 9, "3", "recipe", 7, "data", "model", {}, Role.CHAMPION, "", 900)


def opened(path: Path) -> SqlLedger:
    """A ledger with three versions."""
    ledger = SqlLedger(f"sqlite:///{path}")
    for number in (1, 2, 3):
        ledger.add_version(version(number))
    return ledger


def test_a_ledger_from_before_links_is_brought_up_to_date(tmp_path: Path) -> None:
    """A database at the first revision opens, and its findings have no links and stand in no file."""
    path = tmp_path / "ledger.db"
    with opened(path) as ledger:
        (filed,) = ledger.file([FAIR], [])
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        downgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        columns = {row[1] for row in raw.execute("PRAGMA table_info(findings)")}
        assert not columns & {"links", "in_file"}
    with SqlLedger(f"sqlite:///{path}") as ledger:
        assert ledger.findings() == [filed]
