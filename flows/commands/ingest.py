"""``halflife ingest``."""

from typing import TextIO

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife ingest --ticks 4; or: tail -n 100 rows.jsonl | halflife ingest --rows -")
@click.option("--ticks", type=click.IntRange(min=1), default=1, show_default=True, help="How many to pull at most.")
@click.option("--all", "every", is_flag=True, help="Pull every tick that is over.")
@click.option(
    "--rows",
    type=click.File(encoding="utf-8"),
    help='Push these rows, a JSON object a line, to a feed of kind "push"; - for standard input.',
)
@options
def command(opened: Opened, ticks: int, *, every: bool, rows: TextIO | None, as_json: bool) -> None:
    """Pull the next ticks of the feed that are over into the store, exactly once.

    Bad rows are set aside with their reason; rows of a tick that is not over wait.
    """
    from halflife.flows.use_cases import running

    told = running.ingest(opened, running.ALL if every else ticks) if rows is None else running.push(opened, rows)
    show(told, as_json)
    mark_last(opened.settings.home)
