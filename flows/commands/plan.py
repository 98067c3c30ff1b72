"""``halflife plan``."""

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife plan --json")
@options
def command(opened: Opened, as_json: bool) -> None:
    """Say what is to be done now and why, and when the next watch and retrain are due; nothing is done.

    What is due now is what the feed has whole ticks for. `halflife run` does it.
    """
    from halflife.flows.use_cases.running import plan

    show(plan(opened), as_json)
