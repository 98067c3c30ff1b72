"""One writer a home, whoever it is: a command, a notebook, or a flow that Prefect runs."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from halflife.flows.bootstrap import bootstrap
from halflife.flows.configuration import read
from halflife.flows.home_lock import locked
from halflife.models.errors import Unavailable

HOLD = """
import sys
from pathlib import Path
from halflife.flows.home_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def somebody(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a home."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def held(home: Path) -> bool:
    """Whether somebody else holds a home."""
    try:
        with locked(home):
            return False
    except Unavailable:
        return True


def test_a_home_has_one_writer_and_says_so(tmp_path: Path) -> None:
    """Another process that holds it is told in one sentence; once it ends, the home is free, and the file still there."""
    said = r"another halflife command is working in .*; wait for it to end"
    with somebody(tmp_path), pytest.raises(Unavailable, match=said), locked(tmp_path):
        pass
    assert not held(tmp_path)
    assert (tmp_path / ".lock").exists()


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    """SIGKILL leaves nothing to clean up."""
    with somebody(tmp_path) as other:
        assert held(tmp_path)
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert not held(tmp_path)


def test_a_home_is_the_same_by_any_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbolic links, relative paths and dots lead to one lock."""
    home, link = tmp_path / "home", tmp_path / "link"
    home.mkdir()
    link.symlink_to(home)
    monkeypatch.chdir(tmp_path)
    with somebody(link):
        assert all(held(path) for path in (home, link, Path("home"), Path("link"), home / ".." / "home"))


def test_two_homes_do_not_block_each_other(tmp_path: Path) -> None:
    """Each has a lock of its own, and one process may hold both."""
    with somebody(tmp_path / "one"):
        assert not held(tmp_path / "other")
    with locked(tmp_path / "one"), locked(tmp_path / "other"):
        assert not held(tmp_path / "one")


def test_who_holds_a_home_may_take_it_again(tmp_path: Path) -> None:
    """A use case that holds it runs stages that take it; it is free when the outermost lets go, also by an error."""
    with locked(tmp_path):
        with locked(tmp_path):
            pass
        assert in_a_thread(tmp_path)
    assert not in_a_thread(tmp_path)
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    assert not in_a_thread(tmp_path)


def in_a_thread(home: Path) -> bool:
    """Whether a home is held, as another thread sees it."""
    said: list[bool] = []
    thread = threading.Thread(target=lambda: said.append(held(home)))
    thread.start()
    thread.join()
    return said[0]


def test_two_flows_of_one_process_are_two(tmp_path: Path) -> None:
    """Side by side in one event loop they are two writers; what a flow starts itself is part of it."""

    async def flow(begun: asyncio.Event, done: asyncio.Event) -> bool:
        with locked(tmp_path):
            begun.set()
            await done.wait()
            return await asyncio.create_task(child())

    async def child() -> bool:
        return held(tmp_path)

    async def both() -> tuple[bool, bool]:
        begun, done = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(flow(begun, done))
        await begun.wait()
        beside = held(tmp_path)
        done.set()
        return beside, await first

    assert asyncio.run(both()) == (True, False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable, match="choose another folder with --home"), locked(tmp_path / "home"):
        pass


def test_a_held_home_is_told_before_anything_is_written(small_folder: Callable[[int], Path]) -> None:
    """Whoever writes is refused, whatever they want to do, and the home stays without a ledger, a store or settings."""
    import halflife

    folder = small_folder(3)
    home = halflife.open(config=folder / "halflife.toml")
    with somebody(home.home):
        for ask in (home.replay, home.ingest, home.watch, home.retrain, home.recheck, home.explain, home.investigate):
            with pytest.raises(Unavailable, match="another halflife command is working"):
                ask()
        with pytest.raises(Unavailable, match="another halflife command is working"):
            home.file("auc() > 0.5")
        assert [path.name for path in home.home.iterdir()] == [".lock"]


SHARED = """
import sys
from pathlib import Path
from halflife.flows.configuration import read
from halflife.flows.home_lock import locked
settings = read(Path(sys.argv[1]))
with locked(settings.home, settings=settings):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_model_has_one_writer_on_whatever_machine(
    tmp_path: Path, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a ledger in PostgreSQL another home is kept out until the process is gone, killed or not; readers are not."""
    import halflife

    monkeypatch.setenv("HALFLIFE_TEST_LEDGER", postgres())
    for home in ("one", "other"):
        text = f'name = "churn"\nhome = "{tmp_path / home}"\n[ledger]\nurl_env = "HALFLIFE_TEST_LEDGER"\n'
        (tmp_path / f"{home}.toml").write_text(text, encoding="utf-8")
    here = read(tmp_path / "other.toml")
    bootstrap(here)
    with subprocess.Popen(
        [sys.executable, "-c", SHARED, str(tmp_path / "one.toml")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        said = "another halflife command is working on 'churn'; wait for it to end"
        with pytest.raises(Unavailable, match=said), locked(here.home, settings=here):
            pass
        with (
            pytest.raises(Unavailable, match=said),
            locked(here.home, 0.3),
        ):  # as a flow asks, which knows the home alone
            pass
        with locked(here.home, settings=here.model_copy(update={"name": "another"})):
            assert len(halflife.open(config=tmp_path / "other.toml").findings().rows) == 0
        other.send_signal(signal.SIGKILL)
        other.wait()
    with locked(here.home, 5, settings=here), locked(here.home):
        assert in_a_thread(here.home)
