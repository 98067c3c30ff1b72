"""What may change about a finding after it was filed, what may not, and ledgers made before findings had links."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.command import downgrade
from alembic.config import Config

from halflife.models.domain import Finding, Role, Scope, Version
from halflife.models.errors import NotFound
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


def test_a_revision_changes_what_is_not_the_claim(tmp_path: Path) -> None:
    """Author, note, guard, ttl, links and in_file are set; name, claim, scope and the rest stay as filed."""
    with opened(tmp_path / "ledger.db") as ledger:
        (filed,) = ledger.file([FAIR], [])
        told = {
            "author": "bea",
            "note": "",
            "guard": True,
            "ttl": 4,
            "links": ("https://example.org/1",),
            "in_file": True,
        }
        meddled = replace(filed, **told, name="other", claim="auc() > 0.9", scope=Scope.ARTIFACT, made_on=2)  # type: ignore[arg-type]  # values by name
        ledger.revise([meddled])
        assert ledger.findings() == [replace(filed, **told)]  # type: ignore[arg-type]  # values by name


def test_a_revision_of_several_is_all_or_nothing(tmp_path: Path) -> None:
    """One unknown finding among them, and none is touched."""
    with opened(tmp_path / "ledger.db") as ledger:
        (filed,) = ledger.file([FAIR], [])
        with pytest.raises(NotFound, match="the ledger has no finding 9"):
            ledger.revise([replace(filed, note="changed"), replace(filed, id=9)])
        assert ledger.findings() == [filed]


def test_a_superseded_finding_retires_and_frees_its_name_once(tmp_path: Path) -> None:
    """Said twice it is said once; the name can be filed anew and the old finding is found under its own number."""
    with opened(tmp_path / "ledger.db") as ledger:
        (old,) = ledger.file([FAIR], [])
        for _ in range(2):
            ledger.supersede([old.id], 2)
        (new,) = ledger.file([replace(FAIR, claim="auc() > 0.8", made_on=2)], [])
        assert ledger.finding("fair~1") == replace(old, name="fair~1", retired_on=2)
        assert ledger.finding("fair") == new
        assert ledger.findings(open_only=True) == [new]
        ledger.retire([new.id], 2)
        ledger.supersede([new.id], 3)
        assert ledger.finding("fair~2").retired_on == 2, "the first retirement stands"


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
