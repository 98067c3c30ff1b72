"""``halflife up``."""

import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FrameType
from typing import Any

import click

from halflife.flows.commands.common import VERBOSE, at, emit, note, several
from halflife.flows.configuration import parse
from halflife.flows.opened import Opened
from halflife.flows.resolution import DEFAULT_HOME, Resolved, mark_last, resolve
from halflife.flows.settings import Settings
from halflife.flows.up_settings import UpSettings
from halflife.models.errors import UsageError

LENGTH = re.compile(r"(\d+(?:\.\d+)?)(s|m|min|h|d)")
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


class Length(click.ParamType["float"]):
    """``30s``, ``5m``, ``2h``: in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = LENGTH.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no length of time; write it like 30s, 5m or 2h", param, ctx)
        return float(found[1]) * SECONDS[found[2]]


@click.command(epilog="Example: halflife up --scenario sudden --speed 60")
@several
@click.option("--scenario", help="Instead, a synthetic world; halflife scenarios lists them.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="How many times as fast a synthetic world's ticks pass; one lasts schedule.tick.",
)
@click.option("--for", "lasts", type=Length(), help="End after so long, such as 5m; default when told to.")
@click.option("--host", help="On which everything listens; default as the settings say, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Of the pages; 0 for any. Default 8070.")
@click.option("--prefect-port", type=click.IntRange(0, 65_535), help="Of Prefect's UI; 0 for any. Default 4200.")
@click.option("--mlflow-port", type=click.IntRange(0, 65_535), help="Of MLflow's UI; 0 for any. Default 5000.")
@click.option("--json", "as_json", is_flag=True, help="The addresses as one JSON document on stdout, once all answer.")
@VERBOSE
def command(
    named: list[Resolved],
    scenario: str | None,
    speed: float,
    lasts: float | None,
    as_json: bool,
    verbose: int,
    **listening: Any,
) -> None:
    """Start Prefect, MLflow, the schedule and the pages, and keep them alive until Ctrl-C.

    Servers that are configured (PREFECT_API_URL, MLFLOW_TRACKING_URI) are used instead of started. Everything listens on
    this machine alone unless told otherwise.
    """
    from halflife.flows.use_cases.serving import Told, serve

    every = [at(settings, verbose=verbose) for settings in _asked(named, scenario)]
    if speed != 1.0 and all(one.settings.feed.kind != "synthetic" for one in every):
        raise UsageError("--speed is for synthetic worlds; rows of your own come when they come")
    where = every[0].settings.up.model_copy(
        update={key: value for key, value in listening.items() if value is not None}
    )
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's & has SIGINT ignored
        signal.signal(number, _interrupt)
    with ExitStack() as stack:
        told = Told(lambda addresses: _ready(addresses, every, stack, as_json=as_json))
        if not as_json:
            note("starting Prefect, MLflow, the schedule and the pages …")
        try:
            serve(every, UpSettings.model_validate(where.model_dump()), told, speed=speed, lasts=lasts or float("inf"))
        except KeyboardInterrupt:
            stack.close()
    mark_last(every[0].settings.home)
    if not as_json:
        note("ended; run the same again to go on from here")


def _asked(named: Sequence[Resolved], scenario: str | None) -> list[Settings]:
    if scenario is None:
        return [one.settings for one in named or [resolve(None, None)]]
    if named:
        raise UsageError("a --scenario has settings and a home of its own; leave out --config and --home")
    return [world(scenario)]


def world(scenario: str) -> Settings:
    """A synthetic world that is watched live, small enough for a laptop."""
    return parse(
        {
            "name": scenario,
            "home": DEFAULT_HOME / f"up-{scenario}",
            "feed": {"kind": "synthetic", "scenario": scenario, "rows_per_tick": 1000},
            "retrain": {"every": 5, "window": 8},
            "watch": {"every": 5, "window": 3},
            "recipe": {"trees": 80, "leaves": 15, "learning_rate": 0.12},
            "investigate": {"segments": ["region", "sex"], "errors": 4},
            "schedule": {"every": "10s"},
        },
        "--scenario",
    )


def _ready(
    addresses: Sequence[Any], every: Sequence[Opened], stack: ExitStack, *, as_json: bool
) -> tuple[Callable[[str], None], Callable[[], None]]:
    """Say where everything is, and from now on what happens."""
    from halflife.flows.service.screen import Screen, shown
    from halflife.flows.use_cases.serving import LOOK
    from halflife.flows.use_cases.standing import standing
    from halflife.monitoring.reports.rich_text import Terminal

    live = sys.stderr.isatty() and not as_json
    if as_json:
        emit({address.name.lower(): address.url for address in addresses})
        sys.stdout.flush()
    elif not live:
        for address in addresses:
            note(f"{address.name:<9} {address.url}{'' if address.ours else ', was running'}")
    screen = Screen(addresses)
    say, draw = stack.enter_context(shown(screen, Terminal(stderr=True) if live else None))
    looked = -LOOK

    def beat() -> None:
        nonlocal looked
        if live and time.monotonic() - looked >= LOOK:
            looked, screen.stand = time.monotonic(), standing(every)
            draw()

    return say, beat


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
