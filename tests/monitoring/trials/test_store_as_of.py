"""A store as it was: what had come by a tick, and nothing after it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.models.errors import TickError, UsageError
from halflife.models.rows import LABEL, Split
from halflife.monitoring.adapters import delta_store
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.store_as_of import StoreAsOf


@pytest.mark.parametrize("compacted", [2, 64])
def test_a_window_of_the_past_is_the_window_of_that_day(
    history: Callable[..., Backtest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compacted: int
) -> None:
    """At every tick it has the rows and labels a store had when it ended there, compacted or not, late ones missing."""
    monkeypatch.setattr(delta_store, "COMPACTED", compacted)
    feed, growing, days = history().feed, DeltaStore(tmp_path / "store", Split()), []
    for tick in range(7):
        growing.append(feed.batch(tick), feed.schema)
        days.append(growing.window(max(0, tick - 2), tick).digest)
    for tick, digest in enumerate(days):
        past = StoreAsOf(growing, tick)
        assert past.last_tick == tick
        assert past.window(max(0, tick - 2), tick).digest == digest
    missing = [int(store.window(0, 3).rows[LABEL].isna().sum()) for store in (StoreAsOf(growing, 3), growing)]
    assert missing[0] > missing[1]


def test_what_has_not_come_yet_cannot_be_asked_for(store: DeltaStore) -> None:
    """Every question about a later tick is refused, and moving on makes it an answer."""
    past = StoreAsOf(store, 4)
    for ask in (past.window, past.profile, past.labels, past.quarantine, lambda a, b: past.sample(a, b, rows=5)):
        with pytest.raises(TickError, match="as of tick 4 it has not come yet"):
            ask(0, 5)
    with pytest.raises(TickError, match="as of tick 4"):
        past.as_of(5)
    past.go_to(5)
    assert len(past.window(5, 5).rows) == len(store.window(5, 5).rows)


def test_nothing_can_be_added_to_the_past(store: DeltaStore, history: Callable[..., Backtest]) -> None:
    """An append is refused, and the store stays as it is."""
    past, feed = StoreAsOf(store, 4), history().feed
    with pytest.raises(UsageError, match="tick 5 cannot be added"):
        past.append(feed.batch(5), feed.schema)
    assert (past.last_tick, past.schema, past.split) == (4, store.schema, store.split)


def test_labels_and_cases_are_those_of_the_store(store: DeltaStore) -> None:
    """Counts of labels are of that day; rows of cases never change."""
    past = StoreAsOf(store, 4)
    known = past.window(0, 4).rows
    assert sum(past.labels(0, 4)) == known[LABEL].notna().sum() < sum(store.labels(0, 4))
    asked = known["_id"].iloc[:3].tolist()
    assert past.cases(asked)["_id"].tolist() == asked


def test_a_tick_the_store_does_not_hold_has_no_past(store: DeltaStore) -> None:
    """The refusal says what there is."""
    with pytest.raises(TickError, match="the store has ticks 0 to 10"):
        StoreAsOf(store, 11)
