"""Which recipes can be compared: every strategy on the configured recipe, and the variants the settings name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from halflife.models.errors import NotFound
from halflife.models.recipe import STRATEGY_FIELDS, Recipe

BASELINE = "plain"
"""What every other recipe is compared with."""


def variants(configured: Recipe, named: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """Name -> recipe, the baseline first.

    Args:
        configured: the recipe in force; its own strategy is one among the others here.
        named: variants of the settings.

    >>> list(variants(Recipe(), {"small": Recipe(trees=50)}))
    ['plain', 'averaged', 'warm', 'refit', 'anchored', 'adapted', 'small']
    """
    strategies: dict[str, Recipe] = {name: replace(configured, strategy=name) for name in STRATEGY_FIELDS}
    return {BASELINE: strategies.pop(BASELINE), **strategies, **named}


def chosen(known: Mapping[str, Recipe], names: Iterable[str]) -> dict[str, Recipe]:
    """The recipes of these names, the baseline always and first; all when no name is given.

    Raises:
        NotFound: a name that is none, with those that are.

    >>> list(chosen(variants(Recipe(), {}), ["warm"]))
    ['plain', 'warm']
    """
    names = list(names) or list(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            raise NotFound(f"{name!r} is no recipe; {hint} Variants of your own go into the table [trials.NAME]")
    return {name: known[name] for name in dict.fromkeys([BASELINE, *names])}
