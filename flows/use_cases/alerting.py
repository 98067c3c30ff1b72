"""Alerts: what was sent where, what waits, and whether the channels work."""

import time
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.flows.use_cases.running import begin
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True, repr=False, eq=False)
class Deliveries(Shown):
    """Every delivery, newest first, as plain values."""

    rows: tuple[dict[str, Any], ...]

    def values(self) -> list[dict[str, Any]]:
        return list(self.rows)

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.finding_tables import DeliveryTable

        return DeliveryTable(self.rows)


@dataclass(frozen=True, repr=False, eq=False)
class Tried(Shown):
    """What became of the deliveries that were due."""

    sent: int
    failed: int
    dead: int

    def values(self) -> dict[str, int]:
        return {"sent": self.sent, "failed": self.failed, "dead": self.dead}

    def __rich__(self) -> RenderableType:
        return Text(", ".join(f"{n} {name}" for name, n in self.values().items()))


@dataclass(frozen=True, repr=False, eq=False)
class Answers(Shown):
    """What each channel answered to a test; ``ok`` where it took it."""

    by_channel: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether every channel took it."""
        return all(answer == "ok" for answer in self.by_channel.values())

    def values(self) -> dict[str, str]:
        return self.by_channel

    def __rich__(self) -> RenderableType:
        return Text("\n".join(f"{name:<8} {answer}" for name, answer in self.by_channel.items()))


def deliveries(opened: Opened) -> Deliveries:
    """Every delivery, newest first: what was sent where, what waits, what was given up and why. Raises NotFound."""
    return Deliveries(
        tuple(
            {
                "key": d.alert.key,
                "version": f"v{d.alert.version}" if d.alert.version else None,
                "severity": d.alert.severity.value,
                "subject": d.alert.subject,
                "channel": d.channel,
                "state": d.state,
                "attempts": d.attempts,
                "error": d.error,
            }
            for d in opened.ledger.deliveries()
        )
    )


def deliver(opened: Opened) -> Tried:
    """Try every delivery that is due. Raises NotFound where there is no ledger yet."""
    due = {d.id for d in opened.ledger.due(time.time())}
    if not due:
        return Tried(0, 0, 0)
    begin(opened)
    opened.runner.deliver(opened.context)
    states = [d.state for d in opened.ledger.deliveries() if d.id in due]
    return Tried(*(states.count(state) for state in ("sent", "pending", "dead")))


def test(opened: Opened) -> Answers:
    """Send a test alert through every configured channel."""
    from halflife.flows.bootstrap import channels, remember
    from halflife.monitoring.alerts.alert_decisions import trial
    from halflife.monitoring.alerts.outbox import redact

    settings = opened.settings
    home = remember(settings)
    alert, answers = trial(settings.name, time.time()), {}
    for name, channel in channels(settings.alerts, home, settings.name).items():
        try:
            channel.send(alert)
            answers[name] = "ok"
        except Exception as error:
            answers[name] = redact(error)
    return Answers(answers)
