"""What a cycle reads from the store: its window once, and its watch's rows once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from halflife.monitoring import steps
from halflife.monitoring.drift.watched_sides import HeldOut, sides
from halflife.monitoring.service import Service

Make = Callable[..., Service]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Service], Counter[str]]:
    """Count the reads of whole rows from a service's store from now on, by the name of the method."""

    def watched(service: Service) -> Counter[str]:
        counted: Counter[str] = Counter()
        for name in ("window", "sample"):
            read: Callable[..., Any] = getattr(service.store, name)

            def count(*args: Any, name: str = name, read: Callable[..., Any] = read, **kwargs: Any) -> Any:
                counted[name] += 1
                return read(*args, **kwargs)

            monkeypatch.setattr(service.store, name, count)
        return counted

    return watched


def test_a_cycle_reads_its_window_once(make: Make, reads: Callable[[Service], Counter[str]]) -> None:
    """Training reads the window; what re-tests, investigates, reports and watches the version reads it no more."""
    service = make()
    for tick in (3, 5):
        steps.ingest(service, tick)
        if tick > 3:
            counted = reads(service)
            steps.watch(service, tick)
            assert counted == {"sample": 1}
        version = steps.retrain(service, tick)
        steps.recheck(service, version)
        steps.investigate(service, version)
        steps.report(service, version)
    assert counted == {"sample": 1, "window": 1}


def test_a_process_that_did_not_train_uses_the_same_rows(make: Make) -> None:
    """After a kill, the rows that test and suggest are read from the store again, and are the same."""
    service = make()
    steps.ingest(service, 3)
    version = steps.retrain(service, 3)
    later = replace(service, _kept={})
    pd.testing.assert_frame_equal(later.evidence(version), service.evidence(version))
    pd.testing.assert_frame_equal(later.discovery(version), service.discovery(version))


def test_a_watch_sees_the_same_rows_and_labels_whoever_trained(make: Make) -> None:
    """What training leaves for the watches after it is what another process reads from the store."""
    service = make()
    steps.ingest(service, 3)
    version = steps.retrain(service, 3)
    steps.ingest(service, 5)
    left, _ = sides(service, version, 4, 5)
    read, _ = sides(replace(service, reference=None, watched=None), version, 4, 5)
    assert left.at_hand is not None
    assert read.at_hand is None
    pd.testing.assert_frame_equal(left.rows, read.rows)
    assert left.labels == read.labels
    assert min(left.labels) > 0


def test_of_more_rows_than_are_drawn_the_same_are_chosen(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a window has more rows that never train than a watch looks at, window and store choose alike."""
    monkeypatch.setattr("halflife.monitoring.drift.watched_sides.SAMPLED", 50)
    service = make()
    steps.ingest(service, 3)
    window = service.store.window(0, 3)
    chosen = HeldOut.of(window)
    assert len(chosen.rows) == 50
    pd.testing.assert_frame_equal(chosen.rows, service.store.sample(0, 3, window.source, rows=50))
    assert chosen.labels == service.store.labels(0, 3, window.source)
