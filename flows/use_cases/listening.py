"""Take rows that services push by HTTP."""

import os
import socket
from collections.abc import Callable

from halflife.flows.settings import Settings
from halflife.models.errors import Unavailable, UsageError


def listen(settings: Settings, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Answer until the process is told to end.

    Args:
        settings: of the home, whose feed is one to which rows are pushed.
        host: on which it listens.
        port: 0 for any that is free.
        ready: told the address as soon as pushes are taken.

    Raises:
        UsageError: the feed is none to which rows are pushed.
        ConfigError: there is no token, or it is short.
        Unavailable: somebody else listens there.
    """
    from halflife.flows.adapters import http_inbox
    from halflife.flows.feed_settings import PushFeedSettings

    feed = settings.feed
    if not isinstance(feed, PushFeedSettings):
        raise UsageError(f'rows are pushed to a feed of kind "push"; this home\'s is {feed.subject}')
    app = http_inbox(feed, os.environ.get(feed.token_env, ""))
    import uvicorn

    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
        ) from None
    with listening:
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{listening.getsockname()[1]}/rows")
        uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run(sockets=[listening])
