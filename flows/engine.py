"""Prefect, prepared before it is imported: its home under ours, no telemetry, quiet unless asked, no server left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread


def prepare(home: Path, *, verbose: bool = False) -> None:
    """Set Prefect's environment. What a person has set wins; with a server of their own (PREFECT_API_URL) theirs is used.

    Args:
        home: Halflife's home; Prefect's database goes under it.
        verbose: let Prefect log what it does.
    """
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "ERROR")
    if "PREFECT_API_URL" not in os.environ and "PREFECT_HOME" not in os.environ:
        os.environ["PREFECT_HOME"] = str(home.resolve() / "prefect")
        end_orphan(home)


def end_orphan(home: Path) -> None:
    """End the temporary server of a run that was killed before it could: two servers would share one database."""
    note = home / "prefect" / "server.pid"
    if not note.exists():
        return
    pid = int(note.read_text())
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        command = b""
    if b"prefect.server" in command:
        os.kill(pid, signal.SIGTERM)
    note.unlink()


def start_server(home: Path) -> Callable[[], None]:
    """Start Prefect's temporary server while other things load; call what is returned before the first flow.

    A server of the person's own, if there is one, is left to itself.
    """
    if "PREFECT_API_URL" in os.environ:
        return lambda: None
    from prefect.server.api.server import SubprocessASGIServer

    server = SubprocessASGIServer()
    starter = Thread(target=server.start, name="prefect-server", daemon=True)
    starter.start()
    while server.server_process is None and starter.is_alive():
        time.sleep(0.01)
    note_server(home)

    def wait() -> None:
        starter.join()
        note_server(home)

    return wait


def note_server(home: Path) -> None:
    """Write down the temporary server's process, for `end_orphan`. Called while a flow is running."""
    if "prefect.server.api.server" not in sys.modules:
        return
    from prefect.server.api.server import SubprocessASGIServer

    process = SubprocessASGIServer().server_process
    if process is not None:
        (home / "prefect").mkdir(parents=True, exist_ok=True)
        (home / "prefect" / "server.pid").write_text(str(process.pid))


def forget_server(home: Path) -> None:
    """A run that ends by itself takes its server with it."""
    (home / "prefect" / "server.pid").unlink(missing_ok=True)
