"""Shadows in the steps: checks keep what they say, process scope is tested by them, fragile findings are told at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from halflife.models.domain import Author, Finding, Interval, Scope, Status, Version
from halflife.models.learner.shadow_training import ShadowTrainer
from halflife.models.rows import ROW_ID
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.context import Context
from halflife.monitoring.filing.reader import read
from halflife.monitoring.steps.explain_one import explain, worst
from halflife.monitoring.steps.file_findings import enroll
from halflife.monitoring.steps.import_findings import import_findings
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.take_tag_requests import take_requests
from halflife.monitoring.verdicts import verdict
from halflife.monitoring.wording.fragility_words import fragility

Make = Callable[..., Context]


def shadowed(service: Context, tick: int) -> Version:
    """A version with its shadows, up to its investigation."""
    ingest(service, tick)
    version = retrain(service, tick)
    trainer = ShadowTrainer(
        service.rows.window(version), service.store.fixed_schema, service.policy.recipe, version.seed, version.shadows
    )
    for k in range(len(version.shadows)):
        service.shadows.keep(version.number, k, trainer.train(k))
    recheck(service, version)
    investigate(service, version)
    return version


@pytest.fixture
def service(make: Make) -> Context:
    """One version with four coupled shadows and three that differ by their seed, its cycle done."""
    service = make(gaps=1, errors=2, attributions=2, slices=0, shadows=7, shadows_keep=9)
    shadowed(service, 3)
    return service


def finding(claim: str, scope: Scope, on: int = 1, name: str = "mine") -> Finding:
    """A person's finding."""
    return Finding(name, claim, parse(claim).statistic, scope, on, author="ann")


def between(service: Context) -> str:
    """A claim about a share that the version upholds, and two of its seven shadows do not."""
    names = service.store.fixed_schema.names
    probes = [finding(f'attribution_share("{n}") > 0', Scope.ARTIFACT, name=f"probe-{n}") for n in names]
    for name, filed in zip(names, enroll(service, probes), strict=True):
        (check,) = service.ledger.checks(finding=filed.id)
        assert check.controls is not None
        assert check.pinned.interval is not None
        own, said = check.pinned.interval.estimate, sorted(check.controls.pinned)
        for low, high, comparator in ((*said[1:3], ">"), (*said[4:6], "<")):
            middle = (low + high) / 2
            if verdict(Interval(own, own, own), comparator, middle) is Status.HOLDS:
                return f'attribution_share("{name}") {comparator} {middle!r}'
    raise AssertionError("every share of the version lies outside those of its shadows")


def test_every_check_keeps_what_all_shadows_say(service: Context) -> None:
    """At birth and at each re-test: θ of four coupled and three others, on pinned and, where there are any, fresh rows."""
    second = shadowed(service, 5)
    checks = service.ledger.checks(version=second.number)
    born = {f.id for f in service.ledger.findings() if f.made_on == second.number}
    assert {c.finding in born for c in checks} == {True, False}
    for check in checks:
        assert check.controls is not None
        assert len(check.controls.pinned) == 7
        assert len(check.controls.fresh) == (0 if check.fresh is None else 7)


def test_a_version_without_shadows_has_no_controls_and_no_process_scope(make: Make) -> None:
    """Its checks hold none, nothing is called fragile, and process scope says which setting trains shadows."""
    service = make(gaps=0, errors=1, attributions=1, slices=0)
    shadowed(service, 3)
    (filed,) = enroll(service, [finding("auc() > 0.5", Scope.PROCESS)])
    (check,) = service.ledger.checks(finding=filed.id)
    assert all(c.controls is None for c in service.ledger.checks())
    assert all(f.upheld is None and not f.fragile for f in service.ledger.findings())
    assert (check.status, check.pinned.reason) == (
        Status.UNTESTABLE,
        "v1 has no shadows to tell retraining noise from: set [shadows] count",
    )
    assert not filed.stillborn


def test_a_claim_about_the_process_is_tested_on_both_sets_and_wider_than_about_the_population(service: Context) -> None:
    """On the version it is about and on the next one; both verdicts are there."""
    both = [finding("log_loss() < 2", scope, name=str(scope)) for scope in (Scope.POPULATION, Scope.PROCESS)]
    filed = enroll(service, both)
    second = shadowed(service, 5)
    for version in (1, second.number):
        population, process = (service.ledger.checks(finding=f.id, version=version)[0] for f in filed)
        assert process.fresh is not None
        assert population.fresh is not None
        assert process.fresh.interval is not None
        assert population.fresh.interval is not None
        assert process.fresh.interval.lower < population.fresh.interval.lower
        assert process.fresh.interval.upper > population.fresh.interval.upper
        assert process.status is Status.HOLDS


