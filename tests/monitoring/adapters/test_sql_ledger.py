"""The ledger keeps what it is told, once, whole or not at all, and says in plain words when it cannot."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.domain import (
    Check,
    ColumnDrift,
    Drift,
    Finding,
    Interval,
    Measurement,
    Milestone,
    Role,
    Scope,
    Status,
    Version,
)
from halflife.models.errors import ConfigError, NotFound, Unavailable
from halflife.monitoring.adapters import ledger_database
from halflife.monitoring.adapters.ledger_tables import HEAD, METADATA
from halflife.monitoring.adapters.sql_ledger import SqlLedger

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

reals = st.floats().map(lambda x: x + 0.0)  # SQLite keeps no negative zero
numbers = st.integers(0, 2**31 - 1)
words = st.text(max_size=12)
intervals = st.builds(Interval, reals, reals, reals)
measurements = st.builds(
    Measurement, numbers, st.none() | intervals, st.sampled_from(Status), st.none() | reals, reason=words
)
versions = st.builds(
    Version,
    number=st.integers(1, 1000),
    first=numbers,
    last=numbers,
    source=words,
    recipe=words,
    seed=st.integers(-(2**63), 2**63 - 1),
    data_digest=words,
    model_digest=words,
    metrics=st.dictionaries(words, intervals, max_size=3),
    role=st.sampled_from(Role),
    reason=words,
    rows=numbers,
    registry_version=words,
    run_id=words,
)
findings = st.builds(
    Finding,
    name=words,
    claim=words,
    statistic=words,
    scope=st.sampled_from(Scope),
    made_on=st.just(1),
    author=words,
    note=words,
    guard=st.booleans(),
    ttl=st.none() | numbers,
    birth=st.none() | intervals,
    stillborn=st.booleans(),
    retired_on=st.none() | numbers,
    links=st.lists(words, max_size=3).map(tuple),
    in_file=st.booleans(),
)
drifts = st.builds(
    Drift,
    tick=numbers,
    against=st.just(1),
    first_tick=numbers,
    columns=st.lists(st.builds(ColumnDrift, words, words, reals, reals, st.booleans()), max_size=3).map(tuple),
    drifted=st.booleans(),
    powered=st.booleans(),
    note=words,
    missing=st.dictionaries(words, reals, max_size=3),
    rows=st.tuples(numbers, numbers),
)
alerts = st.builds(
    Alert,
    key=words,
    severity=st.sampled_from(Severity),
    version=numbers,
    subject=words,
    sentence=words,
    items=st.lists(
        st.builds(AlertItem, st.sampled_from(AlertKind), st.sampled_from(Severity), words, words), max_size=3
    ).map(tuple),
    links=st.dictionaries(words, words, max_size=3),
)


def version(number: int = 1) -> Version:
    """The version most tests are about."""
    return Version(
        number, 0, 9, "3", "recipe", 7, "data", "model", {"auc": Interval(0.8, 0.7, 0.9)}, Role.CHAMPION, "first", 900
    )


def finding(name: str, **other: Any) -> Finding:
    """A population finding made on v1."""
    return Finding(name, 'auc(where="x > 1") > 0.7', "auc", Scope.POPULATION, 1, **other)


def check(number: int, on: int = 1, status: Status = Status.HOLDS) -> Check:
    """One re-test of finding ``number`` on version ``on``."""
    measured = Measurement(100, Interval(0.8, 0.75, 0.85), status, 0.9)
    return Check(number, on, 0.7, measured, measured)


def alert(key: str = "demo-v1") -> Alert:
    """One alert without items."""
    return Alert(key, Severity.WARNING, 1, "v1: 1 finding went stale", "One went stale.", ())


@pytest.fixture
def ledger() -> Iterator[SqlLedger]:
    """A ledger in memory that knows v1."""
    with SqlLedger("sqlite://") as ledger:
        ledger.add_version(version())
        yield ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger on disk goes."""
    return tmp_path / "ledger.db"


def open_file(path: Path, **options: float) -> SqlLedger:
    """The ledger on disk at ``path``."""
    return SqlLedger(f"sqlite:///{path}", **options)


# --- what goes in comes out ------------------------------------------------------------------------------------------


@QUICK
@given(versions)
def test_a_version_survives_whatever_it_holds(given: Version) -> None:
    """Every field of a version, NaN and infinite bounds among them, reads back as it was written, at stage REGISTERED."""
    with SqlLedger("sqlite://") as ledger:
        ledger.add_version(given)
        assert repr(ledger.versions()) == repr([given])
        assert ledger.stage(given.number) is Milestone.REGISTERED


@QUICK
@given(st.lists(findings, max_size=5, unique_by=lambda f: f.name))
def test_findings_survive_and_are_numbered_in_the_order_of_filing(given: list[Finding]) -> None:
    """Findings read back as filed; their ids count from 1 in the order they were given."""
    with SqlLedger("sqlite://") as ledger:
        ledger.add_version(version())
        filed = ledger.file(given, [])
        expected = [replace(f, id=i) for i, f in enumerate(given, start=1)]
        assert repr(filed) == repr(ledger.findings()) == repr(expected)


