"""Run what is due, or one stage that is asked for, and say what came of it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from halflife.flows.opened import Opened
from halflife.flows.use_cases.run_answers import IngestTold, Planned, Rechecked, Replayed, Retrained, WatchTold
from halflife.models.errors import UsageError
from halflife.monitoring.estimate_record import newest
from halflife.monitoring.wording.performance_words import sentences

if TYPE_CHECKING:
    import polars as pl


ALL = 1 << 30
"""Ticks, more than there are."""


def begin(opened: Opened) -> None:
    """Have the runner start while the home is opened. Raises Unavailable at once where somebody else holds the home."""
    with opened.alone():
        opened.runner.start(opened.settings.home)


def replay(opened: Opened, ticks: int | None = None, *, expect: Callable[[int], None] = lambda total: None) -> Replayed:
    """Run every cycle over the feed's history; goes on where an earlier run stopped, however it stopped.

    Args:
        opened: the home.
        ticks: stop after so many ticks of the feed; all when None.
        expect: told how many ticks there will be.

    Raises:
        Unavailable: somebody else holds the home.
        UsageError: the feed does not end and ``ticks`` is None; or what the investigator is told does not fit.
    """
    started = time.perf_counter()
    begin(opened)
    context = opened.context
    from halflife.monitoring.investigator.policy_check import check_policy
    from halflife.monitoring.reports.listing import summary

    total = length(ticks, context.feed.ticks)
    check_policy(context.policy.investigate, context.feed.schema)
    expect(total)
    context.warm()
    opened.runner.ready(opened.settings.home)
    running = time.perf_counter()
    stages = opened.runner.replay(context, total - 1)
    ended = time.perf_counter()
    seconds = {"setup": running - started, **stages}
    seconds |= {"prefect": ended - running - sum(stages.values()), "total": ended - started}
    sent = sum(delivery.state == "sent" for delivery in context.ledger.deliveries())
    return Replayed(total, summary(opened.story()), sent, seconds, opened.settings.home)


def length(asked: int | None, there: int | None) -> int:
    """How many ticks to replay: as many as there are, or as were asked for if that is fewer.

    Raises:
        UsageError: the feed does not end, and nobody said how far to go.

    >>> length(None, 83), length(10, 83), length(10, None)
    (83, 10, 10)
    """
    known = [ticks for ticks in (asked, there) if ticks is not None]
    if not known:
        raise UsageError("this feed does not end; say how far to go with --ticks, or set feed.ticks")
    return min(known)


def ingest(opened: Opened, ticks: int | None = None) -> IngestTold:
    """Pull the next ticks into the store, as far as they are over; nothing where none is. Raises FeedError.

    Args:
        opened: the home.
        ticks: how many at most; None for every one that is over, or one of a feed that does not end.
    """
    with opened.alone():
        store, feed = opened.context.store, opened.context.feed
        before, closed = store.last_tick, feed.closed
    if closed is None or closed - 1 > before:
        begin(opened)
        opened.runner.ingest(opened.context, ticks or (1 if closed is None else ALL))
    last = store.last_tick
    new = last > before
    rows = store.profile(before + 1, last).rows if new else 0
    span = store.span(before + 1, last) if new else None
    return IngestTold(rows, last, len(store.quarantine()), feed.waiting, span.late if span else 0)


def push(opened: Opened, rows: "pl.DataFrame | TextIO") -> IngestTold:
    """Keep rows, or labels, that are pushed, and take in every tick that is over.

    Args:
        opened: the home.
        rows: a table, or lines of JSON objects.

    Raises:
        UsageError: the feed is none to which rows are pushed.
        FeedError: the rows are not like those that came before; nothing of them is kept.
    """
    from halflife.flows.adapters import inbox_of, pushed
    from halflife.flows.feed_settings import PushFeedSettings

    feed = opened.settings.feed
    if not isinstance(feed, PushFeedSettings):
        raise UsageError(
            f'rows are pushed to a feed of kind "push"; this home\'s is {feed.subject}, which `halflife ingest` reads'
        )
    inbox_of(feed).push(pushed(rows))
    if inbox_of(feed).rows.empty:
        raise UsageError("labels were kept for rows that have not come; push rows to begin with")
    return ingest(opened)


def watch(opened: Opened) -> WatchTold:
    """Compare the newest ticks with the window the champion was trained on."""
    begin(opened)
    drift = opened.runner.watch(opened.context)
    every = opened.ledger.performances()
    told = [p for p in newest(every) if drift is not None and (p.tick, p.against) == (drift.tick, drift.against)]
    return WatchTold(drift, told[0] if told else None, tuple(sentences([*every, *told])) if told else ())


def retrain(opened: Opened) -> Retrained:
    """Train, gate and register a version on the newest window, with all that follows. Raises NotTrainable."""
    begin(opened)
    before = len(opened.context.ledger.versions())
    version = opened.runner.retrain(opened.context)
    return Retrained(version, version.number > before, opened.context.feed.waiting)


def recheck(opened: Opened) -> Rechecked:
    """Re-test every open finding on the newest version. Raises NotFound before there is one."""
    begin(opened)
    opened.runner.recheck(opened.context)
    return standing(opened)


def standing(opened: Opened) -> Rechecked:
    """How every open finding stands on the newest version, as the ledger has it. Raises NotFound."""
    ledger = opened.context.ledger
    version = ledger.version()
    known = {finding.id: finding for finding in ledger.findings(open_only=True)}
    checks = ledger.checks(version=version.number)
    return Rechecked(version, tuple((known[c.finding], c) for c in checks if c.finding in known))


def plan(opened: Opened) -> Planned:
    """What is to be done now, and what comes next; nothing is done, and nothing is made in the home."""
    from halflife.flows.bootstrap import feed, policy, store
    from halflife.flows.ledger_place import has_ledger
    from halflife.monitoring.cycle import known
    from halflife.monitoring.plan import Known, outlook
    from halflife.monitoring.plan import plan as planned

    settings = opened.settings
    rows, under = store(settings), policy(settings)
    ticks = feed(settings).following(rows).closed
    now = known(rows, opened.ledger, settings.name) if has_ledger(settings) else Known(stored=rows.last_tick)
    until = now.stored if ticks is None else max(ticks - 1, now.stored)
    stages = planned(now, under, until, under.catch_up)
    return Planned(stages, outlook(now, under, stages), at_once=under.retrain.on_drift)
