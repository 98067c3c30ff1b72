"""What cannot be known about a version, measured on a stored one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from halflife.models.domain import Version
from halflife.models.opacity import Opacity
from halflife.models.recipe import Recipe
from halflife.models.rows import Part
from halflife.models.shadow import ShadowKind
from halflife.monitoring.context import Context
from halflife.monitoring.multiplicity import document
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.measure_opacity import (
    apart,
    keep_opacity,
    measure_opacity,
    newest_measured,
    sensitivity_due,
)
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.train_shadows import train_shadows
from halflife.testing.policies import small_policy

Make = Callable[..., Context]


def trained(service: Context, *ticks: int) -> Version:
    """Versions whose windows end at these ticks, with their shadows; the newest."""
    for tick in range(ticks[-1] + 1):
        ingest(service, tick)
        if tick in ticks:
            train_shadows(service, retrain(service, tick))
    return service.ledger.version()


@pytest.fixture
def ready(make: Make) -> Context:
    """A service whose only version has two shadows of either kind."""
    service = make("calm", rows=600, shadows=4, opacity_refits=2, opacity_every=2)
    trained(service, 3)
    return service


def test_shares_are_those_of_the_shadows_decisions(ready: Context) -> None:
    """On every evidence row of the window, labelled or not, decided at the threshold by version and shadows."""
    version = ready.ledger.version()
    rows = ready.rows.window(version).part(Part.EVIDENCE, labelled=False)
    model, controls = ready.registry.model(version), ready.shadows.of(version)
    own = model.probability(rows) >= model.threshold
    told = measure_opacity(ready, version, refits=0)
    for kind, found in ((ShadowKind.COUPLED, told.data), (ShadowKind.SEED, told.seed)):
        of_kind = [c for c, each in zip(controls, version.shadows, strict=True) if each is kind]
        differ = np.array([(c.probability(rows) >= c.threshold) != own for c in of_kind])
        assert found is not None
        assert (found.shadows, found.rows) == (2, len(rows))
        assert found.ambiguity == differ.any(axis=0).mean() > 0
        assert found.churn == pytest.approx(differ.mean())
        assert found.slack is not None
    assert told.sensitivity is None
    assert told.seed_channel
    assert told.rows == version.rows


def test_the_same_again_records_the_same(ready: Context) -> None:
    """Twice, in another process's memory and on another number of threads: one record, equal in every figure."""
    version = ready.ledger.version()
    first = measure_opacity(ready, version)
    assert first.sensitivity is not None
    assert ready.ledger.opacities() == [first]
    ready.ledger.record_opacity(Opacity(version.number, None, None, seed_channel=False))
    ready = replace(ready, policy=replace(ready.policy, recipe=replace(ready.policy.recipe, threads=2)))
    assert measure_opacity(ready, version) == first
    assert ready.ledger.opacities() == [first]


