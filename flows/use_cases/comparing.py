"""Recipes side by side on one stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.trials.compare import RecipeComparison

if TYPE_CHECKING:
    from halflife.flows.settings import Settings
    from halflife.models.recipe import Recipe


@dataclass(frozen=True, repr=False, eq=False)
class Compared(Shown):
    """Recipes side by side, and the page with the pictures."""

    comparison: RecipeComparison
    page: Path

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.reports.trials_terminal import document

        return {**document(self.comparison), "page": str(self.page)}

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.trials_terminal import table

        return table(self.comparison)


def compare(opened: Opened, names: Sequence[str], until: int | None, progress: Callable[[int, int], None]) -> Compared:
    """Replay recipes on one stream, in memory: the home's rows are only read, and nothing of it is changed.

    Args:
        opened: the home.
        names: of the recipes to compare with plain; all when there are none.
        until: last tick of the history; all when None.
        progress: told how many versions are done, and of how many.

    Raises:
        UsageError: no such recipe, or a history that is too short or without end.
    """
    from halflife.flows.bootstrap import backtest
    from halflife.monitoring.reports.trials_page import write_page
    from halflife.monitoring.trials.compare import compare as side_by_side
    from halflife.monitoring.trials.compare import trials
    from halflife.monitoring.trials.trial_cache import TrialCache
    from halflife.monitoring.trials.variants import chosen

    settings = opened.settings
    recipes = chosen(variants(settings), names)
    home = settings.home.resolve()
    with opened.alone():
        with backtest(settings, until) as history:
            done = trials(history, recipes, TrialCache(home / "trials"), progress)
            told = side_by_side(done, title=settings.name, until=history.until, level=history.policy.evidence.level)
        return Compared(told, write_page(told, home / "reports" / "recipes.html"))


def variants(settings: "Settings") -> "dict[str, Recipe]":
    """Name -> recipe: the strategies on the configured recipe, and the variants of the settings."""
    from halflife.monitoring.trials.variants import variants as of

    threads = settings.compute.cores
    named = {name: trial.recipe(threads) for name, trial in settings.trials.items()}
    return of(settings.recipe.recipe(threads), named)
