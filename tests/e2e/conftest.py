"""One small replay, run once through the real command, which several tests then look at."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from halflife.flows.cli import main

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive", "COLUMNS": "120"}

SMALL = """
name = "small"
home = "{home}"
[feed]
scenario = "shortcut"
rows_per_tick = 900
ticks = 17
[retrain]
every = 3
window = 5
[watch]
every = 3
window = 3
[recipe]
trees = 30
leaves = 7
threads = 1
[shadows]
count = 6
[opacity]
refits = 2
[investigate]
segments = ["region", "sex"]
errors = 4
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Warm:
    """Runs commands, each in a process of its own that a warm one is forked for (``warm.py``)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._address = folder / "warm"
        words = [sys.executable, str(Path(__file__).with_name("warm.py")), str(self._address)]
        self._log = (folder / "log").open("w")
        self._process = subprocess.Popen(
            words, env={**os.environ, **ENVIRONMENT}, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def __call__(self, *words: str, cwd: Path, timeout: float = 600, **environment: str) -> Ran:
        """Run the command as a person would, in ``cwd``."""
        number = next(self._numbers)
        out, err = self._folder / f"{number}.out", self._folder / f"{number}.err"
        everything = {**os.environ, **ENVIRONMENT, **environment}
        asked = {"words": words, "cwd": str(cwd), "environment": everything, "out": str(out), "err": str(err)}
        with self._connected() as connection, connection.makefile("rw") as line:
            connection.settimeout(timeout)
            print(json.dumps(asked), file=line, flush=True)
            process = int(line.readline())
            try:
                code = int(line.readline())
            except TimeoutError:
                os.killpg(process, signal.SIGKILL)
                raise
        return Ran(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def _connected(self) -> socket.socket:
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self._address))
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                assert self._process.poll() is None, (self._folder / "log").read_text()
                time.sleep(0.05)
            else:
                return connection

    def close(self) -> None:
        """End the process that is forked."""
        self._process.kill()
        self._process.wait()
        self._log.close()


@pytest.fixture(scope="session")
def command() -> Iterator[Warm]:
    """Run ``halflife`` with these words in a folder: ``command("replay", cwd=folder)``."""
    with TemporaryDirectory(prefix="warm-") as folder:  # an address of a socket must be short
        warm = Warm(Path(folder))
        yield warm
        warm.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, command: Warm) -> tuple[Path, Ran]:
    """The folder of a finished small replay, with its configuration as ``halflife.toml``, and what the command said."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "halflife.toml").write_text(SMALL.format(home="halflife-home/small"), encoding="utf-8")
    ran = command("replay", "--json", cwd=folder)
    assert ran.code == 0, ran.err
    home = folder / "halflife-home" / "small"
    with (
        closing(sqlite3.connect(home / "ledger.db")) as ledger,
        closing(sqlite3.connect(folder / "as-replayed.db")) as copy,
    ):
        ledger.backup(copy)
    return folder, ran


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """As ``command``, in this process: without the seconds that a new one takes to start."""

    def run(*words: str, cwd: Path) -> Ran:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["halflife", *words])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return Ran(int(code), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def small_config() -> str:
    """The configuration of the small replay, with ``{home}`` to be filled in."""
    return SMALL


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What a test that starts the command itself should add to the environment."""
    return dict(ENVIRONMENT)


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server of the person's own, as the environment that names it: flows start in a second beside it."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port, "--no-ui"]
    environment = {**os.environ, "PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    log = (home / "server.log").open("w")
    with log, subprocess.Popen(words, env=environment, stdout=log, stderr=log) as server:
        try:
            api = f"http://127.0.0.1:{port}/api"
            deadline = time.monotonic() + 120
            while not _answers(f"{api}/health"):
                assert server.poll() is None, (home / "server.log").read_text()
                assert time.monotonic() < deadline, "Prefect's server did not start within two minutes"
                time.sleep(0.2)
            yield {"PREFECT_API_URL": api}
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="session")
def run_in(small: tuple[Path, Ran], own_server: dict[str, str], command: Warm) -> Callable[..., Ran]:
    """Run a command in the folder of the small replay."""
    folder, _ = small

    def run(*words: str, **environment: str) -> Ran:
        return command(*words, cwd=folder, **own_server, **environment)

    return run
