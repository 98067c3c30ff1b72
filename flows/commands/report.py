"""``halflife report``."""

from pathlib import Path

import click

from halflife.flows.commands.common import alone, emit, options
from halflife.flows.commands.steps import story
from halflife.flows.settings import Settings
from halflife.models.errors import NotFound


@click.command(epilog="Example: halflife report --open")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it; default in the home.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@options
def command(settings: Settings, output: Path | None, show: bool, as_json: bool, verbose: bool) -> None:
    """Write the conclusions page: what holds, what went stale and when, and how long conclusions live."""
    said = story(settings, scored=True)
    if not said.versions:
        raise NotFound("there is no version yet; run `halflife retrain` or `halflife replay` first")
    from halflife.monitoring.reports.page import write_page

    reports = settings.home.resolve() / "reports"
    path = output or reports / "conclusions.html"
    drift = reports / said.versions[-1].label / "drift.html"
    links = {"drift": str(drift)} if drift.exists() else {}
    with alone(settings.home):
        write_page(said, path, title=settings.name, links=links)
    if as_json:
        emit({"path": str(path), "bytes": path.stat().st_size})
    else:
        click.echo(path)
    if show:
        click.launch(str(path))
