"""A command that is stopped ends in one line, with the code a shell expects."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.exceptions import TerminationSignal

from halflife.flows import cli, prefect_runner
from halflife.flows.stopped import Terminated


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """SIGTERM does to later tests what it did before."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_command_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, code: int
) -> None:
    """No traceback: what to do next, and 128 + the signal's number."""
    monkeypatch.setattr("sys.argv", ["halflife", "plan"])
    monkeypatch.setattr(cli.cli, "main", lambda **_: os.kill(os.getpid(), number))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].endswith("run the same command again to go on from here")


def test_what_prefect_makes_of_a_signal_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a flow it is Prefect that takes SIGTERM."""

    async def stopped(home: str) -> Any:
        raise TerminationSignal(signal=signal.SIGTERM)

    monkeypatch.setattr(prefect_runner, "hold", lambda context: "home")
    runner = prefect_runner.PrefectRunner(_ready=lambda: None)
    context: Any = SimpleNamespace(home=Path("home"))
    with pytest.raises(Terminated):
        runner._run(context, stopped)
