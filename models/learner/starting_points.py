"""What a recipe goes on from: the version before, where the recipe asks for it."""

from collections.abc import Callable, Collection, Sequence

from halflife.models.domain import Version
from halflife.models.learner.model import Model
from halflife.models.learner.strategies import strategy
from halflife.models.learner.warm_start import WarmStart, versions_since_start
from halflife.models.recipe import Recipe


def starting_point(
    versions: Sequence[Version], number: int, recipe: Recipe, load: Callable[[Version], Model]
) -> WarmStart | None:
    """What version ``number``, trained by ``recipe``, goes on from; None where it starts from nothing.

    The newest earlier version is gone on from whatever the gate made of it. No window is read: no strategy needs one.

    Args:
        versions: all there are, oldest first.
        number: of the version, known already or to come.
        recipe: its own, or another to see what that would have made of the same rows.
        load: gives the model of a version.
    """
    earlier = [v for v in versions if v.number < number]
    since = versions_since_start([v.parameters for v in earlier])
    if not strategy(recipe.strategy).goes_on(recipe, since):
        return None
    return WarmStart(load(earlier[-1]), None, since)


def shadow_starting_point(
    versions: Sequence[Version],
    version: Version,
    number: int,
    known: Callable[[int], Collection[int]],
    load: Callable[[int, int], Model],
) -> Model | None:
    """The same shadow of the version before, for shadows of recipes that go on from a model.

    None where the version started from nothing, or the version before has no such shadow or it is not kept any more:
    then the shadow goes on from the version's own model before, and the noise of earlier versions is left out.

    Args:
        versions: all there are, oldest first.
        version: whose shadow is to be trained.
        number: of the shadow, from 0.
        known: version's number -> numbers of its shadows that are kept.
        load: gives a shadow by its version's number and its own.
    """
    recipe = Recipe.from_dict(version.parameters)
    earlier = [v for v in versions if v.number < version.number]
    since = versions_since_start([v.parameters for v in earlier])
    if not earlier or not strategy(recipe.strategy).goes_on(recipe, since):
        return None
    last = earlier[-1]
    alike = last.recipe == version.recipe and last.shadows[number : number + 1] == version.shadows[number : number + 1]
    if not alike or number not in known(last.number):
        return None
    return load(last.number, number)