def test_a_case_has_the_interval_of_its_coupled_shadows(service: Context) -> None:
    """Its value as an artifact's, in log-odds against the claim's own threshold, ± t of the four coupled among seven."""
    case = service.rows.evidence(service.ledger.version())[ROW_ID].iloc[0]
    claim = f'prediction(case="{case}") > -99'
    both = [finding(claim, scope, name=str(scope)) for scope in (Scope.ARTIFACT, Scope.PROCESS)]
    exact, check = (service.ledger.checks(finding=filed.id)[0] for filed in enroll(service, both))
    assert (check.threshold, check.pinned.rows, check.status) == (-99, 1, Status.HOLDS)
    assert check.controls == exact.controls
    assert check.controls is not None
    assert check.pinned.interval is not None
    assert exact.pinned.interval is not None
    coupled = np.array(check.controls.pinned[:4])
    reach = t.ppf(0.95, 3) * coupled.std(ddof=1)
    theta = exact.pinned.interval.estimate
    assert check.pinned.interval == Interval(theta, pytest.approx(theta - reach), pytest.approx(theta + reach))


def test_upheld_is_the_share_of_all_shadows_in_which_the_claim_holds(service: Context) -> None:
    """On the rows that decided, tolerance and direction included; the newest version is where it entered."""
    claim = between(service)
    shadowed(service, 5)
    (filed,) = enroll(service, [finding(claim, Scope.ARTIFACT, on=1)])
    check = service.ledger.checks(finding=filed.id, version=1)[0]
    assert check.controls is not None
    above = sum(theta > check.threshold for theta in check.controls.pinned)
    assert filed.upheld == (above if ">" in claim else 7 - above) / 7
    assert (filed.made_on, filed.entered_on) == (1, 2)
    assert {f.entered_on for f in service.ledger.findings() if f.author == Author.INVESTIGATOR} == {1, 2}


def test_a_fragile_finding_is_warned_of_in_an_answer_to_its_tag(
    service: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the tag that asked for it, and among the news; one that all shadows uphold has no such tag."""
    registry: Any = service.registry
    fragile = between(service)
    tags = {1: {"halflife.finding.weak": fragile, "halflife.finding.sure": "auc() > 0.1"}}
    told: dict[str, str | None] = {}
    news: list[str] = []
    monkeypatch.setattr(registry, "tags", lambda versions: tags)
    monkeypatch.setattr(registry, "annotate", lambda version, *, metrics, tags: told.update(tags))
    service = replace(service, observe=lambda sentence, *, lasting=False: news.append(sentence))
    filed = {f.name: f for f in take_requests(service)}
    weak = filed["weak"]
    (birth,) = service.ledger.checks(finding=weak.id)
    assert weak.fragile is not weak.stillborn
    assert told == {"halflife.fragile.weak": fragility(weak, birth.controls)}
    assert any("born fragile" in sentence for sentence in news)
    assert filed["sure"].upheld == 1.0


def test_an_import_hands_over_the_birth_of_what_it_filed(service: Context) -> None:
    """The check on the version a finding is about, not the newest one, counts its shadows."""
    shadowed(service, 5)
    text = "findings:\n- {name: old, claim: auc() > 0.5, made_on: 1}\n- {name: new, claim: auc() > 0.5}\n"
    parsed = read(text, "f.yaml", schema=service.store.fixed_schema, newest=2)
    done = import_findings(service, parsed, author="bea")
    assert {f.name: (done.births[f.id].version, done.checks[f.id].version) for f in done.filed} == {
        "old": (1, 2),
        "new": (2, 2),
    }


def test_counterfactuals_are_tried_on_the_shadows(service: Context) -> None:
    """Each has the share of the version's seven shadows that flip too."""
    version = service.ledger.version()
    told = explain(service, version, worst(service, version))
    assert told.counterfactuals
    assert all(one.validity is not None and (7 * one.validity).is_integer() for one in told.counterfactuals)


def test_the_page_of_an_investigation_lists_what_was_born_fragile(service: Context) -> None:
    """Every finding of the investigator that is followed and fragile stands there with its warning."""
    checks = {c.finding: c for c in service.ledger.checks(version=1)}
    warnings = [fragility(f, checks[f.id].controls) for f in service.ledger.findings()]
    assert any(warnings)
    page = (Path(service.home) / "reports" / "v1" / "investigation.html").read_text(encoding="utf-8")
    assert page.count("born fragile") == sum(map(bool, warnings))
    assert all(warning in page for warning in warnings)
