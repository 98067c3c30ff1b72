"""``halflife ingest``."""

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife ingest --ticks 4")
@click.option("--ticks", type=click.IntRange(min=1), default=1, show_default=True, help="How many to pull.")
@options
def command(opened: Opened, ticks: int, as_json: bool) -> None:
    """Pull the next ticks of the feed into the store, exactly once; bad rows are set aside with their reason."""
    from halflife.flows.use_cases.running import ingest

    show(ingest(opened, ticks), as_json)
    mark_last(opened.settings.home)
