"""One writer a home: whoever runs a cycle, or files, holds the home while it does, and its ledger where that is shared."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.models.errors import Held, Unavailable

if TYPE_CHECKING:
    from halflife.flows.settings import Settings

_HELD: ContextVar[frozenset[Path]] = ContextVar("homes held", default=frozenset())
"""Homes held by what is running now: by this call, or by a flow whose task it is. Not by others in the same process."""


@contextmanager
def locked(home: Path, wait: float = 0.0, settings: "Settings | None" = None) -> Iterator[None]:
    """Hold the home, after at most ``wait`` seconds. Whoever holds it may take it again.

    The lock goes with the process, however it ends. Where the ledger is in a database, the model is held there too: homes
    on other machines are kept out.

    Args:
        home: the folder.
        wait: seconds to wait for somebody else.
        settings: under which it is used; those it was last used with when None.

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

    from halflife.flows.home_folder import make_home

    lock = FileLock(where / ".lock", timeout=wait)
    try:
        make_home(where)
        lock.acquire()
    except Timeout:
        raise Held(f"another halflife command is working in {home}; wait for it to end") from None
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None
    from halflife.flows.bootstrap import used
    from halflife.flows.ledger_place import alone

    try:
        under = settings or used(where)
        with nullcontext() if under is None else alone(under, wait):
            mine = _HELD.set(_HELD.get() | {where})
            try:
                yield
            finally:
                _HELD.reset(mine)
    finally:
        lock.release()
