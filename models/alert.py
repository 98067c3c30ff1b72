"""One message about one version, and what stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    FINDINGS = "findings"
    DRIFT = "drift"
    RETRAIN_FAILED = "retrain_failed"
    PROMOTION_REFUSED = "promotion_refused"
    QUARANTINE = "quarantine"
    CHANNEL_DEAD = "channel_dead"
    TEST = "test"


class Severity(StrEnum):
    """How loudly a channel should speak."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class AlertItem:
    """One event inside an alert: a finding that went stale, a column that drifted."""

    kind: AlertKind
    severity: Severity
    sentence: str
    finding: str = ""


@dataclass(frozen=True)
class Alert:
    """One message: everything worth saying about one version (or tick), ranked.

    Attributes:
        key: stable; a second alert with the same key is the same alert and is never sent twice.
        version: number of the version it is about; 0 when about none.
        subject: one line.
        sentence: the plain sentence first.
        links: name -> address or path.
    """

    key: str
    severity: Severity
    version: int
    subject: str
    sentence: str
    items: tuple[AlertItem, ...]
    links: Mapping[str, str] = field(default_factory=dict)
