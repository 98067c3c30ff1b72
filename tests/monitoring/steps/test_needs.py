"""Data to collect next, of a stored version."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from halflife.models.domain import Finding, Scope, Status, Version
from halflife.models.errors import UsageError
from halflife.models.recipe import Recipe
from halflife.monitoring.context import Context
from halflife.monitoring.label_needs.needs_document import document
from halflife.monitoring.label_needs.needs_report import Needs
from halflife.monitoring.reports.needs_terminal import plain
from halflife.monitoring.steps.file_findings import enroll
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.measure_needs import keep_needs, needs
from halflife.monitoring.steps.retrain_version import retrain
from halflife.testing.policies import small_policy

Make = Callable[..., Context]


@pytest.fixture
def ready(make: Make) -> Context:
    """A service with one version, and findings about it that few rows leave open or settle."""
    service = make(rows=1500)
    ingest(service, 3)
    version = retrain(service, 3)
    claims = ("accuracy() > 0.99", "auc() > 0.1", "accuracy() > 0.7 ± 0.0001")
    enroll(service, [Finding(f"f{k}", text, text.split("(")[0], Scope.POPULATION, 1) for k, text in enumerate(claims)])
    accuracy = service.ledger.checks(version=version.number)[0].decides.interval
    assert accuracy is not None
    edge = f"accuracy() > {accuracy.estimate + 0.01:.4f}"
    enroll(service, [Finding("edge", edge, "accuracy", Scope.POPULATION, 1)])
    return service


def told(service: Context, threads: int = 1) -> Needs:
    """A small experiment."""
    service = replace(service, policy=replace(service.policy, recipe=replace(service.policy.recipe, threads=threads)))
    return needs(service, service.ledger.version(), segments=("sex",), sizes=4, repeats=2, fits=12)


def test_the_same_home_says_the_same(ready: Context) -> None:
    """Twice, and on another number of threads, every figure is the same; nothing is filed or re-tested."""
    before = ready.ledger.findings(), ready.ledger.checks()
    first = told(ready)
    assert document(told(ready)) == document(first)
    assert document(told(ready, threads=2)) == document(first)
    assert (ready.ledger.findings(), ready.ledger.checks()) == before
    assert first.fits == 2 * (3 + 2)  # an eighth of the window is too little to calibrate; two segments are tried


def test_findings_left_open_are_listed_with_what_they_need(ready: Context) -> None:
    """The unclear one and the one whose tolerance is beyond these rows are there; those that are settled are not."""
    open_now = {c.finding for c in ready.ledger.checks() if c.status in (Status.UNCLEAR, Status.UNTESTABLE)}
    by_id = {f.id: f.name for f in ready.ledger.findings(open_only=True)}
    needs = told(ready)
    assert {need.finding for need in needs.claims} == {by_id[k] for k in open_now if k in by_id}
    assert "edge" in {need.finding for need in needs.claims}
    for need in needs.claims:
        assert need.needed is not None
        assert need.needed > need.rows
        assert need.ticks is not None
        assert need.ticks > needs.ticks


def test_what_is_kept_with_the_run_is_what_was_told(ready: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """One JSON and one text artifact, by names that a second time replaces."""
    kept: dict[str, str] = {}

    def annotate(version: Version, *, metrics: Mapping[str, float], texts: Mapping[str, str]) -> None:
        kept.update(texts)

    monkeypatch.setattr(ready.registry, "annotate", annotate)
    needs = told(ready)
    keep_needs(ready, ready.ledger.version(), needs, plain(needs))
    assert json.loads(kept["needs.json"]) == json.loads(json.dumps(document(needs)))
    assert kept["needs.txt"] == plain(needs)


def test_a_budget_below_the_curves_is_refused(ready: Context) -> None:
    """The sentence says what the curves cost."""
    with pytest.raises(UsageError, match="5 sizes × 4 repeats are 20 fits, and the budget is 10"):
        needs(ready, ready.ledger.version(), fits=10)


def test_without_configured_segments_the_strongest_columns_are_told_apart(make: Make) -> None:
    """Each part is of a column the trees use."""
    service = make("calm", rows=1200, recipe=Recipe(trees=10, leaves=7, threads=1))
    service = replace(service, policy=small_policy(service.policy, segments=()))
    ingest(service, 3)
    retrain(service, 3)
    told = needs(service, service.ledger.version(), sizes=2, repeats=2, fits=4)
    assert told.segments
    assert told.whole.law is None
    assert "No curve is fitted to v1: that takes 4 sizes, and 2 were trained." in " ".join(plain(told).split())
