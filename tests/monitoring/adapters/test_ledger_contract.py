"""The contract that every ledger keeps: the checks that ship, over ours in memory and in a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.monitoring.adapters.postgres_ledger import schema_of
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.testing.ledger_checks import ledger_checks
from halflife.testing.ledger_specimens import Check


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///{}/ledger.db"], ids=["memory", "file"])
@pytest.mark.parametrize("check", ledger_checks())
def test_a_ledger_keeps_the_contract(url: str, check: Check, tmp_path: Path) -> None:
    """What each check states in its first line is true of the ledger, wherever it is kept."""
    with SqlLedger(url.format(tmp_path)) as ledger:
        check(lambda: ledger)


@pytest.fixture(scope="module")
def database(postgres: Callable[[], str]) -> str:
    """One database, in which each check has a schema of its own."""
    return postgres()


@pytest.mark.parametrize("check", ledger_checks())
def test_a_ledger_in_postgresql_keeps_the_contract(check: Check, database: str) -> None:
    """The same checks, over a real server, whose driver is found although the address names none."""
    with SqlLedger(database, schema=schema_of(check.__name__)) as ledger:
        check(lambda: ledger)
