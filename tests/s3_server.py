"""An S3 of the tests' own on loopback: moto's server, one request at a time, so that a conditional put is one as on S3.

Left to its threads, moto looks whether an object is there and then writes it: of two that write at once both are first.
"""

import sys
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any


def one_at_a_time(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, entered by one request at a time."""
    lock = Lock()

    def entered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            return app(environ, start_response)

    return entered


if __name__ == "__main__":
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    run_simple(
        "127.0.0.1", int(sys.argv[1]), one_at_a_time(DomainDispatcherApplication(create_backend_app)), threaded=True
    )
