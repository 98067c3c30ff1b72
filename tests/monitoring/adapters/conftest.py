"""A PostgreSQL server of the tests' own: in a folder, on loopback, gone when they are over."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there are."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """``postgres()``: the address of a new, empty database; skips where PostgreSQL is not installed."""
    there = programs()
    if there is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("postgres")
    as_user: list[str] = []
    if os.geteuid() == 0:  # as whom it refuses to run
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
        for parent in [p for p in folder.parents if p.stat().st_uid == 0 and not p.stat().st_mode & 0o001]:
            parent.chmod(parent.stat().st_mode | 0o011)

    def run(program: str, *words: str, check: bool = True) -> None:
        words = (*as_user, str(there / program), *words)
        subprocess.run(words, check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "ann", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    numbers = count()

    def make() -> str:
        name = f"d{next(numbers)}"
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "ann", name)
        return f"postgresql://ann:secret-word@127.0.0.1:{port}/{name}"

    try:
        yield make
    finally:
        # Where its folder has been cleared away it has ended by itself.
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", check=False)
