"""``halflife ingest``."""

from collections.abc import Coroutine
from typing import Any

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.commands.steps import run_flow
from halflife.flows.settings import Settings


@click.command(epilog="Example: halflife ingest --ticks 4")
@click.option("--ticks", type=click.IntRange(min=1), default=1, show_default=True, help="How many to pull.")
@options
def command(settings: Settings, ticks: int, as_json: bool, verbose: bool) -> None:
    """Pull the next ticks of the feed into the store, exactly once; bad rows are set aside with their reason."""

    def flow(home: str) -> Coroutine[Any, Any, int]:
        from halflife.flows.ingest import ingest

        return ingest(home, ticks)

    rows, here = run_flow(settings, verbose, flow)
    quarantined = len(here.store.quarantine())
    if as_json:
        emit({"rows": rows, "last_tick": here.store.last_tick, "quarantined": quarantined})
    else:
        click.echo(f"{rows} rows; the store holds ticks 0 to {here.store.last_tick}; {quarantined} rows in quarantine")
