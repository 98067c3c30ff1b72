"""``halflife status``."""

import sys
from pathlib import Path

import click

from halflife.flows.commands.common import VERBOSE, at, show
from halflife.flows.resolution import resolve


@click.command(epilog="Example: halflife status --home halflife-home/churn --home halflife-home/credit")
@click.option(
    "--config", "configs", type=click.Path(path_type=Path), multiple=True, help="Settings of a model; may be repeated."
)
@click.option(
    "--home",
    "homes",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A home, as it was last used; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
@VERBOSE
def command(configs: tuple[Path, ...], homes: tuple[Path, ...], as_json: bool, verbose: int) -> None:
    """Say how each model stands: champion, findings, rows that wait, last and next run; exit 1 where one is unwell."""
    from halflife.flows.use_cases.standing import standing

    asked: list[tuple[Path | None, Path | None]] = [(config, None) for config in configs] + [
        (None, home) for home in homes
    ]
    stand = standing([at(resolve(*one).settings, verbose=verbose) for one in asked or [(None, None)]])
    show(stand, as_json)
    if not stand.healthy:
        sys.exit(1)
