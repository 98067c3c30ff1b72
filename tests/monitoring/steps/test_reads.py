"""What a cycle reads from the store: its window once, and its watch's rows once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from monitoring import steps
from monitoring.service import Service

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
    """Training reads the window; what re-tests, investigates and reports the version reads no window again."""
    service = make()
    for tick in (3, 5):
        steps.ingest(service, tick)
        if tick > 3:
            counted = reads(service)
            steps.watch(service, tick)
            assert counted == {"sample": 2}
        version = steps.retrain(service, tick)
        steps.recheck(service, version)
        steps.investigate(service, version)
        steps.report(service, version)
    assert counted == {"sample": 2, "window": 1}


def test_a_process_that_did_not_train_uses_the_same_rows(make: Make) -> None:
    """After a kill, the rows that test and suggest are read from the store again, and are the same."""
    service = make()
    steps.ingest(service, 3)
    version = steps.retrain(service, 3)
    later = replace(service, _kept={})
    pd.testing.assert_frame_equal(later.evidence(version), service.evidence(version))
    pd.testing.assert_frame_equal(later.discovery(version), service.discovery(version))
