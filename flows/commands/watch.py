"""``halflife watch``."""

import sys
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.commands.steps import run_flow
from halflife.flows.settings import Settings
from halflife.models.domain import Drift


@click.command(epilog="Example: halflife watch --fail-on drift")
@click.option("--fail-on", type=click.Choice(["drift"]), help="Exit with 3 when it occurs.")
@options
def command(settings: Settings, fail_on: str | None, as_json: bool, verbose: bool) -> None:
    """Compare the newest ticks with the window the champion was trained on, on all rows."""

    def flow(home: str) -> Coroutine[Any, Any, Drift | None]:
        from halflife.flows.watch import watch

        return watch(home)

    drift, _ = run_flow(settings, verbose, flow)
    if as_json:
        emit(None if drift is None else asdict(drift))
    elif drift is None:
        click.echo("there is no champion to compare with yet; run `halflife retrain`")
    else:
        click.echo(f"ticks {drift.first_tick} to {drift.tick} against v{drift.against}: {drift.note}")
    if fail_on and drift is not None and drift.drifted:
        sys.exit(3)
