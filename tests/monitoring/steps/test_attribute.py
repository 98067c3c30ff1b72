"""Why findings changed, on real versions with real shadows."""

from collections.abc import Callable
from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from halflife.models.causes import NOISE, WORLD, Cause, Why
from halflife.models.domain import Finding, Scope, Version
from halflife.models.errors import UsageError
from halflife.models.recipe import Recipe
from halflife.monitoring.claims.estimation.measure import estimates
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.context import Context
from halflife.monitoring.steps.attribute_causes import attribute, change_breakdown, keep_why, status_on, versions_of
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import file, investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.train_shadows import train_shadows
from halflife.testing.policies import small_policy

Make = Callable[..., Context]

RECIPE = Recipe(trees=20, leaves=7, threads=1)
CLAIMS = {
    "leak": ('attribution_share("review_code") > 0.05', Scope.POPULATION),
    "ranks": ("auc() > 0.5", Scope.POPULATION),
    "exact": ('attribution_share("review_code") > 0.05', Scope.ARTIFACT),
}


def version(service: Context, tick: int) -> Version:
    """A version whose window ends at ``tick``, with its shadows, re-tested."""
    ingest(service, tick)
    made = retrain(service, tick)
    train_shadows(service, made)
    recheck(service, made)
    return made


def filed(service: Context, on: Version) -> dict[str, Finding]:
    """The findings of `CLAIMS`, made on a version, and one about a case."""
    case = service.rows.evidence(on)["_id"].iloc[0]
    claims = {**CLAIMS, "case": (f'prediction(case="{case}") > -9', Scope.ARTIFACT)}
    new = [
        Finding(name, claim, parse(claim).statistic, scope, on.number, author="ann")
        for name, (claim, scope) in claims.items()
    ]
    return {f.name: f for f in file(service, on, new)}


@pytest.fixture
def leaked(make: Make) -> tuple[Context, dict[str, Finding], Version, Version]:
    """Two versions with a leak in all windows, then one whose window has it no longer; findings made on the first."""
    service = make("shortcut", rows=700, shadows=6, cause_fits=8, follow=20, recipe=RECIPE)
    first = version(service, 19)
    findings = filed(service, first)
    return service, findings, first, version(service, 31)


def test_a_leak_that_stops_is_the_worlds_doing(leaked: tuple[Context, dict[str, Finding], Version, Version]) -> None:
    """The share that hangs on the leak went stale with it: the world, clear of noise, and the story is kept once."""
    service, findings, first, last = leaked
    whys = {why.finding: why for why in attribute(service, last)}
    leak = whys[findings["leak"].id]
    assert (leak.since, leak.version) == (first.number, last.number)
    assert leak.top in WORLD
    assert abs(leak.z) > 5
    assert leak.unattributable is not None
    assert leak.unattributable < 0.1
    assert sum(share.share for share in leak.shares.values()) == pytest.approx(1)
    assert service.ledger.causes() == list(whys.values())
    again = attribute(service, last)
    assert again == list(whys.values())
    assert service.ledger.causes() == again


def test_the_corners_are_those_of_each_model_on_each_versions_rows(
    leaked: tuple[Context, dict[str, Finding], Version, Version],
) -> None:
    """θ at all four corners as one model asked alone says it; the parts sum to the change; a case has no evidence part."""
    service, findings, first, last = leaked
    rows = {"old": service.rows.evidence(first), "new": service.rows.evidence(last)}
    for name in ("leak", "ranks", "exact", "case"):
        finding = findings[name]
        told = change_breakdown(service, finding, first, last, fits=0)
        assert told.evidence + told.model == pytest.approx(told.why.delta)
        assert told.why.delta == pytest.approx(told.corners[1, 1] - told.corners[0, 0])
        if finding.scope is Scope.ARTIFACT:
            assert told.evidence == 0
            assert Cause.EVIDENCE not in told.why.shares
            continue
        claim = parse(finding.claim)
        asked = [Question(claim, finding.scope, side, reference="old") for side in rows]
        models = [service.registry.model(v) for v in (first, last)]
        alone = [estimates([ModelPass(model, Evidence(rows))], asked)[0] for model in models]
        assert told.corners == pytest.approx(np.array(alone), abs=1e-9)


def test_a_case_of_all_models_changes_as_the_case_does_and_is_judged_by_its_interval(
    leaked: tuple[Context, dict[str, Finding], Version, Version],
) -> None:
    """Its corners are the exact claim's; chance needs the whole interval beyond the threshold, so no shadows are counted."""
    service, findings, first, last = leaked
    exact = findings["case"]
    whole = replace(exact, name="models", scope=Scope.PROCESS, birth=None, id=0)
    (about_all,) = file(service, first, [whole])
    (birth,) = service.ledger.checks(finding=about_all.id)
    assert birth.pinned.interval is not None
    assert birth.pinned.interval.lower < birth.pinned.interval.upper
    told, alone = (change_breakdown(service, finding, first, last, fits=0) for finding in (about_all, exact))
    assert told.corners == pytest.approx(alone.corners)
    assert told.evidence == 0
    voted = [any("could as well have been" in note for note in each.why.notes) for each in (told, alone)]
    assert voted == [False, True]
    assert told.why.chance is not None
    assert alone.why.chance is not None
    assert told.why.chance < alone.why.chance


