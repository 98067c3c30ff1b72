"""Prefect, prepared before it is imported: its home under ours, no telemetry, quiet unless asked, a server while we run."""

import atexit
import logging
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from halflife.flows.service import up_file
from halflife.models.errors import Unavailable

LOG = logging.getLogger(__name__)

PATIENCE = 180.0
"""Seconds the temporary server is given; its first start on a slow machine migrates a database."""

ASKED_AGAIN = (0.5, 2.0, 0.0)
"""Seconds between the times a server that is configured is asked whether it is there."""
SERVER = {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT_UI_ENABLED": "0",
    # Writing down the kinds of blocks there are takes two seconds, and our flows use none.
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    # One write a task would meet the next flow's in SQLite.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
}
"""Of the temporary server only."""


def prepare(home: Path, *, verbose: bool = False) -> Callable[[], None]:
    """Set Prefect's environment and start a temporary server for it, while other things load.

    With PREFECT_API_URL set, in the environment or in Prefect's active profile, that server is used and none is started.

    Args:
        home: Halflife's home; Prefect's database goes under it unless PREFECT_HOME says otherwise.
        verbose: let Prefect log what it does.

    Returns:
        To be called before the first flow: waits until the server answers. Raises Unavailable when it does not.
    """
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    # A failure ends as one sentence of ours; Prefect would log its traceback once a task and once a flow before it.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
    url = configured() or _of_service(home)
    if url:
        os.environ["PREFECT_API_URL"] = url
        return lambda: require_answer(url)
    prefect_home = Path(os.environ.setdefault("PREFECT_HOME", str(home.resolve() / "prefect")))
    prefect_home.mkdir(parents=True, exist_ok=True)
    log = prefect_home / "server.log"
    with log.open("w") as out, socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", "halflife.flows.temporary_server", str(listening.fileno())],
            env={**SERVER, **os.environ},
            stdout=out,
            stderr=out,
            pass_fds=[listening.fileno()],
        )
    atexit.register(_stop, server)
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    return lambda: _wait(server, port, log)


def configured() -> str:
    """The server that the environment or Prefect's active profile names; empty for none."""
    return os.environ.get("PREFECT_API_URL") or _of_profile()


def _of_service(home: Path) -> str:
    """The server of a `halflife up` that runs over this home; empty where none does."""
    url = up_file.addresses(home).get("prefect", "")
    try:
        with urlopen(f"{url}/health", timeout=2):  # noqa: S310 - a server of our own
            return url
    except (OSError, ValueError):
        return ""


def _of_profile() -> str:
    """The server that Prefect's active profile names; empty where it names none."""
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or _prefect_home() / "profiles.toml")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        active = os.environ.get("PREFECT_PROFILE") or said.get("active", "")
        return str(said.get("profiles", {}).get(active, {}).get("PREFECT_API_URL", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _prefect_home() -> Path:
    return Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect").expanduser()


def require_answer(url: str) -> None:
    """Raise Unavailable unless something answers at a Prefect server's address; it may want to know who asks."""
    for pause in ASKED_AGAIN:
        try:
            with urlopen(f"{url.rstrip('/')}/health", timeout=5):  # noqa: S310 - as a person has it
                return
        except HTTPError:
            return
        except (OSError, ValueError) as error:
            why = error
        time.sleep(pause)
    raise Unavailable(
        f"the Prefect server at {redacted(url)} does not answer ({getattr(why, 'reason', why)}); start it, or unset "
        "PREFECT_API_URL (in the environment, or in Prefect's profile) to have one while a command runs"
    )


def redacted(url: str) -> str:
    """An address without a user's name and password.

    >>> redacted("https://me:secret@prefect.example/api")
    'https://prefect.example/api'
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    began = time.monotonic()
    deadline = began + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                LOG.info(
                    "Prefect's temporary server answers at port %d, waited for %.1f s", port, time.monotonic() - began
                )
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise Unavailable(f"Prefect's temporary server does not answer; {log} says why")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
