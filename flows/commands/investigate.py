"""``halflife investigate``."""

import click

from halflife.flows.commands.common import alone, emit, options
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings


@click.command(epilog="Example: halflife investigate --version 4")
@click.option("--version", "number", type=click.IntRange(min=1), help="Which version; default the newest.")
@options
def command(settings: Settings, number: int | None, as_json: bool, verbose: bool) -> None:
    """What a debugging session finds in one version: what a colleague would say, and every claim with its status.

    Shortcuts, effects against expectations, odds that are off, slices it does worst on, gaps between groups and who
    makes them, and errors it is sure of. The rows that suggest are never those that confirm. Every retrain does this by
    itself and files what it finds; here it is shown again, and nothing is filed.
    """
    from halflife.monitoring import steps
    from halflife.monitoring.reports.investigation_page import document, terminal

    with alone(settings.home):
        _, here = opened(settings)
        told = steps.review(here, here.version(number))
    if as_json:
        emit(document(told))
        return
    from halflife.flows.commands.ending import terminal as console

    console().print(terminal(told))