def test_without_a_budget_inputs_and_concept_stay_together(
    leaked: tuple[Context, dict[str, Finding], Version, Version],
) -> None:
    """No fit is made, the share is the data's, and a note names the command that makes the fits."""
    service, findings, _, last = leaked
    service = replace(service, policy=small_policy(service.policy, cause_fits=0))
    (leak,) = [why for why in attribute(service, last) if why.finding == findings["leak"].id]
    assert leak.top is Cause.DATA
    assert not {Cause.CONCEPT, Cause.COVARIATE} & set(leak.shares)
    assert any("`halflife why leak`" in note for note in leak.notes)


def test_on_demand_a_story_is_kept_only_of_a_change(
    leaked: tuple[Context, dict[str, Finding], Version, Version],
) -> None:
    """The pair of a change of status is kept beside the others of its version; any other pair is told and not kept."""
    service, findings, first, last = leaked
    attribute(service, last)
    before = service.ledger.causes()
    assert versions_of(service, findings["leak"]) == (first, last)
    told = change_breakdown(service, findings["leak"], first, last)
    assert keep_why(service, findings["leak"], told)
    assert {why.finding for why in service.ledger.causes()} == {why.finding for why in before}
    holding = change_breakdown(service, findings["ranks"], first, last)
    if not status_on(service, findings["ranks"], holding).refutes:
        assert not keep_why(service, findings["ranks"], holding)
        assert len(service.ledger.causes()) == len(before)
    with pytest.raises(UsageError, match="was made on v1: say --from v1 or later"):
        change_breakdown(service, findings["leak"], last, first)


def test_what_was_never_re_tested_has_no_pair(make: Make) -> None:
    """A finding with its birth alone has nothing to be compared with."""
    service = make("calm", rows=500, recipe=RECIPE)
    findings = filed(service, version(service, 3))
    assert versions_of(service, findings["leak"]) is None


def test_another_recipe_is_the_pipelines_doing(make: Make) -> None:
    """On one world with a recipe that halves the trees' reach, what moved beyond noise is put down to the pipeline."""
    service = make("calm", rows=900, shadows=6, cause_fits=8, recipe=Recipe(trees=60, leaves=15, threads=1))
    first = version(service, 3)
    finding = filed(service, first)["case"]
    loss = file(service, first, [Finding("loss", "log_loss() < 9", "log_loss", Scope.POPULATION, 1, "ann")])[0]
    weak = Recipe(trees=2, leaves=3, learning_rate=0.02, threads=1)
    service = replace(service, policy=small_policy(service.policy, recipe=weak))
    second = version(service, 5)
    told = change_breakdown(service, loss, first, second)
    assert told.why.top is Cause.PIPELINE
    assert told.why.shares[Cause.PIPELINE].share > 0.6
    assert len(told.fitted) >= 2
    same = change_breakdown(service, finding, first, second, fits=0)
    assert Cause.PIPELINE not in same.why.shares


def test_without_shadows_only_exact_parts_are_told(make: Make) -> None:
    """Z is not a number, nothing is put down to world or noise, and a note says why."""
    service = make("shortcut", rows=700, follow=20, recipe=RECIPE)
    first = version(service, 19)
    leak = filed(service, first)["leak"]
    last = version(service, 31)
    (why,) = [why for why in attribute(service, last) if why.finding == leak.id]
    assert isnan(why.z)
    assert isnan(why.noise)
    assert (why.unattributable, why.chance, why.top) == (None, None, None)
    assert set(why.shares) <= {Cause.EVIDENCE}
    assert any("has shadows" in note for note in why.notes)


def test_shadows_of_one_version_alone_give_an_upper_bound(make: Make) -> None:
    """Where only the later version has shadows, their variance counts twice, and a note says so."""
    service = make("shortcut", rows=700, follow=20, recipe=RECIPE)
    first = version(service, 19)
    finding = filed(service, first)["leak"]
    service = replace(service, policy=small_policy(service.policy, shadows=6))
    last = version(service, 31)
    told = change_breakdown(service, finding, first, last, fits=0)
    theta = service.ledger.checks(finding=finding.id, version=last.number)[0].controls
    assert theta is not None
    noise = [found for found in told.why.notes if "upper bound" in found]
    assert len(noise) == 1
    assert told.why.noise == pytest.approx(np.sqrt(2 * np.var(theta.pinned[:3], ddof=1)), rel=1e-6)


def test_noise_in_a_calm_world_is_told_as_noise(make: Make) -> None:
    """Of what changes its status where nothing moves, most is put down to noise or to other evidence rows."""
    service = make("calm", rows=900, shadows=8, cause_fits=4, follow=9, errors=6, recipe=RECIPE)
    whys: list[Why] = []
    for tick in (3, 5, 7, 9):
        made = version(service, tick)
        whys += attribute(service, made)
        investigate(service, made)
    assert len(whys) >= 8
    calm = [why.top in NOISE or why.top is Cause.EVIDENCE for why in whys]
    assert np.mean(calm) >= 0.75
