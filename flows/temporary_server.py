"""Prefect's server as a temporary one: ``python -m halflife.flows.temporary_server FD``, for as long as the process that starts it lives.

This process imports Prefect's server; the one that runs the flows need not.
"""

import os
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from halflife.flows import logs, prefect_database
from halflife.flows.prefect_database import die_with_parent
from halflife.monitoring import database_cache

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

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
    logs.configure(1)  # into its log, which says why when it does not answer
    home = os.environ.get("PREFECT_HOME")
    if home and not os.environ.keys() & prefect_database.ADDRESSES:
        database_cache.fill(Path(home) / "prefect.db", prefect_database.template_key(), prefect_database.make_template)
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


if __name__ == "__main__":
    main(int(sys.argv[1]))
