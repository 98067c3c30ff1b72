"""``halflife replay``."""

import time
from dataclasses import replace
from typing import Any

import click

from halflife.flows import prefect_engine
from halflife.flows.commands.common import alone, emit, mark_last, note, options, run
from halflife.flows.commands.progress import progress
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings
from halflife.models.errors import UsageError


@click.command(epilog="Example: halflife replay --config infra/examples/elec.toml")
@click.option("--ticks", type=click.IntRange(min=1), help="Stop after so many ticks of the feed; default all.")
@options
def command(settings: Settings, ticks: int | None, as_json: bool, verbose: bool) -> None:
    """Run every step over a feed's history: ingest, watch, retrain, recheck, report, deliver.

    Goes on where an earlier run stopped, however it stopped; a finished replay only shows its result again.
    """
    replay(settings, ticks, as_json=as_json, verbose=verbose)


def replay(settings: Settings, ticks: int | None, *, as_json: bool, verbose: bool) -> None:
    """Replay the feed of ``settings`` and show how it ended."""
    with alone(settings.home):
        result = drive(settings, ticks, verbose=verbose)
    mark_last(settings.home)
    if as_json:
        emit(result)
        return
    from halflife.flows.commands.ending import show_ending

    show_ending(settings.home, result["seconds"])


def length(asked: int | None, there: int | None) -> int:
    """How many ticks to replay: as many as there are, or as were asked for if that is fewer.

    >>> length(None, 83), length(10, 83), length(10, None)
    (83, 10, 10)
    """
    known = [ticks for ticks in (asked, there) if ticks is not None]
    if not known:
        raise UsageError("this feed does not end; say how far to go with --ticks, or set feed.ticks")
    return min(known)


def drive(settings: Settings, ticks: int | None, *, verbose: bool) -> dict[str, Any]:
    """Run the replay flow; gives what ``replay --json`` prints."""
    started = time.perf_counter()
    with progress() as observe:
        server_ready = prefect_engine.prepare(settings.home, verbose=verbose)
        home, here = opened(settings)
        from halflife.monitoring.investigator.agenda import check_agenda

        here.observe = observe
        if observe.terminal is not None and "console" in here.channels:
            alerts: Any = here.channels["console"]
            here.channels = {**here.channels, "console": replace(alerts, terminal=observe.terminal)}
        total = length(ticks, here.feed.ticks)
        check_agenda(here.policy.investigate, here.feed.schema)
        observe.expect(total)

        from halflife.flows.replay import replay as flow

        here.warm()
        server_ready()
        running = time.perf_counter()
        versions = run(lambda: flow(home, total - 1))
    ended = time.perf_counter()
    if versions == 0:
        note(f"no version yet: {total} ticks are fewer than a window of {here.policy.retrain.window}")

    from halflife.monitoring import steps
    from halflife.monitoring.reports.listing import summary

    seconds = {"setup": running - started, **here.seconds}
    seconds["prefect"] = ended - running - sum(here.seconds.values())
    seconds["total"] = ended - started
    return {
        "ticks": total,
        **summary(steps.conclusions(here)),
        "alerts": sum(delivery.state == "sent" for delivery in here.ledger.deliveries()),
        "seconds": {phase: round(s, 2) for phase, s in seconds.items()},
        "home": str(settings.home),
    }
