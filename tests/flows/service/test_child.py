"""Processes of the service: started, asked, started again, ended with all they started."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.flows.service import child as child_module
from halflife.flows.service.child import Child
from halflife.flows.service.servers import listen
from halflife.flows.service.supervisor import bring_up, kept_alive, only_one, watch_over
from halflife.models.errors import Held, Unavailable

SLEEP = "import time; time.sleep(60)"


def python(code: str, folder: Path, **rest: object) -> Child:
    """A child that runs a few lines of Python."""
    return Child("the child", (sys.executable, "-S", "-c", code), folder / "child.log", **rest)  # type: ignore[arg-type]  # by name


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_what_ends_is_started_again_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed from outside: one sentence when it ended, one when it runs again, and no more."""
    monkeypatch.setattr(child_module, "TURNS", (0.0,))
    said: list[str] = []
    child = python(SLEEP, tmp_path)
    with kept_alive([child]):
        bring_up([child])
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: child.code is not None)
        watch_over([child], time.monotonic() + 0.8, said.append, lambda: None)
        assert child.pid not in (None, first)
    assert [sentence.split(" (")[0] for sentence in said] == [
        "the child was killed by SIGKILL; it is started again in 0 s",
        "the child is started again",
    ]
    assert child.code is not None


def test_everything_a_child_started_ends_with_it(tmp_path: Path) -> None:
    """A grandchild too, and one that does not listen to SIGTERM."""
    told: list[str] = []
    deaf = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.write(1, b'%d\\n' % (os.fork() or os.getpid()))\n" + SLEEP
    )
    child = python(deaf, tmp_path, heard=told.append)
    child.start()
    until(lambda: len(told) == 2)
    child.terminate()
    child.end(time.monotonic() + 0.1)
    until(lambda: all(gone(int(pid)) for pid in told))


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_command_that_is_kept_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """The starter is killed outright: the command, and what it started in turn, are gone soon after."""
    grand = f"import os, subprocess, sys; print(subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}]).pid, flush=True); {SLEEP}"
    starter = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-m', 'halflife.flows.service.kept', sys.executable, '-S', '-c', {grand!r}])\n"
        + SLEEP
    )
    told: list[str] = []
    child = Child("starter", (sys.executable, "-c", starter), tmp_path / "log", heard=told.append)
    child.start()
    try:
        until(lambda: len(told) == 1)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        until(lambda: gone(int(told[0])))
    finally:
        child.end(time.monotonic())


def test_a_server_that_does_not_come_up_is_one_sentence(tmp_path: Path) -> None:
    """It ends, or never answers: what its log said last, and where the log is."""
    ends = python("import sys; sys.exit('no room on this disk')", tmp_path, health="http://127.0.0.1:9/")
    with pytest.raises(Unavailable, match=r"the child ended with exit code 1: no room on this disk \(.*child\.log\)"):
        bring_up([ends])
    silent = python(SLEEP, tmp_path, health="http://127.0.0.1:9/")
    with kept_alive([silent]), pytest.raises(Unavailable, match=r"the child does not answer after 0 s"):
        bring_up([silent], patience=0.3)
    assert silent.code is not None


def test_a_port_that_is_taken_says_what_to_do() -> None:
    """And which."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"MLflow cannot listen on 127\.0\.0\.1 port {port}: .*--mlflow-port"):
            listen("127.0.0.1", port, "MLflow", "--mlflow-port")


def test_a_second_service_of_a_home_is_refused(tmp_path: Path) -> None:
    """By one sentence; when the first has ended there can be another."""
    with only_one(tmp_path), pytest.raises(Held, match=r"halflife up runs for .* already"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass
