"""Data to collect next, of a stored version."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from halflife.models.domain import Finding, Scope, Status, Version
from halflife.models.errors import UsageError
from halflife.models.recipe import Recipe
from halflife.monitoring import steps
from halflife.monitoring.label_needs.needs_document import document
from halflife.monitoring.label_needs.needs_report import Needs
from halflife.monitoring.reports.needs_terminal import plain
from halflife.monitoring.service import Service
from halflife.testing.policies import small_policy

Make = Callable[..., Service]


@pytest.fixture
def ready(make: Make) -> Service:
    """A service with one version, and findings about it that few rows leave open or settle."""
    service = make(rows=1500)
    steps.ingest(service, 3)
    version = steps.retrain(service, 3)
    claims = ("accuracy() > 0.99", "auc() > 0.1", "accuracy() > 0.7 ± 0.0001")
    steps.enroll(
        service, [Finding(f"f{k}", text, text.split("(")[0], Scope.POPULATION, 1) for k, text in enumerate(claims)]
    )
    accuracy = service.ledger.checks(version=version.number)[0].decides.interval
    assert accuracy is not None
    edge = f"accuracy() > {accuracy.estimate + 0.01:.4f}"
    steps.enroll(service, [Finding("edge", edge, "accuracy", Scope.POPULATION, 1)])
    return service


def told(service: Service, threads: int = 1) -> Needs:
    """A small experiment."""
    service.policy = replace(service.policy, recipe=replace(service.policy.recipe, threads=threads))
    return steps.needs(service, service.version(), segments=("sex",), sizes=4, repeats=2, fits=12)


def test_the_same_home_says_the_same(ready: Service) -> None:
    """Twice, and on another number of threads, every figure is the same; nothing is filed or re-tested."""
    before = ready.ledger.findings(), ready.ledger.checks()
    first = told(ready)
    assert document(told(ready)) == document(first)
    assert document(told(ready, threads=2)) == document(first)
    assert (ready.ledger.findings(), ready.ledger.checks()) == before
    assert first.fits == 2 * (3 + 2)  # an eighth of the window is too little to calibrate; two segments are tried


def test_findings_left_open_are_listed_with_what_they_need(ready: Service) -> None:
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


def test_what_is_kept_with_the_run_is_what_was_told(ready: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """One JSON and one text artifact, by names that a second time replaces."""
    kept: dict[str, str] = {}

    def annotate(version: Version, *, metrics: Mapping[str, float], texts: Mapping[str, str]) -> None:
        kept.update(texts)

    monkeypatch.setattr(ready.registry, "annotate", annotate)
    needs = told(ready)
    steps.keep_needs(ready, ready.version(), needs, plain(needs))
    assert json.loads(kept["needs.json"]) == json.loads(json.dumps(document(needs)))
    assert kept["needs.txt"] == plain(needs)


def test_a_budget_below_the_curves_is_refused(ready: Service) -> None:
    """The sentence says what the curves cost."""
    with pytest.raises(UsageError, match="5 sizes × 4 repeats are 20 fits, and the budget is 10"):
        steps.needs(ready, ready.version(), fits=10)


def test_without_configured_segments_the_strongest_columns_are_told_apart(make: Make) -> None:
    """Each part is of a column the trees use."""
    service = make("calm", rows=1200, recipe=Recipe(trees=10, leaves=7, threads=1))
    service.policy = small_policy(service.policy, segments=())
    steps.ingest(service, 3)
    steps.retrain(service, 3)
    needs = steps.needs(service, service.version(), sizes=2, repeats=2, fits=4)
    assert needs.segments
    assert needs.whole.law is None
    assert "No curve is fitted to v1: that takes 4 sizes, and 2 were trained." in " ".join(plain(needs).split())
