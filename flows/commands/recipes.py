"""``halflife recipes``: what recipes there are, and what each is worth on a stream."""

import sys

import click

from halflife.flows.commands.common import emit, interactive, note, options, short, show, terminal
from halflife.flows.opened import Opened


@click.group(epilog="Example: halflife recipes list")
def command() -> None:
    """List the recipes, and compare on one stream what they score, cost and do to conclusions."""


@command.command("list", epilog="Example: halflife recipes list --json")
@options
def list_(opened: Opened, as_json: bool) -> None:
    """List the strategies, with what they take from the settings, and the variants named there."""
    from halflife.flows.use_cases.comparing import variants
    from halflife.monitoring.reports.recipe_listing import listed, listing

    found = listing(variants(opened.settings))
    if as_json:
        emit(found)
    else:
        terminal().print(listed(found))


@command.command(epilog="Example: halflife recipes compare --recipe warm --recipe averaged --until 80")
@click.option(
    "--recipe", "names", multiple=True, metavar="NAME", help="What to compare with plain; repeatable. Default: all."
)
@click.option("--until", type=click.IntRange(min=1), metavar="TICK", help="Last tick of the history; default all.")
@options
def compare(opened: Opened, names: tuple[str, ...], until: int | None, as_json: bool) -> None:
    """Replay recipes on one stream: score, cost, churn, butterfly ratio and half-life of findings, side by side.

    Every recipe goes through the steps that run in service, on the same windows, in memory: the home's rows are only
    read, and nothing of it is changed. A finished trial is kept under trials/ and not made twice; the page is
    reports/recipes.html.
    """
    from halflife.flows.use_cases.comparing import compare as side_by_side

    with click.progressbar(length=1, label="versions", file=sys.stderr, hidden=not interactive()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        compared = side_by_side(opened, names, until, progress)
    show(compared, as_json)
    if not as_json:
        note(f"\nthe page with the pictures: {short(compared.page)}")
