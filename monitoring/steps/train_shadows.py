"""Train the control models of a version: what it could have been with other rows or another seed."""

from halflife.models.domain import Version
from halflife.models.learner.shadow_training import ShadowTrainer
from halflife.models.learner.starting_points import shadow_starting_point, starting_point
from halflife.models.recipe import Recipe
from halflife.monitoring.context import Context


def missing_shadows(context: Context, version: Version) -> list[int]:
    """Numbers of the version's shadows that are planned and not kept yet."""
    known = set(context.shadows.known(version.number))
    return [k for k in range(len(version.shadows)) if k not in known]


def shadow_trainer(context: Context, version: Version) -> ShadowTrainer:
    """Made once for all shadows of a version, each of which trains on one thread."""
    recipe = Recipe.from_dict(version.parameters, threads=1)
    base = starting_point(context.ledger.versions(), version.number, recipe, context.registry.model)
    window = context.rows.window(version)
    return ShadowTrainer(window, context.store.fixed_schema, recipe, version.seed, version.shadows, base)


def train_shadow(context: Context, version: Version, number: int, trainer: ShadowTrainer) -> None:
    """One shadow, trained and kept; safe in several threads at once, and the same bits in any order.

    Where the recipe goes on from the model before, a shadow goes on from the same shadow of the version before.
    """
    model = trainer.train(
        number,
        shadow_starting_point(context.ledger.versions(), version, number, context.shadows.known, context.shadows.load),
    )
    context.shadows.keep(version.number, number, model)


def thin_shadows(context: Context, version: Version) -> int:
    """Forget the shadows of versions that are too old; bytes freed.

    Kept are the newest ``policy.shadows.keep`` versions that have any, and the champion's: what a shadow of an older one
    said of each finding stands in the ledger, and it can be trained again.
    """
    having = [v.number for v in context.ledger.versions() if v.shadows and v.number <= version.number]
    champion = context.ledger.champion()
    kept = {*having[-context.policy.shadows.keep :], *([champion.number] if champion else [])}
    return context.shadows.thin(kept)


def train_shadows(context: Context, version: Version) -> int:
    """Every shadow of a version that is not kept yet, one after the other; how many were trained."""
    todo = missing_shadows(context, version)
    trainer = shadow_trainer(context, version) if todo else None
    for number in todo:
        assert trainer is not None  # made where there is something to do
        train_shadow(context, version, number, trainer)
    return len(todo)
