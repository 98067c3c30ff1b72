"""``halflife investigate``."""

import click

from halflife.flows.commands.common import VERSION, options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife investigate --version v4")
@click.option("--version", "number", type=VERSION, help="Which version; default the newest.")
@options
def command(opened: Opened, number: int | None, as_json: bool) -> None:
    """What a debugging session finds in one version: what a colleague would say, and every claim with its status.

    Shortcuts, effects against expectations, odds that are off, slices it does worst on, gaps between groups and who
    makes them, and errors it is sure of. The rows that suggest are never those that confirm. Every retrain does this by
    itself and files what it finds; here it is shown again, and nothing is filed.
    """
    from halflife.flows.use_cases.explaining import investigate

    show(investigate(opened, version=number), as_json)
