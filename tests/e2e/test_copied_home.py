"""A copied home is its own: run on in both, both come to the same, and neither touches the other."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

CONFIG = """
name = "tiny"
[feed]
scenario = "shortcut"
rows_per_tick = 300
ticks = 7
[retrain]
every = 3
window = 3
[watch]
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


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder and the digest of what is in it."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in files}


def told(ran: Any) -> dict[str, Any]:
    """What a command said as JSON, without what differs between two folders and two moments."""
    assert ran.code == 0, ran.err
    return {key: value for key, value in json.loads(ran.out).items() if key not in {"seconds", "home"}}


def test_a_copied_home_runs_on_by_itself(
    tmp_path: Path, command: Callable[..., Any], own_server: dict[str, str]
) -> None:
    """A folder with its default home is copied: the copy, named by nobody, goes on and the original's bytes stay."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.mkdir()
    (original / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    home = original / "halflife-home" / "tiny"
    first = command(
        "replay", "--ticks", "4", "--config", "tiny.toml", "--home", str(home), "--json", cwd=original, **own_server
    )
    assert first.code == 0, first.err
    shutil.copytree(original, copy)
    before = tree(home)
    in_copy = told(command("replay", "--json", cwd=copy, **own_server))
    worst = command("explain", "--worst", "--file", "1", cwd=copy, **own_server)
    assert worst.code == 0, worst.err
    assert tree(home) == before
    shutil.move(home, original / "elsewhere")
    assert told(command("replay", "--home", "elsewhere", "--json", cwd=original, **own_server)) == in_copy
