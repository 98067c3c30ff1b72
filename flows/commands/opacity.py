"""``halflife opacity``."""

import click

from halflife.flows.commands.common import alone, emit, note, options
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings


@click.command(epilog="Example: halflife opacity --version 11 --refits 5")
@click.option("--version", "number", type=click.IntRange(min=1), help="Which version; default the newest.")
@click.option(
    "--refits",
    type=click.IntRange(min=0),
    help="Models to train without one row, 0 for none; default opacity.refits.",
)
@options
def command(settings: Settings, number: int | None, refits: int | None, as_json: bool, verbose: bool) -> None:
    """What cannot be known about one version: how much of it is an accident of its rows and its seed.

    On how many rows its shadows decide otherwise, and how far its scores move when one training row is left out: tree
    by tree, and against replacing all rows. Kept with the version's run as opacity.json and opacity.txt.
    """
    from halflife.monitoring import steps
    from halflife.monitoring.multiplicity import document
    from halflife.monitoring.reports.opacity_terminal import plain, terminal

    with alone(settings.home):
        _, here = opened(settings)
        version = here.version(number)
        told = steps.measure_opacity(here, version, sensitivity=True, refits=refits)
        measured = steps.newest_measured(here, version)
        steps.keep_opacity(here, version, told, plain(told, measured))
    if as_json:
        emit(document(told))
        return
    from halflife.flows.commands.ending import terminal as console

    console().print(terminal(told, measured))
    note(f"\nkept with the run of {version.label} as opacity.txt and opacity.json")
