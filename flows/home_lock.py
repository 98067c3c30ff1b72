"""One writer a home: whoever runs a cycle, or files, holds the home while it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from halflife.models.errors import Unavailable


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the home; the lock goes with the process, however it ends. Taking it twice in one thread is taking it once.

    Raises:
        Unavailable: somebody else is writing there, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # loads asyncio

    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home.resolve() / ".lock", timeout=0, is_singleton=True)
        lock.acquire()
    except Timeout:
        raise Unavailable(f"another halflife command is working in {home}; wait for it to end") from None
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None
    try:
        yield
    finally:
        lock.release()
