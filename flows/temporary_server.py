"""Prefect's server as a temporary one: ``python -m halflife.flows.temporary_server FD``, for as long as the process that starts it lives.

This process imports Prefect's server; the one that runs the flows need not.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from halflife.monitoring import database_cache

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

DATABASES = {"PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"}
"""Variables by which somebody says that Prefect's database is not in its home."""

BUSY = 503
PAUSE = 0.25
"""Seconds until a request that met another's transaction is tried again; without a word Prefect's client waits two."""


def main(descriptor: int) -> None:
    """Serve Prefect's API until told to stop.

    Args:
        descriptor: of a listening socket inherited from the process that starts this one, so that nobody else can take
            its port in the seconds that importing Prefect takes.
    """
    die_with_parent()
    home = os.environ.get("PREFECT_HOME")
    if home and not os.environ.keys() & DATABASES:
        database_cache.fill(Path(home) / "prefect.db", template_key(), make_template)
    import uvicorn
    from prefect.server.api.server import create_app

    config = uvicorn.Config(hinting(create_app()), log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


def hinting(app: App, pause: float = PAUSE) -> App:
    """``app``, with a ``Retry-After`` on its answers that it is busy.

    A request of Prefect's reads before it writes. When another writes in between, SQLite refuses the write at once,
    because what was read is no longer so, and the server answers 503: trying again at once is right.

    Args:
        app: an ASGI application.
        pause: seconds to wait, as the header says.
    """

    async def serve(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        async def hint(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == BUSY:
                message = {**message, "headers": [*message["headers"], (b"retry-after", f"{pause:g}".encode())]}
            await send(message)

        await app(scope, receive, hint)

    return serve


def template_key() -> str:
    """Of the template of Prefect's database."""
    return f"prefect-{version('prefect')}"


def make_template(path: Path) -> None:
    """Prefect's tables, as its migrations leave them."""
    from prefect.server.database import provide_database_interface
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{path}"}):
        asyncio.run(provide_database_interface().create_db())


def die_with_parent() -> None:
    """On Linux, end with the process that started this one, even when that is killed."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        return


if __name__ == "__main__":
    main(int(sys.argv[1]))
