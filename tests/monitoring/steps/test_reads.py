"""What a cycle reads from the store: its window once, and its watch's rows once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from halflife.monitoring.caches import CachedStore
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import Learned, perform, run
from halflife.monitoring.drift.watched_sides import HeldOut, reference_side
from halflife.monitoring.stages import Retrain, Watch
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.version_rows import StoredRows

Make = Callable[..., Context]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Context], Counter[str]]:
    """Count the reads of whole rows from a service's store from now on, by the name of the method."""

    def watched(service: Context) -> Counter[str]:
        counted: Counter[str] = Counter()
        assert isinstance(service.store, CachedStore)
        store = service.store._store
        for name in ("window", "sample"):
            read: Callable[..., Any] = getattr(store, name)

            def count(*args: Any, name: str = name, read: Callable[..., Any] = read, **kwargs: Any) -> Any:
                counted[name] += 1
                return read(*args, **kwargs)

            monkeypatch.setattr(store, name, count)
        return counted

    return watched


def test_a_cycle_reads_its_window_once(make: Make, reads: Callable[[Context], Counter[str]]) -> None:
    """Training reads the window; what re-tests, investigates, reports and watches the version reads it no more."""
    service = make(on_drift=False)
    run(service, 3)
    counted = reads(service)
    run(service, 5)
    # The first watch of a run also reads the champion's side; and causes are told from the earlier window.
    assert counted["window"] <= 2
    assert counted["sample"] == 2


def test_a_watch_after_a_retrain_reads_only_the_newest_ticks(
    make: Make, reads: Callable[[Context], Counter[str]]
) -> None:
    """What training knows of the champion's window is handed to the watches after it."""
    service = make()
    ingest(service, 3)
    learned = perform(service, Retrain(3, ""), Learned())
    ingest(service, 5)
    counted = reads(service)
    learned = perform(service, Watch(5, ""), learned)
    assert learned.watched is not None
    learned.watched.reference.drawn()
    assert counted == {"sample": 1}


def test_a_process_that_did_not_train_uses_the_same_rows(make: Make) -> None:
    """After a kill, the rows that test and suggest are read from the store again, and are the same."""
    service = make()
    ingest(service, 3)
    version = retrain(service, 3)
    later = StoredRows(service.store, service.policy.evidence.rows)
    pd.testing.assert_frame_equal(later.evidence(version), service.rows.evidence(version))
    pd.testing.assert_frame_equal(later.discovery(version), service.rows.discovery(version))


def test_a_watch_sees_the_same_rows_and_labels_whoever_trained(make: Make) -> None:
    """What training hands to the watches after it is what another process reads from the store."""
    service = make()
    ingest(service, 3)
    version = retrain(service, 3)
    model = service.registry.model(version)
    handed = reference_side(service.store, version, model, service.rows.window(version))
    read = reference_side(service.store, version, model)
    assert handed.at_hand is not None
    assert read.at_hand is None
    pd.testing.assert_frame_equal(handed.rows, read.rows)
    assert handed.labels == read.labels
    assert min(handed.labels) > 0


def test_of_more_rows_than_are_drawn_the_same_are_chosen(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a window has more rows that never train than a watch looks at, window and store choose alike."""
    monkeypatch.setattr("halflife.monitoring.drift.watched_sides.SAMPLED", 50)
    service = make()
    ingest(service, 3)
    window = service.store.window(0, 3)
    chosen = HeldOut.of(window)
    assert len(chosen.rows) == 50
    pd.testing.assert_frame_equal(chosen.rows, service.store.sample(0, 3, window.source, rows=50))
    assert chosen.labels == service.store.labels(0, 3, window.source)
