"""A home that somebody works in, as commands and flows meet it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from halflife.flows.home_lock import locked

pytestmark = pytest.mark.e2e

FLOW = """
import asyncio, sys
from halflife.flows import prefect_engine
from pathlib import Path
prefect_engine.prepare(Path(sys.argv[1]))()
from halflife.flows import cycle
from halflife.models.errors import Unavailable
for flow, more in ((cycle.replay, (9,)), (cycle.ingest, ()), (cycle.watch, ()), (cycle.retrain, ()), (cycle.recheck, ()), (cycle.deliver, ())):
    try:
        asyncio.run(flow(sys.argv[1], *more))
    except Unavailable as error:
        print(f"{flow.name}: {error}")
"""


def rows(home: Path, table: str) -> int:
    """How many rows a table of the ledger has."""
    with closing(sqlite3.connect(home / "ledger.db")) as ledger:
        return int(ledger.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608 - our own names


def test_a_flow_that_prefect_runs_is_told_too(
    small: tuple[Path, Any], own_server: dict[str, str], environment: dict[str, str]
) -> None:
    """Every flow fails with the one sentence while somebody holds the home, and the home is as it was."""
    home = small[0] / "halflife-home" / "small"
    before = {table: rows(home, table) for table in ("versions", "findings", "checks", "drifts", "alerts")}
    with locked(home):
        ran = subprocess.run(
            [sys.executable, "-c", FLOW, str(home)],
            env={**os.environ, **environment, **own_server},
            capture_output=True,
            text=True,
            check=False,
        )
    sentence = f"another halflife command is working in {home}; wait for it to end"
    flows = ("replay", "ingest", "watch", "retrain", "recheck", "deliver")
    assert ran.stdout.splitlines() == [f"{flow}: {sentence}" for flow in flows], ran.stderr
    assert {table: rows(home, table) for table in before} == before


def test_who_files_while_a_replay_runs_is_told_and_nothing_is_lost(
    command: Callable[..., Any],
    small_config: str,
    environment: dict[str, str],
    tmp_path: Path,
    own_server: dict[str, str],
) -> None:
    """Exit code 1 and one sentence while the replay works; killed, it leaves the home free, and the finding is filed."""
    (tmp_path / "halflife.toml").write_text(small_config.format(home="home"), encoding="utf-8")
    words = [sys.executable, "-m", "halflife.flows.cli", "replay", "--json"]
    everything = {**os.environ, **environment, **own_server}
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env=everything,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        ledger = tmp_path / "home" / "ledger.db"
        while not (ledger.exists() and rows(tmp_path / "home", "findings")):
            assert running.poll() is None
            time.sleep(0.1)
        told = command("finding", "add", "auc() > 0.5", "--name", "mine", cwd=tmp_path)
        assert running.poll() is None
        running.send_signal(signal.SIGKILL)
    assert told.code == 1
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.endswith("wait for it to end")
    filed = command("finding", "add", "auc() > 0.5", "--name", "mine", "--json", cwd=tmp_path)
    assert filed.json["name"] == "mine", filed.err
