"""A home whose rows and shadows are on an object store goes on where it was killed, and ends as one on a disk."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from halflife.monitoring.adapters.object_path import ObjectPath
from halflife.testing.ledger_content import ledger_content

pytestmark = pytest.mark.e2e


def test_a_replay_on_an_object_store_killed_once_ends_like_one_on_a_disk(
    small: tuple[Path, Any],
    small_config: str,
    environment: dict[str, str],
    command: Callable[..., Any],
    here: Callable[..., Any],
    object_store: Callable[[], str],
    tmp_path: Path,
) -> None:
    """SIGKILL, all that was copied to the disk gone, then the same command again: the ledger is the other home's."""
    uri = ObjectPath.of(object_store()) / "halflife"
    config = f'{small_config.format(home="home")}\n[store]\nuri = "{uri}"\n'
    (tmp_path / "halflife.toml").write_text(config, encoding="utf-8")
    moment = random.Random(os.environ.get("HALFLIFE_KILL_SEED"))  # noqa: S311 - no secret
    words = [sys.executable, "-m", "halflife.flows.cli", "replay", "--json"]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        while not (uri / "store" / "store.json").is_file() and running.poll() is None:
            time.sleep(0.1)
        time.sleep(moment.uniform(1, 12))
        running.send_signal(signal.SIGKILL)
    shutil.rmtree(tmp_path / "home" / "cache", ignore_errors=True)
    ended = command("replay", "--json", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert ledger_content(tmp_path / "home" / "ledger.db") == ledger_content(small[0] / "as-replayed.db")
    assert not {"store", "shadows"} & {path.name for path in (tmp_path / "home").iterdir()}
    assert any((uri / "shadows").glob("v*/*.z"))
    store = next(look for look in here("doctor", "--json", cwd=tmp_path).json["checks"] if look["name"] == "store")
    assert store["says"].startswith(f"{uri}: ticks 0 to 16, ")
