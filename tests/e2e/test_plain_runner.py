"""The plain loop and Prefect are two ways to run one cycle."""

from pathlib import Path
from typing import Any

import pytest

import halflife
from halflife.testing.ledger_content import ledger_content

pytestmark = pytest.mark.e2e


def test_a_plain_loop_and_prefect_make_the_same_ledger(
    small: tuple[Path, Any], small_config: str, tmp_path: Path
) -> None:
    """Versions, findings, checks, causes, forecasts, drifts and alerts are those of the command, row by row."""
    (tmp_path / "halflife.toml").write_text(small_config.format(home=tmp_path / "home"), encoding="utf-8")
    home = halflife.open(config=tmp_path / "halflife.toml")
    told = home.replay().to_dict()
    assert ledger_content(home.home / "ledger.db") == ledger_content(small[0] / "as-replayed.db")
    varying = {"seconds", "home"}
    assert {k: v for k, v in told.items() if k not in varying} == {
        k: v for k, v in small[1].json.items() if k not in varying
    }
