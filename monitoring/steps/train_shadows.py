"""Train the control models of a version: what it could have been with other rows or another seed."""

from threading import Lock

from halflife.models.domain import Version
from halflife.models.learner.shadow_training import ShadowTrainer
from halflife.models.recipe import Recipe
from halflife.monitoring.service import Service
from halflife.monitoring.steps.starting_points import before, shadow_before

_MAKING = Lock()


def missing_shadows(service: Service, version: Version) -> list[int]:
    """Numbers of the version's shadows that are planned and not kept yet."""
    known = set(service.shadows.known(version.number))
    return [k for k in range(len(version.shadows)) if k not in known]


def train_shadow(service: Service, version: Version, number: int) -> None:
    """One shadow, trained and kept; safe in several threads at once, and the same bits in any order.

    Where the recipe goes on from the model before, a shadow goes on from the same shadow of the version before.
    """
    model = _litter(service, version).train(number, shadow_before(service, version, number))
    service.shadows.keep(version.number, number, model)


def _litter(service: Service, version: Version) -> ShadowTrainer:
    """One for all shadows of a version, each of which trains on one thread."""
    with _MAKING:
        if service.litter is None or service.litter[0] != version.number:
            recipe = Recipe.from_dict(version.parameters, threads=1)
            base = before(service, version.number, recipe)
            window = service.window(version)
            made = ShadowTrainer(window, service.schema, recipe, version.seed, version.shadows, base)
            service.litter = version.number, made
        litter: ShadowTrainer = service.litter[1]
        return litter


def thin_shadows(service: Service, version: Version) -> int:
    """Forget the window the shadows were trained on, and the shadows of versions that are too old; bytes freed.

    Kept are the newest ``policy.shadows.keep`` versions that have any, and the champion's: what a shadow of an older one
    said of each finding stands in the ledger, and it can be trained again.
    """
    service.let_go()
    having = [v.number for v in service.ledger.versions() if v.shadows and v.number <= version.number]
    champion = service.champion()
    kept = {*having[-service.policy.shadows.keep :], *([champion.number] if champion else [])}
    return service.shadows.thin(kept)


def shadows(service: Service, version: Version) -> int:
    """Every shadow of a version that is not kept yet, one after the other; how many were trained."""
    todo = missing_shadows(service, version)
    for number in todo:
        train_shadow(service, version, number)
    return len(todo)
