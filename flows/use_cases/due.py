"""Do whatever is due: the one line for cron, systemd, Kubernetes or any other scheduler."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.flows.run_record import ended
from halflife.flows.use_cases.running import waiting_lines, waiting_values
from halflife.models.errors import HalflifeError
from halflife.monitoring.ports import Waiting
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.wording.figures import plural
from halflife.monitoring.wording.tick_words import ticks

if TYPE_CHECKING:
    from halflife.monitoring.context import Context
    from halflife.monitoring.ports import Ledger, Store


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
        delivered: messages sent, one for each alert in each channel.
        alerts: of which there were messages.
        channels: that took them.
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
    alerts: int
    channels: tuple[str, ...]
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
            "alerts": self.alerts,
            "channels": list(self.channels),
            **waiting_values(self.waiting),
            "seconds": round(self.seconds, 3),
        }

    @property
    def sentence(self) -> str:
        """What was done."""
        told = []
        if self.ticks is not None:
            late = f", {self.late:,} of them late" if self.late else ""
            aside = f"; {self.quarantined:,} rows and labels set aside" if self.quarantined else ""
            told.append(f"{self.ingested:,} rows of {ticks(*self.ticks, self.dates)}{late}{aside}")
        told += [f"{self.watched} {plural('watch', self.watched).replace('watchs', 'watches')}"] if self.watched else []
        told += [f"{', '.join(self.versions)} registered"] if self.versions else []
        if self.delivered:
            where = f"{len(self.channels)} {plural('channel', len(self.channels))}"
            told.append(f"{self.alerts} {plural('alert', self.alerts)} sent in {where}")
        return "; ".join(told) or "nothing was due"

    def __rich__(self) -> RenderableType:
        return Text("\n".join([self.sentence, *self.untested, *waiting_lines(self.waiting)]))


def run_due(opened: Opened, wait: float = 0.0) -> Done:
    """Take in every tick that is over, do what is due, and send what is pending; safe to repeat, and to kill.

    A feed that does not end gives one tick a run.

    Args:
        opened: the home.
        wait: seconds to wait for another command that works there.

    Raises:
        Held: somebody else holds the home for longer.
        FeedError: the feed cannot be read.
    """
    with opened.alone(wait):
        began = datetime.now(UTC)
        try:
            stock = Stock.of(opened.context)
            if stock.due:
                opened.runner.start(opened.settings.home)
                opened.runner.run(opened.context, stock.until)
            done = stock.done()
        except HalflifeError as error:
            ended(opened.settings.home, began, str(error))
            raise
        ended(opened.settings.home, began, done.sentence, done.to_dict())
        return done


@dataclass(frozen=True)
class Stock:
    """What there was before a run, and what it has to do.

    Attributes:
        until: last tick of the feed that is over.
        due: there is something to do.
    """

    context: "Context"
    until: int
    due: bool
    began: float
    tick: int
    versions: int
    watches: int
    sent: frozenset[tuple[str, str]]
    aside: int
    labels: int

    @classmethod
    def of(cls, context: "Context", until: int | None = None) -> "Stock":
        """Counted now; ``until``: the last tick to take in, where somebody else keeps the time of a feed without end."""
        from halflife.monitoring.cycle import known
        from halflife.monitoring.plan import plan

        began = time.perf_counter()
        store, ledger = context.store, context.ledger
        closed = context.feed.closed
        if closed is not None:
            until = closed - 1
        over = max(store.last_tick + 1 if until is None else until, store.last_tick)
        return cls(
            context=context,
            until=over,
            due=bool(plan(known(store, ledger, context.policy.name), context.policy, over, context.policy.catch_up)),
            began=began,
            tick=store.last_tick,
            versions=len(ledger.versions()),
            watches=len(ledger.drifts()),
            sent=_sent(ledger),
            aside=len(store.quarantine()),
            labels=_labels(store),
        )

    def done(self) -> Done:
        """What has been done since."""
        store, ledger = self.context.store, self.context.ledger
        last = store.last_tick
        new = last > self.tick
        sent = _sent(ledger) - self.sent
        span = store.span(self.tick + 1, last) if new else None
        return Done(
            ingested=store.profile(self.tick + 1, last).rows if new else 0,
            labels=_labels(store) - self.labels,
            late=0 if span is None else span.late,
            quarantined=len(store.quarantine()) - self.aside,
            ticks=(self.tick + 1, last) if new else None,
            dates=None if span is None else span.dates,
            watched=len(ledger.drifts()) - self.watches,
            versions=tuple(version.label for version in ledger.versions()[self.versions :]),
            untested=_untested(ledger, self.versions),
            delivered=len(sent),
            alerts=len({key for key, _ in sent}),
            channels=tuple(sorted({channel for _, channel in sent})),
            waiting=self.context.feed.waiting,
            seconds=time.perf_counter() - self.began,
        )


def _untested(ledger: "Ledger", since: int) -> tuple[str, ...]:
    """Of each version after so many, how many findings could not be tested on it."""
    new = ledger.versions()[since:]
    if not new:
        return ()
    from halflife.monitoring.wording.words import untested_among

    findings = ledger.findings()
    said = (untested_among(version, findings, ledger.checks(version=version.number)) for version in new)
    return tuple(filter(None, said))


def _sent(ledger: "Ledger") -> frozenset[tuple[str, str]]:
    """Alert and channel of each message that was sent."""
    return frozenset((d.alert.key, d.channel) for d in ledger.deliveries() if d.state == "sent")


def _labels(store: "Store") -> int:
    return sum(store.labels(0, store.last_tick)) if store.last_tick >= 0 else 0
