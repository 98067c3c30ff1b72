"""One process that starts the others, waits until they are well, starts again what ends, and ends them all."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from halflife.flows.service import up_file
from halflife.flows.service.child import Child, ending
from halflife.flows.service.servers import FOLDER
from halflife.models.errors import Held, Unavailable

PATIENCE = 180.0
"""Seconds a server is given to come up."""
GRACE = 8.0
"""Seconds the processes are given to end by themselves."""
PULSE = 0.25
Say = Callable[[str], None]


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the service of a home. Raises Held where another runs, saying where its pages are."""
    from filelock import FileLock, Timeout

    folder = home.resolve() / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        pages = up_file.addresses(home.resolve()).get("halflife")
        where = f"; its pages are at {pages}" if pages else ""
        raise Held(f"halflife up runs for {home} already{where}") from None
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None
    try:
        yield
    finally:
        up_file.forget(home.resolve())
        lock.release()


@contextmanager
def kept_alive(children: Sequence[Child]) -> Iterator[None]:
    """Processes that are ended, whatever happens, when this is left."""
    try:
        yield
    finally:
        for child in reversed(children):
            child.terminate()
        deadline = time.monotonic() + GRACE
        for child in reversed(children):
            child.end(deadline)


def bring_up(children: Sequence[Child], patience: float = PATIENCE) -> None:
    """Start processes, and wait until each is well.

    Raises:
        Unavailable: one ended, or does not answer in time; its log's last line is said.
    """
    for child in children:
        try:
            child.start()
        except OSError as error:
            raise Unavailable(f"{child.name} cannot be started: {error.strerror} ({child.log})") from None
    deadline = time.monotonic() + patience
    for child in children:
        while not child.well:
            if child.code is not None:
                raise Unavailable(f"{child.name} {ending(child.code)}: {_why(child)}")
            if time.monotonic() > deadline:
                raise Unavailable(f"{child.name} does not answer after {patience:.0f} s: {_why(child)}")
            time.sleep(PULSE)


def watch_over(children: Sequence[Child], until: float, say: Say, beat: Callable[[], None]) -> None:
    """Start again what ends, and say so, until a moment of the monotonic clock.

    Args:
        children: that run.
        until: when to leave; infinite for never.
        say: told what happened to them.
        beat: called some times a second.
    """
    while time.monotonic() < until:
        for child in children:
            try:
                said = child.revive()
            except OSError as error:
                said = f"{child.name} cannot be started again: {error.strerror}"
            if said:
                say(said)
        beat()
        time.sleep(PULSE)


def _why(child: Child) -> str:
    return f"{child.last_words() or 'it said nothing'} ({child.log})"
