"""``halflife run``: the one line for a scheduler."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import sleep

import pandas as pd
import pytest

from halflife.flows.configuration import read
from halflife.flows.home_lock import locked
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.use_cases.done import Done
from halflife.flows.use_cases.due import run_due
from halflife.flows.use_cases.running import ingest
from halflife.models.errors import Unavailable
from halflife.monitoring.adapters.sql_ledger import SqlLedger


def ran(folder: Path, wait: float = 0.0) -> Done:
    """As a scheduler starts it: a process of its own each time."""
    return run_due(Opened(read(folder / "halflife.toml"), PlainRunner()), wait)


def test_runs_come_to_what_a_replay_does(small_folder: Callable[[int], Path]) -> None:
    """A file that grows, a run after each piece: versions and findings are those of one replay of the whole."""
    grown, whole = small_folder(5), small_folder(5)
    rows = pd.read_csv(grown / "churn.csv")
    told = []
    for upto in (400, 760, 760, 1250):
        rows.iloc[:upto].to_csv(grown / "churn.csv", index=False)
        told.append(ran(grown))
    assert [done.ingested for done in told] == [250, 500, 0, 500]
    assert [done.labels for done in told] == [250, 500, 0, 500]
    assert [done.waiting.rows for done in told if done.waiting is not None] == [150, 10, 10, 0]
    assert [done.versions for done in told] == [(), ("v1",), (), ("v2",)]
    assert str(told[2].__rich__()).startswith("nothing was due")
    assert told[3].delivered == len(list((grown / "home" / "alerts").glob("*.eml"))) - told[1].delivered
    ran(whole)
    with SqlLedger(f"sqlite:///{grown}/home/ledger.db") as one, SqlLedger(f"sqlite:///{whole}/home/ledger.db") as other:
        assert [v.model_digest for v in one.versions()] == [v.model_digest for v in other.versions()]
        assert one.findings() == other.findings()
        assert one.checks() == other.checks()


def test_an_ingest_with_nothing_new_starts_nothing(small_folder: Callable[[int], Path]) -> None:
    """As a run does: Prefect is not started for it, and what waits is told."""

    class Unstarted(PlainRunner):
        def start(self, home: Path) -> None:
            raise AssertionError("nothing is due")

    folder = small_folder(2)
    settings = read(folder / "halflife.toml")
    taken = ingest(Opened(settings, PlainRunner()))
    again = ingest(Opened(settings, Unstarted()))
    assert (again.rows, again.last_tick, again.waiting) == (0, taken.last_tick, taken.waiting)


def test_what_it_says_is_the_documented_json(small_folder: Callable[[int], Path]) -> None:
    """Every key of the contract, and values that are JSON."""
    told = json.loads(json.dumps(ran(small_folder(1)).to_dict()))
    keys = {"ingested", "waiting", "quarantined", "labels", "watched", "versions", "delivered", "seconds"}
    assert keys <= set(told)
    assert (told["ingested"], told["labels"], told["versions"]) == (250, 250, [])


def test_it_waits_for_the_home_as_long_as_it_is_told(small_folder: Callable[[int], Path]) -> None:
    """Held by another it says so at once, or takes its turn when the other ends in time."""
    folder = small_folder(1)

    def held() -> None:
        with locked(folder / "home"):
            sleep(1.5)

    other = Thread(target=held)
    other.start()
    sleep(0.5)
    with pytest.raises(Unavailable, match="another halflife command is working"):
        ran(folder)
    assert ran(folder, wait=60).ingested == 250
    other.join()
