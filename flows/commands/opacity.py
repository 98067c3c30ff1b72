"""``halflife opacity``."""

import click

from halflife.flows.commands.common import VERSION, note, options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife opacity --version v11 --refits 5")
@click.option("--version", "number", type=VERSION, help="Which version; default the newest.")
@click.option(
    "--refits",
    type=click.IntRange(min=0),
    help="Models to train without one row, 0 for none; default opacity.refits.",
)
@options
def command(opened: Opened, number: int | None, refits: int | None, as_json: bool) -> None:
    """What cannot be known about one version: how much of it is an accident of its rows and its seed.

    On how many rows its shadows decide otherwise, and how far its scores move when one training row is left out: tree
    by tree, and against replacing all rows. Kept with the version's run as opacity.json and opacity.txt.
    """
    from halflife.flows.use_cases.measuring import opacity

    told = opacity(opened, version=number, refits=refits)
    show(told, as_json)
    if not as_json:
        note(f"\nkept with the run of v{told.opacity.version} as opacity.txt and opacity.json")
