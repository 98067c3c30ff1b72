"""Do whatever is due: the one line for cron, systemd, Kubernetes or any other scheduler."""

import time
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from halflife.flows.home_lock import locked
from halflife.flows.opened import Opened
from halflife.flows.use_cases.running import waiting_lines, waiting_values
from halflife.monitoring.ports import Waiting
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.wording.figures import plural
from halflife.monitoring.wording.tick_words import ticks


@dataclass(frozen=True, repr=False, eq=False)
class Done(Shown):
    """What a run did; all of it nothing where nothing was due.

    Attributes:
        ingested: rows added to the store.
        labels: added to the store, of rows whenever they came.
        late: of these rows, how many came after their own tick was over.
        quarantined: rows and labels set aside.
        ticks: first and last tick taken in; None where none was over.
        dates: of these.
        watched: how often the newest ticks were compared with the champion's window.
        versions: registered.
        untested: of each of them, how many findings could not be tested on it; empty where all could.
        delivered: messages sent.
        waiting: what is not in the store yet; None where the feed cannot count it.
        seconds: it took.
    """

    ingested: int
    labels: int
    late: int
    quarantined: int
    ticks: tuple[int, int] | None
    dates: tuple[str, str] | None
    watched: int
    versions: tuple[str, ...]
    untested: tuple[str, ...]
    delivered: int
    waiting: Waiting | None
    seconds: float

    def values(self) -> dict[str, Any]:
        return {
            "ingested": self.ingested,
            "labels": self.labels,
            "late": self.late,
            "quarantined": self.quarantined,
            "watched": self.watched,
            "versions": list(self.versions),
            "untested": list(self.untested),
            "delivered": self.delivered,
            **waiting_values(self.waiting),
            "seconds": round(self.seconds, 3),
        }

    def __rich__(self) -> RenderableType:
        told = []
        if self.ticks is not None:
            late = f", {self.late:,} of them late" if self.late else ""
            aside = f"; {self.quarantined:,} rows and labels set aside" if self.quarantined else ""
            told.append(f"{self.ingested:,} rows of {ticks(*self.ticks, self.dates)}{late}{aside}")
        told += [f"{self.watched} {plural('watch', self.watched).replace('watchs', 'watches')}"] if self.watched else []
        told += [f"{', '.join(self.versions)} registered"] if self.versions else []
        told += [f"{self.delivered} {plural('message', self.delivered)} sent"] if self.delivered else []
        lines = ["; ".join(told) or "nothing was due", *self.untested, *waiting_lines(self.waiting)]
        return Text("\n".join(lines))


def run_due(opened: Opened, wait: float = 0.0) -> Done:
    """Take in every tick that is over, do what is due, and send what is pending; safe to repeat, and to kill.

    A feed that does not end gives one tick a run.

    Args:
        opened: the home.
        wait: seconds to wait for another command that works there.

    Raises:
        Unavailable: somebody else holds the home for longer.
        FeedError: the feed cannot be read.
    """
    from halflife.monitoring.cycle import known
    from halflife.monitoring.plan import plan

    started = time.perf_counter()
    with locked(opened.settings.home, wait):
        context = opened.context
        store, ledger, feed = context.store, context.ledger, context.feed
        closed = feed.closed
        until = store.last_tick + 1 if closed is None else max(closed - 1, store.last_tick)
        before = _Before(
            store.last_tick,
            len(ledger.versions()),
            len(ledger.drifts()),
            _sent(opened),
            _aside(opened),
            _labels(opened),
        )
        if plan(known(store, ledger, context.policy.name), context.policy, until):
            opened.runner.start(opened.settings.home)
            opened.runner.run(context, until)
        last = store.last_tick
        new = last > before.tick
        span = store.span(before.tick + 1, last) if new else None
        rows = store.profile(before.tick + 1, last).rows if new else 0
        return Done(
            ingested=rows,
            labels=_labels(opened) - before.labels,
            late=0 if span is None else span.late,
            quarantined=_aside(opened) - before.aside,
            ticks=(before.tick + 1, last) if new else None,
            dates=None if span is None else span.dates,
            watched=len(ledger.drifts()) - before.watches,
            versions=tuple(version.label for version in ledger.versions()[before.versions :]),
            untested=_untested(opened, before.versions),
            delivered=_sent(opened) - before.sent,
            waiting=feed.waiting,
            seconds=time.perf_counter() - started,
        )


@dataclass(frozen=True)
class _Before:
    """What there was before a run."""

    tick: int
    versions: int
    watches: int
    sent: int
    aside: int
    labels: int


def _untested(opened: Opened, since: int) -> tuple[str, ...]:
    """Of each version after so many, how many findings could not be tested on it."""
    ledger = opened.context.ledger
    new = ledger.versions()[since:]
    if not new:
        return ()
    from halflife.monitoring.wording.words import untested_among

    findings = ledger.findings()
    said = (untested_among(version, findings, ledger.checks(version=version.number)) for version in new)
    return tuple(filter(None, said))


def _sent(opened: Opened) -> int:
    return sum(delivery.state == "sent" for delivery in opened.context.ledger.deliveries())


def _labels(opened: Opened) -> int:
    store = opened.context.store
    return sum(store.labels(0, store.last_tick)) if store.last_tick >= 0 else 0


def _aside(opened: Opened) -> int:
    return len(opened.context.store.quarantine())
