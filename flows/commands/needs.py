"""``halflife needs``."""

import sys

import click

from halflife.flows.commands.common import VERSION, interactive, note, options, show
from halflife.flows.opened import Opened


@click.command(epilog='Example: halflife needs --segments job --segments "age > 60"')
@click.option("--version", "number", type=VERSION, help="Whose window; default the newest.")
@click.option(
    "--segments",
    multiple=True,
    metavar="COLUMN|PREDICATE",
    help="What to tell apart; repeatable. Default: investigate.segments, else the strongest columns.",
)
@click.option("--sizes", type=click.IntRange(1, 10), default=5, help="Shares of the labels: 1, 1/2, 1/4 …; default 5.")
@click.option("--repeats", type=click.IntRange(2, 32), default=4, help="Models at each size; default 4.")
@click.option("--fits", type=click.IntRange(min=2), default=60, help="At most so many models are trained; default 60.")
@options
def command(
    opened: Opened, number: int | None, segments: tuple[str, ...], sizes: int, repeats: int, fits: int, as_json: bool
) -> None:
    """Which labels to collect next, and which claims want more rows.

    Trains the recipe on nested parts of a version's window, several times over, and scores them on rows no training
    sees: learning curves over all rows and by segment, and what labels in each segment would save. Beside it, the open
    findings that are unclear or untestable for want of rows. Kept with the version's run as needs.json and needs.txt.
    """
    from halflife.flows.use_cases.measuring import needs

    with click.progressbar(length=1, label="models", file=sys.stderr, hidden=not interactive()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        told = needs(
            opened, version=number, segments=segments, sizes=sizes, repeats=repeats, fits=fits, progress=progress
        )
    show(told, as_json)
    if not as_json:
        kept = f"kept with the run of v{told.needs.version} as needs.txt and needs.json"
        note(f"\n{kept}; {told.needs.fits} models were trained")
