"""The first command ever on a machine, as a container and everybody who has just installed Halflife start it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

TINY = """
name = "tiny"
home = "home"
[feed]
scenario = "shortcut"
rows_per_tick = 300
ticks = 4
[retrain]
every = 3
window = 3
[recipe]
trees = 5
leaves = 4
threads = 1
[shadows]
count = 2
[opacity]
refits = 2
"""


def start(
    word: str, folder: Path, environment: dict[str, str], cache: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """One command on the tiny feed, with no server of the person's own and this cache."""
    (folder / "halflife.toml").write_text(TINY, encoding="utf-8")
    ours = {"PREFECT_API_URL", "PREFECT_HOME", "HALFLIFE_CACHE", "XDG_CACHE_HOME"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "-m", "halflife.flows.cli", word],
        cwd=folder,
        env={**inherited, **environment, **cache},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_the_first_command_with_an_empty_cache_succeeds(tmp_path: Path, environment: dict[str, str]) -> None:
    """The cache's folder is not there and is named from the working directory: the command is done, and fills it."""
    ran = start("replay", tmp_path, environment, {"HALFLIFE_CACHE": "new/cache"})
    assert ran.returncode == 0, ran.stderr
    kept = sorted(file.name.partition("-")[0] for file in (tmp_path / "new" / "cache").iterdir())
    assert kept == ["ledger", "mlflow", "prefect"]
    with closing(sqlite3.connect(tmp_path / "home" / "prefect" / "prefect.db")) as database:
        assert database.execute("SELECT count(*) > 0 FROM flow_run").fetchone() == (1,)


@pytest.mark.parametrize(
    ("name", "kept"), [("a b%20?#é'\"", ["ledger", "prefect"]), ("/dev/null/none", [])], ids=["odd name", "cannot be"]
)
def test_whatever_the_users_cache_is_the_first_command_succeeds(
    tmp_path: Path, environment: dict[str, str], name: str, kept: list[str]
) -> None:
    """A folder whose name means something in an address is filled; one that cannot be made is done without."""
    users = tmp_path / name
    ran = start("ingest", tmp_path, environment, {"XDG_CACHE_HOME": str(users)})
    assert ran.returncode == 0, ran.stderr
    assert sorted(file.name.partition("-")[0] for file in (users / "halflife").glob("*.db")) == kept