def test_what_was_measured_is_not_measured_again(ready: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second time no model is trained; another number of refits is another measurement."""
    version = ready.ledger.version()
    first = measure_opacity(ready, version)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained")

    monkeypatch.setattr("halflife.monitoring.steps.measure_opacity.sensitivity_of", refuse)
    assert measure_opacity(ready, version) == first
    with pytest.raises(AssertionError, match="trained"):
        measure_opacity(ready, version, sensitivity=True, refits=3)


def test_shadows_that_are_forgotten_are_not(ready: Context) -> None:
    """When the folder no longer holds them, what they said stays on record."""
    version = ready.ledger.version()
    first = measure_opacity(ready, version)
    ready.shadows.thin([])
    assert measure_opacity(ready, version) == first


def test_sensitivity_is_measured_on_every_nth_version_or_when_asked(make: Make) -> None:
    """With ``every = 2`` the first and third are, the second when asked; where nothing refits, none."""
    service = make("calm", rows=500, opacity_refits=1, opacity_every=2)
    trained(service, 3, 5, 7)
    versions = service.ledger.versions()
    assert [sensitivity_due(service, v) for v in versions] == [True, False, True]
    assert [measure_opacity(service, v).sensitivity is not None for v in versions] == [True, False, True]
    newest = newest_measured(service, versions[1])
    assert newest is not None
    assert newest.version == 1
    assert measure_opacity(service, versions[1], sensitivity=True).sensitivity is not None
    service = replace(service, policy=small_policy(service.policy, opacity_refits=0))
    assert not any(sensitivity_due(service, v) for v in versions)


def test_the_ratio_is_told_against_a_version_of_other_ticks(make: Make) -> None:
    """The first versions have none; the first whose window is apart has one row's gap below that of all rows."""
    service = make("calm", rows=500, opacity_refits=2, opacity_every=1)
    trained(service, 3, 5, 7)
    told = [measure_opacity(service, v).sensitivity for v in service.ledger.versions()]
    assert [each is not None and each.fresh for each in told[:2]] == [None, None]
    last = told[2]
    assert last is not None
    assert last.fresh_window == (0, 3)
    assert last.butterfly is not None
    assert 0 < last.butterfly < 1
    assert len(last.each) == 2
    assert min(gaps[-1] for gaps in last.each) <= last.distance[-1] <= max(gaps[-1] for gaps in last.each)
    assert last.trees[-1] == 20
    assert last.distance[0] < last.distance[-1]


def test_only_the_same_recipe_on_other_ticks_is_apart(ready: Context) -> None:
    """Of the earlier versions the newest that shares neither a tick nor differs in recipe."""
    one = ready.ledger.version()
    two = replace(one, number=2, first=4, last=7)
    three = replace(one, number=3, first=4, last=7, recipe="another")
    four = replace(one, number=4, first=8, last=11)
    assert apart([one, two, three, four], four) == two
    assert apart([one, two], replace(four, first=4)) == one
    assert apart([one], one) is None


def test_a_recipe_that_draws_nothing_has_no_seed_channel(make: Make) -> None:
    """All its shadows weigh rows anew, and nothing is said of seeds."""
    recipe = Recipe(trees=10, leaves=7, row_sampling=1.0, feature_sampling=1.0, threads=1)
    service = make("calm", rows=500, recipe=recipe, shadows=2)
    told = measure_opacity(service, trained(service, 3))
    assert not told.seed_channel
    assert told.seed is None
    assert told.data is not None
    assert told.data.shadows == 2


def test_without_shadows_nothing_is_invented(make: Make) -> None:
    """A version that has none has neither kind, and is recorded so."""
    service = make("calm", rows=500)
    told = measure_opacity(service, trained(service, 3))
    assert (told.data, told.seed, told.sensitivity, told.feedback) == (None, None, None, None)
    assert service.ledger.opacities() == [told]


def test_feedback_is_told_where_propensities_allow(make: Make) -> None:
    """With exploration one weighted fit is compared; with blocked rows that are never explored it is unidentified."""
    service = make("feedback", rows=1_000, shadows=2)
    version = trained(service, 3, 5)
    told = measure_opacity(service, version)
    assert told.unidentified == ""
    assert told.feedback is not None
    assert told.feedback.shadows == 1
    assert 0 < told.effective < version.rows
    assert measure_opacity(service, version) == told
    window = service.rows.window(version)
    blind = window.rows.assign(_propensity=np.where(window.rows["_propensity"] < 1, 0.0, 1.0))
    service.ledger.record_opacity(Opacity(version.number, None, None, seed_channel=True))
    bare = measure_opacity(service, version, window=replace(window, rows=blind))
    assert bare.feedback is None
    assert "blocked without exploration" in bare.unidentified
    assert service.ledger.opacities() == [bare]


def test_what_is_kept_with_the_run_is_what_was_told(ready: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics, one JSON and one text artifact, by names that a second time replaces."""
    kept: dict[str, object] = {}

    def annotate(version: Version, *, metrics: Mapping[str, float], texts: Mapping[str, str]) -> None:
        kept.update(texts, metrics=metrics)

    monkeypatch.setattr(ready.registry, "annotate", annotate)
    told = measure_opacity(ready, ready.ledger.version())
    keep_opacity(ready, ready.ledger.version(), told, "text")
    assert json.loads(str(kept["opacity.json"])) == json.loads(json.dumps(document(told)))
    assert kept["opacity.txt"] == "text"
    assert isinstance(kept["metrics"], dict)
    assert {"opacity.ambiguity.seed", "opacity.churn.data", "opacity.sensitivity"} <= set(kept["metrics"])
