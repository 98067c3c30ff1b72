"""A run that dies between two stages goes on where it was, whichever they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import halflife
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import PERFORM, Learned
from halflife.monitoring.plan import STAGES
from halflife.monitoring.stages import Deliver, Stage
from halflife.testing.ledger_content import ledger_content


class CutOffError(Exception):
    """The process was killed."""


@pytest.fixture(scope="module")
def folder(small_folder: Callable[[int], Path], customers: Callable[..., pd.DataFrame]) -> Callable[[], Path]:
    """Makes a folder whose feed drifts, in a home where drift brings no retrain forward but an alert."""

    def make() -> Path:
        made = small_folder(6)  # of 250 rows each: three ticks of 500
        late = customers(1500, first=1500)
        late = late.assign(visits=12 - late["visits"])  # who visits often leaves, and everybody visits more
        late.to_csv(made / "churn.csv", mode="a", header=False, index=False)
        config = (made / "halflife.toml").read_text(encoding="utf-8")
        config = config.replace("every = 2\nwindow = 3", "every = 2\nwindow = 3\non_drift = false")
        config = config.replace("[watch]\nevery = 2", "[watch]\nevery = 1").replace(
            "rows_per_tick = 250", "rows_per_tick = 500"
        )
        (made / "halflife.toml").write_text(config, encoding="utf-8")
        return made

    return make


@pytest.fixture(scope="module")
def whole(folder: Callable[[], Path]) -> dict[str, list[tuple[Any, ...]]]:
    """The ledger of a run that was never cut off."""
    home = halflife.open(config=folder() / "halflife.toml")
    home.replay()
    return ledger_content(home.home / "ledger.db")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_cut_off_at_every_stage_ends_like_one_that_was_not(
    when: str,
    folder: Callable[[], Path],
    whole: dict[str, list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It dies once before, or once after, each stage of each tick and version, and is started anew each time."""
    cut: set[tuple[str, int]] = set()

    def dying(perform: Callable[[Context, Stage, Learned], Learned]) -> Callable[[Context, Stage, Learned], Learned]:
        def does(context: Context, stage: Stage, learned: Learned) -> Learned:
            dies = (stage.name, stage.tick) not in cut
            cut.add((stage.name, stage.tick))
            if dies and when == "before":
                raise CutOffError
            learned = perform(context, stage, learned)
            if dies:
                raise CutOffError
            return learned

        return does

    for kind in STAGES:
        monkeypatch.setitem(PERFORM, kind, dying(PERFORM[kind]))  # type: ignore[arg-type] # a dictionary
    config = folder() / "halflife.toml"
    for _ in range(100):
        home = halflife.open(config=config)
        try:
            home.replay()
            break
        except CutOffError:
            continue
    assert {name for name, _ in cut} == {kind.name for kind in STAGES}
    assert ledger_content(home.home / "ledger.db") == whole


def test_an_alert_that_was_decided_is_sent_by_the_next_run(
    folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that dies before it delivers leaves the alert in the outbox; the next one sends it, once."""

    def dies(context: Context, stage: Stage, learned: Learned) -> Learned:
        if any(row["state"] != "sent" for row in home.alerts().to_dict()):
            raise CutOffError
        return learned

    home = halflife.open(config=folder() / "halflife.toml")
    with monkeypatch.context() as cut:
        cut.setitem(PERFORM, Deliver, dies)  # type: ignore[arg-type] # a dictionary
        with pytest.raises(CutOffError):
            home.replay()
    (waiting,) = home.alerts().to_dict()
    assert (waiting["state"], waiting["attempts"]) == ("pending", 0)
    assert not (home.home / "alerts").exists()
    home.replay()
    assert {row["state"] for row in home.alerts().to_dict()} == {"sent"}
    keys = [row["key"] for row in home.alerts().to_dict()]
    assert waiting["key"] in keys
    assert len(set(keys)) == len(keys) == len(list((home.home / "alerts").glob("*.eml")))
