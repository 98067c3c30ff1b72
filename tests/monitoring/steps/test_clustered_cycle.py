"""A whole cycle over rows that repeat by entity."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from halflife.models.domain import Finding, Scope, Status
from halflife.models.rows import ENTITY, Batch, Part, Schema, Split
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.context import Context
from halflife.monitoring.ports import Feed
from halflife.monitoring.steps.file_findings import enroll
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.version_rows import StoredRows

SIZE = 8


class Repeated(Feed):
    """Another feed's rows, each ``SIZE`` in a row about one customer, who comes again every fifth tick."""

    def __init__(self, plain: Feed) -> None:
        self.plain = plain

    @property
    def schema(self) -> Schema:
        """As it is."""
        return self.plain.schema

    @property
    def ticks(self) -> int | None:
        """As many."""
        return self.plain.ticks

    def batch(self, tick: int) -> Batch:
        """With whom each row is about."""
        batch = self.plain.batch(tick)
        who = [f"customer {tick % 5}-{row // SIZE}" for row in range(len(batch.rows))]
        return replace(batch, rows=batch.rows.assign(**{ENTITY: pd.Series(who, dtype="str")}))


def test_versions_and_findings_count_customers(make: Callable[..., Context]) -> None:
    """Trained on some customers and tested on others: the gate, claims and stillbirths speak of customers, not rows."""
    service = make("calm", rows=2400, evidence_rows=700)
    store = DeltaStore(service.home / "clustered", Split(evidence=0.3, cluster="customer"))
    rows = StoredRows(store, service.policy.evidence.rows)
    service = replace(service, feed=Repeated(service.feed), store=store, rows=rows)
    ingest(service, 7)
    first = retrain(service, 5)
    recheck(service, first)
    sure = Finding("sure", "accuracy() > 0.2", "accuracy", Scope.POPULATION, 1)
    (filed,) = enroll(service, [sure])
    second = retrain(service, 7)
    recheck(service, second)
    window, evidence = service.rows.window(second), service.rows.evidence(second)
    assert set(window.part(Part.TRAIN)[ENTITY]).isdisjoint(evidence[ENTITY])
    assert len(evidence) == 700
    customers = evidence[ENTITY].nunique()
    assert customers < 150
    kept, whole = evidence.groupby(ENTITY).size(), window.part(Part.EVIDENCE).groupby(ENTITY).size()
    assert (kept != whole.reindex(kept.index)).sum() <= 1
    checks = {check.version: check for check in service.ledger.checks(finding=filed.id)}
    assert checks[2].status is Status.HOLDS
    assert checks[2].fresh is not None
    assert checks[2].fresh.rows == customers
    assert f" rows of {window.part(Part.EVIDENCE)[ENTITY].nunique()} entities: " in second.reason
