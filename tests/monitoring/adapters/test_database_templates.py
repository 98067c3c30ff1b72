"""A database copied from its template is the one its migrations would have made."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from halflife.monitoring.adapters import ledger_database, mlflow_connection
from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
from halflife.monitoring.adapters.sql_ledger import SqlLedger


def content(path: Path) -> tuple[set[tuple[Any, ...]], list[tuple[str]]]:
    """Every index, column and foreign key of a database, and the revision it says it has.

    Not the text of its definitions: MLflow's migrations write the constraints of a table in no fixed order.
    """
    with closing(sqlite3.connect(path)) as database:
        defined = set(database.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall())
        for look in ("table_xinfo", "foreign_key_list", "index_list"):
            rows = database.execute(
                f"SELECT t.name, p.* FROM sqlite_master t JOIN pragma_{look}(t.name) p WHERE t.type = 'table'"  # noqa: S608 - our own words
            ).fetchall()
            # Of keys and indexes, the second column counts them in the order in which they were written.
            defined |= {(look, *row) if look == "table_xinfo" else (look, row[0], *row[3:]) for row in rows}
        return defined, database.execute("SELECT version_num FROM alembic_version").fetchall()


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two empty folders; a cache of its own is in force."""
    for name in ("copied", "migrated"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HALFLIFE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "copied", tmp_path / "migrated"


def test_a_copied_ledger_is_a_migrated_one(homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tables and the same revision, the second one without running a migration."""
    copied, migrated = (home / "ledger.db" for home in homes)
    SqlLedger(f"sqlite:///{copied}").close()
    monkeypatch.setenv("HALFLIFE_CACHE", "/dev/null/none")
    SqlLedger(f"sqlite:///{migrated}").close()
    assert content(copied) == content(migrated)


def test_a_ledger_with_a_template_runs_no_migration(homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic is not asked twice on one machine."""
    copied, other = (home / "ledger.db" for home in homes)
    SqlLedger(f"sqlite:///{copied}").close()
    monkeypatch.setattr(ledger_database, "_migrate", None)
    with SqlLedger(f"sqlite:///{other}") as ledger:
        assert ledger.versions() == []


def test_an_mlflow_database_is_copied_without_an_experiment(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same tables and revision as MLflow's own; where artifacts go is written by each home for itself."""
    copied, migrated = homes
    MlflowRegistry.at(copied, "demo").warm()
    monkeypatch.setenv("HALFLIFE_CACHE", "/dev/null/none")
    MlflowRegistry.at(migrated, "demo").warm()
    assert content(copied / "mlflow.db") == content(migrated / "mlflow.db")
    for home in homes:
        with closing(sqlite3.connect(home / "mlflow.db")) as database:
            found = database.execute("SELECT artifact_location FROM experiments WHERE name = 'demo'").fetchall()
            assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert found == [((home / "artifacts").as_uri(),)]


def test_mlflows_template_names_no_folder(homes: tuple[Path, Path]) -> None:
    """No experiment is in it, since an experiment holds the path of its artifacts."""
    made = homes[0] / "template.db"
    mlflow_connection.make_template(made)
    with closing(sqlite3.connect(made)) as database:
        assert database.execute("SELECT count(*) FROM experiments").fetchone() == (0,)
