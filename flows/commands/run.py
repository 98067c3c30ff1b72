"""``halflife run``."""

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife run --wait 600")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="For another command in this home."
)
@options
def command(opened: Opened, wait: float, as_json: bool) -> None:
    """Take in what is over, do what is due, send what is pending: for cron and any other scheduler.

    Safe to repeat, and to kill: it goes on where it was. With nothing due it ends at once, with exit code 0.
    """
    from halflife.flows.use_cases.due import run_due

    show(run_due(opened, wait), as_json)
    mark_last(opened.settings.home)