@QUICK
@given(reals, measurements, st.none() | measurements)
def test_a_check_survives_whatever_it_holds(threshold: float, pinned: Measurement, fresh: Measurement | None) -> None:
    """NaN estimates stay apart from absent ones, on pinned and on fresh rows."""
    with SqlLedger("sqlite://") as ledger:
        ledger.add_version(version())
        ledger.file([finding("f")], [])
        ledger.record_checks(1, [Check(1, 1, threshold, pinned, fresh)])
        assert repr(ledger.checks()) == repr([Check(1, 1, threshold, pinned, fresh)])


@QUICK
@given(drifts)
def test_a_drift_survives_and_replaces_the_one_of_the_same_watch(given: Drift) -> None:
    """A watch reads back as recorded; the same tick against the same champion is the same watch."""
    with SqlLedger("sqlite://") as ledger:
        ledger.add_version(version())
        ledger.record_drift(replace(given, note="an earlier try"))
        ledger.record_drift(given)
        assert repr(ledger.drifts()) == repr([given])


@QUICK
@given(alerts)
def test_an_alert_survives_the_outbox(given: Alert) -> None:
    """An alert comes out of the outbox as it went in."""
    with SqlLedger("sqlite://") as ledger:
        assert ledger.enqueue(given, ["console"])
        assert ledger.due(0.0)[0].alert == given


# --- said twice is said once -----------------------------------------------------------------------------------------


# --- what does not exist ---------------------------------------------------------------------------------------------


def test_an_unknown_finding_is_answered_with_near_names(ledger: SqlLedger) -> None:
    """A typo lists what may have been meant; anything else lists what there is."""
    with pytest.raises(NotFound, match=r"^no finding 'x': the ledger has none yet$"):
        ledger.finding("x")
    ledger.file([finding(name) for name in ("job-share", "jobs-gap", "auc", "d", "e", "f")], [])
    with pytest.raises(NotFound, match=r"^no finding 'job-shares'; near it: job-share, jobs-gap$"):
        ledger.finding("job-shares")
    with pytest.raises(NotFound, match=r"^no finding '77'; there are job-share, jobs-gap, auc, d, e and 1 more$"):
        ledger.finding("77")


def test_unknown_versions_findings_and_deliveries_are_named(ledger: SqlLedger) -> None:
    """Whatever refers to a row that is not there says which, and what is there."""
    ledger.file([finding("a")], [])
    with pytest.raises(NotFound, match=r"^the ledger has no version v7; it has v1 to v1$"):
        ledger.stage(7)
    with pytest.raises(NotFound, match="no version v7"):
        ledger.file([replace(finding("b"), made_on=7)], [])
    with pytest.raises(NotFound, match=r"^the ledger has no finding 5; it has 1 to 1$"):
        ledger.record_checks(1, [check(5)])
    with pytest.raises(NotFound, match=r"^the ledger has no delivery 9$"):
        ledger.delivered(9, 0.0)
    with pytest.raises(ValueError, match=r"^checks of v2 among those of v1"):
        ledger.record_checks(1, [check(1, on=2)])


# --- whole or not at all ---------------------------------------------------------------------------------------------


def test_a_process_killed_inside_a_transaction_leaves_nothing(path: Path) -> None:
    """After a kill between the insert and the commit, the ledger opens as it was and takes the same work again."""
    with open_file(path) as ledger:
        ledger.add_version(version())
    script = """
import os, sys
import sqlalchemy as sa
from halflife.monitoring.adapters.ledger_database import Database
with Database(sys.argv[1], 5.0).write() as connection:
    connection.execute(sa.text("UPDATE versions SET stage = 'reported'"))
    connection.execute(sa.text("INSERT INTO alerts VALUES (1, 'k', 'info', 1, '', '', '[]', '{}')"))
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", script, f"sqlite:///{path}"], timeout=60)
    assert done.returncode == -9
    with open_file(path) as ledger:
        assert ledger.stage(1) is Milestone.REGISTERED
        assert ledger.enqueue(replace(alert(), key="k"), ["console"])


def test_writers_queue_instead_of_failing(path: Path) -> None:
    """Threads with a ledger each, opening a fresh database and filing at once, lose and double nothing."""
    errors: list[BaseException] = []

    def write(name: int) -> None:
        try:
            with open_file(path) as ledger:
                ledger.add_version(version())
                for k in range(5):
                    ledger.file([finding(f"{name}-{k}"), finding("shared")], [check(0)])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with open_file(path) as ledger:
        filed = ledger.findings()
    assert [f.id for f in filed] == list(range(1, 22))
    assert {f.name for f in filed} == {f"{n}-{k}" for n in range(4) for k in range(5)} | {"shared"}


def test_a_reader_does_not_wait_for_a_writer(path: Path) -> None:
    """While a transaction is being written, others read the ledger as it was before."""
    with (
        open_file(path) as writer,
        open_file(path, busy_seconds=0.05) as reader,
        writer._database.write() as connection,
    ):
        connection.execute(sa.text("DELETE FROM alerts"))
        assert reader.versions() == []


# --- opening ---------------------------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_tables_the_code_uses(ledger: SqlLedger) -> None:
    """Alembic finds no difference between a migrated database and the metadata, and HEAD is the last revision."""
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with ledger._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    config = Config()
    config.set_main_option("script_location", str(ledger_database.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_migrations_are_sql_that_postgresql_has() -> None:
    """Alembic can write the same revisions as PostgreSQL's SQL, with its own double and its own keys."""
    from alembic.command import upgrade
    from alembic.config import Config

    config = Config(output_buffer=StringIO())
    config.set_main_option("script_location", str(ledger_database.MIGRATIONS))
    config.attributes["dialect"] = "postgresql"
    upgrade(config, "head", sql=True)
    assert isinstance(config.output_buffer, StringIO)
    sql = config.output_buffer.getvalue()
    assert sql.count("CREATE TABLE") == 1 + len(METADATA.tables)
    assert "threshold DOUBLE PRECISION NOT NULL" in sql


