"""``halflife report``."""

from pathlib import Path

import click

from flows.commands.common import alone, emit, options
from flows.commands.steps import opened
from flows.settings import Settings


@click.command(epilog="Example: halflife report --open")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it; default in the home.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@options
def command(settings: Settings, output: Path | None, show: bool, as_json: bool, verbose: bool) -> None:
    """Write the conclusions page: what holds, what went stale and when, and how long conclusions live."""
    from monitoring import steps
    from monitoring.reports.page import write_page

    with alone(settings.home):
        _, here = opened(settings)
        version = here.version()
        path = output or here.home / "reports" / "conclusions.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        drift = here.home / "reports" / version.label / "drift.html"
        links = {"drift": str(drift)} if drift.exists() else {}
        write_page(steps.conclusions(here), path, title=here.policy.name, links=links)
    if as_json:
        emit({"path": str(path), "bytes": path.stat().st_size})
    else:
        click.echo(path)
    if show:
        click.launch(str(path))
