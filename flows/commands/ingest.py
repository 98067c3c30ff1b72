"""``halflife ingest``."""

from typing import TextIO

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife ingest --ticks 4; or: tail -n 100 rows.jsonl | halflife ingest --rows -")
@click.option(
    "--ticks",
    type=click.IntRange(min=1),
    help="How many to pull at most; default every one that is over, or one of a feed that does not end.",
)
@click.option("--all", "every", is_flag=True, help="Pull every tick that is over, as is done by default.")
@click.option(
    "--rows",
    type=click.File(encoding="utf-8"),
    help='Push these rows, a JSON object a line, to a feed of kind "push"; - for standard input.',
)
@options
def command(opened: Opened, ticks: int | None, *, every: bool, rows: TextIO | None, as_json: bool) -> None:
    """Pull the next ticks of the feed that are over into the store, exactly once.

    Bad rows are set aside with their reason; rows of a tick that is not over wait.
    """
    from halflife.flows.use_cases import running

    told = running.ingest(opened, None if every else ticks) if rows is None else running.push(opened, rows)
    show(told, as_json)
    mark_last(opened.settings.home)
