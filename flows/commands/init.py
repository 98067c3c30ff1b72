"""``halflife init``."""

from pathlib import Path
from typing import Any

import click

from halflife.flows.commands.common import show


@click.command(epilog="Example: halflife init rows.csv")
@click.argument("paths", metavar="FILE", nargs=-1, required=True)
@click.option("--label", help="Column of the label; default found out, where only one can be it.")
@click.option("--positive", help="The label's positive value.")
@click.option("--id", help="Column that tells rows apart.")
@click.option("--time", help="Column that says when rows happened.")
@click.option("--labels", metavar="FILE", help="Table of the labels, where the rows have none.")
@click.option("--name", "--model", help="Of the registered model; default after the file.")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    default=Path("halflife.toml"),
    show_default=True,
    help="To write.",
)
@click.option("--force", is_flag=True, help="Write over a configuration that is there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
def command(paths: tuple[str, ...], as_json: bool, **asked: Any) -> None:
    """Write a halflife.toml for rows of your own: what was found out about them, each line with its reason.

    FILE is a CSV or Parquet file, a folder of them, a pattern in quotes, or a Delta table; or the address of one on an
    object store, such as s3://bucket/rows. Nothing but the configuration is written.
    """
    from halflife.flows.use_cases.beginning import begin

    show(begin(paths, **asked), as_json)
