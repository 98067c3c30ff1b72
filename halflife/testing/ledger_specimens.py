"""What the checks of a ledger put into it: versions, findings, re-tests, a watch and an alert."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.domain import Check as Retest
from halflife.models.domain import ColumnDrift, Drift, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.monitoring.ports import Ledger

Make: TypeAlias = Callable[[], Ledger]
Check: TypeAlias = Callable[[Make], None]

DRIFT = Drift(
    5, 1, 4, (ColumnDrift("âge", "distance", 0.2, 0.1, drifted=True),), True, True, "it moved", {"a": 0.5}, (9, 8)
)
ALERT = Alert(
    "demo-v1",
    Severity.WARNING,
    1,
    "v1: â went stale",
    "One went\nstale.",
    (AlertItem(AlertKind.FINDINGS, Severity.CRITICAL, "a no longer holds.", "a"),),
    {"report": "/reports/v1.html"},
)


def version(number: int = 1, **other: Any) -> Version:
    """The version most checks are about."""
    auc = {"auc": Interval(0.8, 0.7, 0.9)}
    plain = Version(number, 0, 9, "3", "recipe", 7, "data", "model", auc, Role.CHAMPION, "first", 900)
    return replace(plain, **other)


def finding(name: str, **other: Any) -> Finding:
    """A finding made on v1."""
    return Finding(name, 'auc(where="x > 1") > 0.7', "auc", Scope.POPULATION, 1, **other)


def retest(number: int, on: int = 1, status: Status = Status.HOLDS) -> Retest:
    """One re-test of finding ``number`` on version ``on``."""
    measured = Measurement(100, Interval(0.8, 0.75, 0.85), status, 0.9)
    return Retest(number, on, 0.7, measured, measured)


def opened(make: Make, versions: int = 1) -> Ledger:
    """An empty ledger that knows so many versions."""
    ledger = make()
    for number in range(1, versions + 1):
        ledger.add_version(version(number))
    return ledger
