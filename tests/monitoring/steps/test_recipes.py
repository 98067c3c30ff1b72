"""Retraining by recipes that go on from the version before, and the shadows a version is planned to have."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from halflife.models.domain import Version
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.shadow_training import ShadowTrainer, plan
from halflife.models.learner.starting_points import shadow_starting_point, starting_point
from halflife.models.recipe import Recipe
from halflife.models.shadow import ShadowKind
from halflife.monitoring.context import Context
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.retrain_version import retrain
from halflife.testing.policies import small_policy

Make = Callable[..., Context]
WARM = Recipe(trees=20, leaves=7, threads=1, strategy="warm", added=5, restart=3)


def shadow_before(service: Context, version: Version, number: int) -> Model | None:
    """What a shadow goes on from, by what a service keeps."""
    return shadow_starting_point(
        service.ledger.versions(), version, number, service.shadows.known, service.shadows.load
    )


def retrained(service: Context, *ticks: int) -> list[Version]:
    """One version at each tick."""
    ingest(service, max(ticks))
    return [retrain(service, tick) for tick in ticks]


def test_warm_versions_add_trees_until_they_start_again(make: Make) -> None:
    """20 trees, then 5 more each time; with ``restart`` 3 the fourth version is a new start."""
    service = make("calm", recipe=WARM)
    versions = retrained(service, 3, 4, 5, 6, 7)
    assert [service.registry.model(v).forest.trees for v in versions] == [20, 25, 30, 20, 25]
    assert all(Recipe.from_dict(v.parameters) == WARM for v in versions)


def test_a_version_can_be_made_again_from_what_the_ledger_holds(make: Make) -> None:
    """Its window, parameters, seed and the version before give the same text, in whatever order they are asked for."""
    service = make("calm", recipe=WARM)
    versions = retrained(service, 3, 4, 5, 6)
    for version in reversed(versions):
        recipe = Recipe.from_dict(version.parameters)
        start = starting_point(service.ledger.versions(), version.number, recipe, service.registry.model)
        again = fit(service.rows.window(version), service.store.fixed_schema, recipe, version.seed, before=start)
        assert again.digest == version.model_digest


def test_a_changed_recipe_goes_on_from_a_plain_version(make: Make) -> None:
    """A plain version counts as a start from nothing, and a version made before parameters were kept as a plain one."""
    service = make("calm")
    plain = retrained(service, 3)
    assert starting_point(service.ledger.versions(), 2, service.policy.recipe, service.registry.model) is None
    service = replace(service, policy=small_policy(service.policy, recipe=WARM))
    assert [service.registry.model(v).forest.trees for v in retrained(service, 4, 5, 6)] == [25, 30, 20]
    start = starting_point(service.ledger.versions(), 2, WARM, service.registry.model)
    assert start is not None
    assert (start.model, start.versions) == (service.registry.model(plain[0]), 1)


@pytest.mark.parametrize(("every", "having"), [(1, [1, 2, 3]), (2, [1, 3]), (3, [1])])
def test_every_nth_version_is_planned_to_have_shadows(make: Make, every: int, having: list[int]) -> None:
    """From the first on; the others have none."""
    service = make("calm", shadows=4, shadows_every=every)
    versions = retrained(service, 3, 4, 5)
    assert [v.number for v in versions if v.shadows] == having
    assert versions[0].shadows == plan(service.policy.recipe, 4, versions[0].rows)
    assert set(versions[0].shadows) == {ShadowKind.COUPLED, ShadowKind.SEED}


def test_without_a_budget_there_are_no_shadows(make: Make) -> None:
    """A count of 0 plans none."""
    assert retrained(make("calm"), 3)[0].shadows == ()


def test_shadows_of_warm_versions_go_on_from_shadows(make: Make) -> None:
    """From the same shadow of the version before while it is kept, from none at a start or where it is not."""
    service = make("calm", recipe=WARM, shadows=2)
    versions = retrained(service, 3, 4, 5, 6)
    assert [shadow_before(service, v, 0) for v in versions] == [None] * 4
    trainer = ShadowTrainer(
        service.rows.window(versions[0]), service.store.fixed_schema, WARM, versions[0].seed, versions[0].shadows
    )
    service.shadows.keep(1, 0, trainer.train(0))
    assert shadow_before(service, versions[1], 0) == trainer.train(0)
    assert shadow_before(service, versions[1], 1) is None
    assert shadow_before(service, versions[2], 0) is None
