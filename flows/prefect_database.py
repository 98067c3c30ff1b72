"""Prefect's empty database; ``python -m halflife.flows.prefect_database FILE`` makes one.

Prefect keeps the first database that a process asks for, for as long as that process lives. A template made inside the
server would therefore be what the server goes on to use, and it is gone by then: it is made in a process of its own.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ADDRESSES = frozenset({"PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"})
"""Variables by which somebody says that Prefect's database is not in its home."""


def template_key() -> str:
    """Of the template of Prefect's database."""
    return f"prefect-{version('prefect')}"


def make_template(path: Path) -> None:
    """Prefect's tables, as its migrations leave them.

    Raises:
        OSError: the process that makes them failed; what it said is on stderr.
    """
    command = [sys.executable, "-m", "halflife.flows.prefect_database", str(path.absolute())]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own interpreter and our own module
        raise OSError(f"Prefect's migrations of {path} failed")


def main(path: Path) -> None:
    """Make ``path`` with Prefect's migrations, and whatever else Prefect writes beside it."""
    die_with_parent()
    os.chdir(path.parent)  # so that the address holds no character that means something in it
    os.environ["PREFECT_HOME"] = str(path.parent)
    os.environ.update(dict.fromkeys(ADDRESSES, f"sqlite+aiosqlite:///{path.name}"))
    from prefect.server.database import provide_database_interface

    asyncio.run(provide_database_interface().create_db())


def die_with_parent() -> None:
    """On Linux, end with the process that started this one, even when that is killed."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
