"""``halflife watch``."""

import sys

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife watch --fail-on drift")
@click.option("--fail-on", type=click.Choice(["drift"]), help="Exit with 3 when it occurs.")
@options
def command(opened: Opened, fail_on: str | None, as_json: bool) -> None:
    """Compare the newest ticks with the window the champion was trained on, on all rows."""
    from halflife.flows.use_cases.running import watch

    watched = watch(opened)
    show(watched, as_json)
    mark_last(opened.settings.home)
    if fail_on and watched.drift is not None and watched.drift.drifted:
        sys.exit(3)
