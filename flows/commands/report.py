"""``halflife report``."""

from pathlib import Path

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.opened import Opened
from halflife.monitoring.reports.visible import visible


@click.command(epilog="Example: halflife report --open")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it; default in the home.")
@click.option("--open", "in_browser", is_flag=True, help="Open it in the browser.")
@options
def command(opened: Opened, output: Path | None, in_browser: bool, as_json: bool) -> None:
    """Write the conclusions page: what holds, what went stale and when, and how long conclusions live."""
    from halflife.flows.use_cases.reporting import report

    page = report(opened, output)
    if as_json:
        emit(page.to_dict())
    else:
        click.echo(visible(str(page.path)))
    if in_browser:
        click.launch(str(page.path))
