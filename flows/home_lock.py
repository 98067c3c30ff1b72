"""One writer a home: whoever runs a cycle, or files, holds the home while it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from halflife.models.errors import Held, Unavailable

_HELD: ContextVar[frozenset[Path]] = ContextVar("homes held", default=frozenset())
"""Homes held by what is running now: by this call, or by a flow whose task it is. Not by others in the same process."""


@contextmanager
def locked(home: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the home, after at most ``wait`` seconds. Whoever holds it may take it again.

    The lock goes with the process, however it ends.

    The file stays, since whoever waits for a file that is taken away and another who makes it anew would both go ahead.

    Raises:
        Held: somebody else is writing there.
        Unavailable: the folder cannot be written.
    """
    where = home.resolve()
    if where in _HELD.get():
        yield
        return
    from filelock import FileLock, Timeout  # loads asyncio

    lock = FileLock(where / ".lock", timeout=wait)
    try:
        where.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise Held(f"another halflife command is working in {home}; wait for it to end") from None
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None
    mine = _HELD.set(_HELD.get() | {where})
    try:
        yield
    finally:
        _HELD.reset(mine)
        lock.release()
