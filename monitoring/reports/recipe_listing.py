"""Which recipes there are, for a terminal and as plain values."""

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from halflife.models.recipe import STRATEGY_FIELDS, Recipe
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.trials.variants import BASELINE


def listing(variants: Mapping[str, Recipe]) -> list[dict[str, Any]]:
    """What ``halflife recipes list --json`` prints: each recipe in a sentence, and what the settings say of it."""
    from halflife.models.learner.strategies import STRATEGIES  # training is loaded with it

    plain, found = variants[BASELINE].to_dict(), []
    for name, recipe in variants.items():
        own = recipe.to_dict()
        strategy = STRATEGIES[recipe.strategy]
        differs = {key: value for key, value in own.items() if value != plain[key]}
        said = cleandoc(strategy.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
        if name not in STRATEGIES:
            said = f"A variant of the settings: {', '.join(f'{k} = {v}' for k, v in differs.items()) or 'the same'}."
        settings = {key: own[key] for key in STRATEGY_FIELDS[recipe.strategy]}
        found.append({"name": name, "strategy": recipe.strategy, "said": said, "settings": settings, "recipe": own})
    return found


def listed(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The recipes as a table."""
    figures = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in ("recipe", "", "settings"):
        figures.add_column(name, no_wrap=bool(name))
    for row in rows:
        settings = "\n".join(f"{key} = {value}" for key, value in row["settings"].items())
        figures.add_row(Text(row["name"], style="bold"), row["said"], Text(settings or "–", style="dim"))
    return figures
