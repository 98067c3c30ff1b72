"""What a recipe goes on from: the version before, where the recipe asks for it."""

from halflife.models.domain import Version
from halflife.models.learner.model import Model
from halflife.models.learner.strategies import strategy
from halflife.models.learner.warm_start import WarmStart, versions_since_start
from halflife.models.recipe import Recipe
from halflife.monitoring.service import Service


def before(service: Service, number: int, recipe: Recipe) -> WarmStart | None:
    """What version ``number``, trained by ``recipe``, goes on from; None where it starts from nothing.

    The newest earlier version is gone on from whatever the gate made of it. No window is read: no strategy needs one.

    Args:
        service: whose versions they are.
        number: of the version, known already or to come.
        recipe: its own, or another to see what that would have made of the same rows.
    """
    earlier = [v for v in service.ledger.versions() if v.number < number]
    versions = versions_since_start([v.parameters for v in earlier])
    if not strategy(recipe.strategy).goes_on(recipe, versions):
        return None
    return WarmStart(service.registry.model(earlier[-1]), None, versions)


def shadow_before(service: Service, version: Version, number: int) -> Model | None:
    """The same shadow of the version before, for shadows of recipes that go on from a model.

    None where the version started from nothing, or the version before has no such shadow or it is not kept any more:
    then the shadow goes on from the version's own model before, and the noise of earlier versions is left out.

    Args:
        service: whose shadows they are.
        version: whose shadow is to be trained.
        number: of the shadow, from 0.
    """
    recipe = Recipe.from_dict(version.parameters)
    earlier = [v for v in service.ledger.versions() if v.number < version.number]
    if not earlier or not strategy(recipe.strategy).goes_on(
        recipe, versions_since_start([v.parameters for v in earlier])
    ):
        return None
    last = earlier[-1]
    alike = last.recipe == version.recipe and last.shadows[number : number + 1] == version.shadows[number : number + 1]
    if not alike or number not in service.shadows.known(last.number):
        return None
    return service.shadows.load(last.number, number)
