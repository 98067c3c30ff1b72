"""Killed at any instant, a replay goes on, and ends with the ledger of one that was never killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from halflife.testing.ledger_content import ledger_content

pytestmark = pytest.mark.e2e


def test_a_replay_killed_twice_ends_like_one_that_was_not(
    small: tuple[Path, Any],
    small_config: str,
    environment: dict[str, str],
    command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """SIGKILL at two random moments, then the same command again: not a row is lost, doubled or different."""
    (tmp_path / "halflife.toml").write_text(small_config.format(home="killed"), encoding="utf-8")
    moment = random.Random(os.environ.get("HALFLIFE_KILL_SEED"))  # noqa: S311 - no secret
    words = [sys.executable, "-m", "halflife.flows.cli", "replay", "--json"]
    for _ in range(2):
        with subprocess.Popen(
            words,
            cwd=tmp_path,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            begun = tmp_path / "killed" / "store"
            while not begun.exists() and running.poll() is None:
                time.sleep(0.1)
            time.sleep(moment.uniform(1, 12))
            running.send_signal(signal.SIGKILL)
    ended = command("replay", "--json", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert ledger_content(tmp_path / "killed" / "ledger.db") == ledger_content(small[0] / "as-replayed.db")
