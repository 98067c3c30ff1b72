"""``halflife recipes``: what recipes there are, and what each is worth on a stream."""

import sys
from typing import TYPE_CHECKING

import click

from halflife.flows.commands.common import alone, emit, interactive, note, options
from halflife.flows.settings import Settings

if TYPE_CHECKING:
    from halflife.models.recipe import Recipe


@click.group(epilog="Example: halflife recipes list")
def command() -> None:
    """List the recipes, and compare on one stream what they score, cost and do to conclusions."""


@command.command("list", epilog="Example: halflife recipes list --json")
@options
def list_(settings: Settings, as_json: bool, verbose: bool) -> None:
    """List the strategies, with what they take from the settings, and the variants named there."""
    from halflife.flows.commands.ending import terminal
    from halflife.monitoring.reports.recipe_listing import listed, listing

    found = listing(_variants(settings))
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
def compare(settings: Settings, names: tuple[str, ...], until: int | None, as_json: bool, verbose: bool) -> None:
    """Replay recipes on one stream: score, cost, churn, butterfly ratio and half-life of findings, side by side.

    Every recipe goes through the steps that run in service, on the same windows, in memory: the home's rows are only
    read, and nothing of it is changed. A finished trial is kept under trials/ and not made twice; the page is
    reports/recipes.html.
    """
    from halflife.flows.bootstrap import lab
    from halflife.monitoring.reports.trials_page import write_page
    from halflife.monitoring.reports.trials_terminal import document, table
    from halflife.monitoring.trials.compare import compare as side_by_side
    from halflife.monitoring.trials.compare import trials
    from halflife.monitoring.trials.trial_cache import TrialCache
    from halflife.monitoring.trials.variants import chosen

    recipes = chosen(_variants(settings), names)
    home = settings.home.resolve()
    with alone(home):
        with (
            lab(settings, until) as here,
            click.progressbar(length=1, label="versions", file=sys.stderr, hidden=not interactive()) as bar,
        ):

            def watch(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            done = trials(here, recipes, TrialCache(home / "trials"), watch)
            told = side_by_side(done, title=settings.name, until=here.until, level=here.policy.evidence.level)
        page = write_page(told, home / "reports" / "recipes.html")
    if as_json:
        emit({**document(told), "page": str(page)})
        return
    from halflife.flows.commands.ending import short, terminal

    terminal().print(table(told))
    note(f"\nthe page with the pictures: {short(page)}")


def _variants(settings: Settings) -> "dict[str, Recipe]":
    """Name -> recipe: the strategies on the configured recipe, and the variants of the settings."""
    from halflife.monitoring.trials.variants import variants

    threads = settings.compute.cores
    named = {name: trial.recipe(threads) for name, trial in settings.trials.items()}
    return variants(settings.recipe.recipe(threads), named)
