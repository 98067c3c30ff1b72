"""``halflife plan``: what is to be done, as a person and as a program read it; the home is left alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import halflife
from halflife.flows.cli import cli
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import PERFORM, Learned
from halflife.monitoring.stages import Report, Stage

NEXT = "next: watch at tick {}; retrain at tick {}, or at once on drift"


def planned(folder: Path, *words: str) -> str:
    """What the command prints, lines without the blanks that pad them."""
    ran = CliRunner().invoke(cli, ["plan", *words, "--config", str(folder / "halflife.toml")], env={"COLUMNS": "110"})
    assert ran.exit_code == 0, ran.output
    return "\n".join(line.rstrip() for line in ran.stdout.splitlines())


def files(home: Path) -> dict[str, bytes]:
    """Every file of a home, and what is in it; SQLite's own help files come and go."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_new_home_is_told_its_first_version_and_is_not_made(small_folder: Callable[[int], Path]) -> None:
    """What is due is what the file has rows for; what follows the version stands in one line."""
    folder = small_folder(4)
    assert planned(folder).splitlines() == [
        "due now",
        "  ingest to tick 2       ticks 0 to 2 are not stored",
        "  retrain on ticks to 2  the first window of 3 ticks",
        "  then for v1            shadows, opacity, thin shadows, recheck, causes, investigate, foresight, report",
        "  deliver alerts         follows v1",
        NEXT.format(4, 4),
    ]
    assert not (folder / "home").exists()


def test_every_state_of_a_home_is_told_and_none_is_changed(
    small_folder: Callable[[int], Path], customers: Callable[..., pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few ticks, an unfinished cycle, nothing due, ticks waiting."""
    folder = small_folder(2)
    assert planned(folder).splitlines() == [
        "due now",
        "  ingest to tick 1  ticks 0 to 1 are not stored",
        "next: retrain at tick 2",
    ]
    customers(250, first=500).to_csv(folder / "churn.csv", mode="a", header=False, index=False)
    home = halflife.open(config=folder / "halflife.toml")

    def dies(context: Context, stage: Stage, learned: Learned) -> Learned:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setitem(PERFORM, Report, dies)  # type: ignore[arg-type] # a dictionary
        with pytest.raises(KeyboardInterrupt):
            home.replay()
    before = files(home.home)
    assert planned(folder).splitlines() == [
        "due now",
        "  then for v1     foresight, report: v1 is investigated, and its cycle was cut off there",
        "  deliver alerts  v1 is investigated, and its cycle was cut off there",
        NEXT.format(4, 4),
    ]
    assert files(home.home) == before
    home.replay()
    before = files(home.home)
    assert planned(folder) == f"nothing is due\n{NEXT.format(4, 4)}"
    assert files(home.home) == before
    customers(500, first=750).to_csv(folder / "churn.csv", mode="a", header=False, index=False)
    assert planned(folder).splitlines()[:4] == [
        "due now",
        "  ingest to tick 4       ticks 3 to 4 are not stored",
        "  watch tick 4           every 2 ticks; a retrain follows at once on drift",
        "  retrain on ticks to 4  2 ticks after v1",
    ]
    assert planned(folder).splitlines()[-1] == NEXT.format(6, 6)
    assert files(home.home) == before


def test_as_json_each_stage_has_a_tick_a_reason_and_whether_it_is_due(small_folder: Callable[[int], Path]) -> None:
    """In the order they are done; those that come next are not due."""
    told = json.loads(planned(small_folder(3), "--json"))
    assert all(set(stage) == {"stage", "tick", "why", "due"} for stage in told)
    assert [(stage["stage"], stage["tick"]) for stage in told if stage["due"]][:2] == [("ingest", 2), ("retrain", 2)]
    assert [(stage["stage"], stage["tick"]) for stage in told if not stage["due"]] == [("watch", 4), ("retrain", 4)]
    assert "or at once on drift" in told[-1]["why"]
