"""Do whatever is due: the one line for cron, systemd, Kubernetes or any other scheduler."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from halflife.flows.opened import Opened
from halflife.flows.run_record import ended
from halflife.flows.use_cases.done import Done
from halflife.models.errors import HalflifeError

if TYPE_CHECKING:
    from halflife.monitoring.context import Context
    from halflife.monitoring.ports import Ledger, Store


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