def test_a_current_ledger_opens_without_loading_alembic(path: Path) -> None:
    """Opening an existing ledger must stay cheap: the migration tool is not even imported."""
    open_file(path).close()
    script = """
import sys
from halflife.monitoring.adapters.ledger_database import Database
Database(sys.argv[1], 5.0)
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script, f"sqlite:///{path}"], check=True, timeout=60)


def test_a_ledger_is_opened_in_write_ahead_mode_with_foreign_keys(path: Path) -> None:
    """A SQLite ledger checks references, and keeps readers apart from the writer."""
    with open_file(path) as ledger, ledger._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_percent_sign_in_the_path_is_no_obstacle(tmp_path: Path) -> None:
    """Folders may be named as people like."""
    folder = tmp_path / "100% mine ünïcode"
    folder.mkdir()
    with open_file(folder / "ledger.db") as ledger:
        assert ledger.versions() == []


def test_a_locked_ledger_says_so(path: Path) -> None:
    """When another process writes for longer than we wait, the message says what is happening and what to do."""
    with open_file(path, busy_seconds=0.05) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable) as caught:
            ledger.add_version(version())
        other.execute("ROLLBACK")
        other.close()
        ledger.add_version(version())
        assert len(ledger.versions()) == 1
    assert str(caught.value) == (
        f"the ledger {path} is locked: another process is writing to it; waited 0.05 s. Try again when it is done"
    )


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """No folder, no ledger: the message names the folder."""
    with pytest.raises(Unavailable) as caught:
        open_file(tmp_path / "nowhere" / "ledger.db")
    assert str(caught.value) == (
        f"the ledger {tmp_path}/nowhere/ledger.db cannot be made: there is no folder {tmp_path}/nowhere"
    )


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    """A path that is a folder cannot be opened as a database."""
    with pytest.raises(Unavailable, match=f"^the ledger {tmp_path} cannot be opened; is it a file"):
        open_file(tmp_path)


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    """Opening some other file says what is wrong and does not touch it."""
    path.write_text("name,claim\n" * 500)
    with pytest.raises(Unavailable, match=f"^the ledger {path} is a file, but not a SQLite database; name another"):
        open_file(path)
    assert path.read_text() == "name,claim\n" * 500


def test_a_ledger_that_may_not_be_written_to_says_so(path: Path) -> None:
    """A ledger opened for reading only can be read; writing to it says what is wrong, and changes nothing."""
    with open_file(path) as ledger:
        ledger.add_version(version())
    with SqlLedger(f"sqlite:///file:{path}?mode=ro&uri=true") as ledger:
        with pytest.raises(Unavailable) as caught:
            ledger.set_stage(1, Milestone.REPORTED)
        assert ledger.stage(1) is Milestone.REGISTERED
    assert str(caught.value) == (
        f"the ledger file:{path} may not be written to; check who owns the file and its folder"
    )


def test_a_ledger_of_newer_code_is_left_alone(path: Path) -> None:
    """A database with a revision this code does not know is not opened, and the message says what to install."""
    with open_file(path) as ledger, ledger._database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(Unavailable) as caught:
        open_file(path)
    assert str(caught.value) == (
        f"the ledger {path} was written by a newer Halflife (revision 0999; this one knows {HEAD}): install that one"
    )


@pytest.mark.parametrize("url", ["ledger.db", "nosuchdatabase:///ledger.db"])
def test_an_address_that_is_none_is_a_setting_to_mend(url: str) -> None:
    """Text that is no address of a database is refused with one that is."""
    with pytest.raises(ConfigError) as caught:
        SqlLedger(url)
    assert str(caught.value) == f"'{url}' is not a database address; one is sqlite:///ledger.db"
