"""What the steps do together, without Prefect, MLflow or Evidently."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from halflife.models.domain import Author, Finding, Milestone, Role, Scope, Status, Version
from halflife.models.errors import NotFound, UsageError
from halflife.models.rows import ROW_ID, Part
from halflife.monitoring.context import Context
from halflife.monitoring.drift.watched_sides import SAMPLED
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import file, investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.report_version import report
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.watch_ticks import watch

Make = Callable[..., Context]


def cycle(service: Context, tick: int) -> Version:
    """Everything between two versions."""
    ingest(service, tick)
    watch(service, tick)
    version = retrain(service, tick)
    recheck(service, version)
    investigate(service, version)
    report(service, version)
    return version


def test_a_cycle_ends_reported_with_findings_that_were_tested_at_birth(make: Make) -> None:
    """Stages advance to the end; every finding filed has its birth check, and what did not hold is stillborn."""
    service = make()
    version = cycle(service, 3)
    assert service.ledger.stage(version.number) is Milestone.REPORTED
    findings = service.ledger.findings()
    checks = {check.finding: check for check in service.ledger.checks(version=1)}
    assert {f.statistic for f in findings} >= {"attribution_share", "prediction", "top_reason", "auc", "log_loss"}
    assert all(f.author == Author.INVESTIGATOR and f.id in checks for f in findings)
    assert all(f.stillborn == (checks[f.id].status is not Status.HOLDS) for f in findings)


def test_what_suggests_a_finding_never_tests_it(make: Make) -> None:
    """The cases named by findings are discovery rows; the rows that test claims are evidence; neither trains."""
    service = make()
    version = cycle(service, 3)
    window = service.rows.window(version)
    discovery, evidence, train = (set(window.part(p)[ROW_ID]) for p in (Part.DISCOVERY, Part.EVIDENCE, Part.TRAIN))
    named = {f.claim.split('"')[1] for f in service.ledger.findings() if f.statistic == "prediction"}
    assert named
    assert named <= discovery
    assert set(service.rows.evidence(version)[ROW_ID]) <= evidence
    assert not (discovery | evidence) & train


def test_every_step_done_again_changes_nothing(make: Make) -> None:
    """The same tick gives the same version, the same findings and the same checks: a killed cycle can be run again."""
    service = make()
    cycle(service, 3)
    second = cycle(service, 5)
    before = service.ledger.versions(), service.ledger.findings(), service.ledger.checks()
    assert cycle(service, 5) == second
    after = service.ledger.versions(), service.ledger.findings(), service.ledger.checks()
    assert after == before


def test_a_champion_that_was_deleted_does_not_stop_the_next_version(make: Make) -> None:
    """Its model is nowhere: the next version is compared with no champion, which is told, and takes its place."""
    told: list[str] = []
    service = replace(make(), observe=lambda sentence, **_: told.append(sentence))
    ingest(service, 4)
    retrain(service, 3)
    service.registry.models.clear()
    assert retrain(service, 4).role is Role.CHAMPION
    assert any(said.startswith("v2 is compared with no champion: v1 is not registered") for said in told)


def test_remarks_of_the_registry_are_warned_of(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Before a version is judged by the champion, and where a re-test is asked for; once in a cycle."""
    service = make()
    service.registry.remarks = lambda versions, champion: (f"{champion.label} was moved",)
    version = cycle(service, 3)
    assert not caplog.messages
    recheck(service, version)
    assert caplog.messages == ["v1 was moved"]
    cycle(service, 4)
    assert caplog.messages == ["v1 was moved"] * 2


def test_a_broken_guard_keeps_a_version_from_promotion(make: Make) -> None:
    """A guard that the candidate breaks makes it challenger, and the reason names guard and claim."""
    service = make()
    first = cycle(service, 3)
    guard = Finding("impossible", "auc() > 0.5", "auc", Scope.POPULATION, first.number, author="ann", guard=True)
    file(service, first, [guard])
    assert cycle(service, 5).role is Role.CHAMPION
    bound = 'attribution_share("review_code") > 0.999'
    service.ledger.file([Finding("tight", bound, "attribution_share", Scope.POPULATION, 1, guard=True)], [])
    third = cycle(service, 7)
    assert third.role is Role.CHALLENGER
    assert third.reason == f"guard broken: tight ({bound})"
    registry: Any = service.registry
    assert registry.aliases == {Role.CHAMPION: 2, Role.CHALLENGER: 3}


def test_the_investigators_findings_retire_and_peoples_do_not(make: Make) -> None:
    """After ``follow`` retrains what the investigator said is no longer re-tested; what a person said still is."""
    service = make(follow=1)
    first = cycle(service, 3)
    file(service, first, [Finding("mine", "auc() > 0.5", "auc", Scope.POPULATION, first.number, author="ann")])
    for tick in (5, 7):
        cycle(service, tick)
    retired = [f for f in service.ledger.findings() if f.retired_on]
    assert retired
    assert {(f.author, f.made_on, f.retired_on) for f in retired} == {(Author.INVESTIGATOR, 1, 3)}
    (mine,) = [f for f in service.ledger.findings() if f.name == "mine"]
    assert len(service.ledger.checks(finding=mine.id)) == 3


def test_watch_compares_every_row_and_predicts_only_where_the_model_never_trained(make: Make) -> None:
    """Each score is the distance of all rows of both windows to its stated error; predicted rows are never trained on."""
    service = make(rows=2_500)
    version = cycle(service, 3)
    ingest(service, 5)
    found = watch(service, 5)
    assert found is not None
    drift, sides = found
    windows = service.rows.window(version).rows, service.store.window(4, 5).rows
    assert drift.rows == tuple(len(rows) for rows in windows)
    scores = {column.name: column for column in drift.columns}
    assert set(scores) == {*service.store.fixed_schema.names, "prediction", "label"}
    for name in ("age", "income"):
        before, now = (rows[name].dropna() for rows in windows)
        distance = wasserstein_distance(before, now) / np.std(before)
        assert scores[name].score == pytest.approx(distance, abs=scores[name].error + 1e-9)
    assert scores["label"].score == pytest.approx(_labels_apart(*windows), abs=1e-9)
    for side in (sides.reference, sides.current):
        assert Part.TRAIN not in service.store.split.parts(side.rows[ROW_ID])


def _labels_apart(*windows: pd.DataFrame) -> float:
    """Jensen-Shannon distance of the labels that arrived."""
    first, second = (rows["_label"].value_counts(normalize=True).sort_index() for rows in windows)
    return float(jensenshannon(first, second))


def test_a_page_draws_the_rows_whose_predictions_were_compared(make: Make) -> None:
    """The reporter gets the watch that was recorded and a sample of both sides with predictions and labels."""
    service = make()
    for tick in (3, 5):
        cycle(service, tick)
    reporter: Any = service.reporter
    (drift, drawn), *_ = reporter.drawn
    assert drift == service.ledger.drifts()[-1]
    for frame in drawn:
        assert list(frame) == [*service.store.fixed_schema.names, "prediction", "label"]
        assert 0 < len(frame) <= SAMPLED
        assert frame["prediction"].between(0, 1).all()
        assert set(frame["label"].dropna()) == {"0", "1"}


def test_a_service_without_rows_or_versions_says_how_to_start(make: Make) -> None:
    """What is asked too early is answered with the command to run first."""
    service = make()
    with pytest.raises(UsageError, match="no rows have been ingested yet; run `halflife ingest`"):
        _ = service.store.fixed_schema
    with pytest.raises(NotFound, match="there is no version yet; run `halflife retrain`"):
        service.ledger.version()
    cycle(service, 3)
    with pytest.raises(NotFound, match="there is no v7; versions go from v1 to v1"):
        service.ledger.version(7)


def test_noise_is_stillborn(make: Make) -> None:
    """Of groups by the last digit of the income, the widest gaps that discovery rows show are mostly not confirmed."""
    service = make("calm", rows=2_500)
    filed: list[Finding] = []
    for tick in (3, 5, 7):
        version = cycle(service, tick)
        filed += file(service, version, _dredged(service, version, most=4))
    assert len(filed) == 12
    assert sum(f.stillborn for f in filed) / len(filed) > 0.5


def _dredged(service: Context, version: Version, most: int) -> list[Finding]:
    """The widest of ten gaps that are nothing but noise, as the investigator would file them."""
    scene = ScoredRows(service.registry.model(version), service.rows.discovery(version))
    digits = [f"MOD(FLOOR(income), 10) = {digit}" for digit in range(10)]
    subjects = [f'gap("positive_rate", a="{where}", b="NOT ({where})")' for where in digits]
    widest = sorted(zip(scene.seen(subjects), subjects, strict=True), reverse=True)[:most]
    return [
        Finding(
            f"{version.label}-{k}", f"{of} > {gap / 2:.3f}", "gap", Scope.POPULATION, version.number, "investigator"
        )
        for k, (gap, of) in enumerate(widest)
    ]
