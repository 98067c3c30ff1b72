"""What re-testing the open findings costs does not grow with the versions there have been."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from halflife.models.domain import Author, Finding, Scope
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.query_plan import QueryPlan
from halflife.monitoring.claims.evidence import model_view
from halflife.monitoring.context import Context
from halflife.monitoring.ports import Ledger, Registry, Store
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.version_rows import StoredRows

CLAIMS = ('attribution_share("review_code") > 0.1', "auc() > 0.6", "log_loss(where=\"sex = 'F'\") < 0.9")


def operations(service: Context, versions: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts of one re-test after so many versions of a sliding window, each with findings of its own."""
    for tick in range(versions + 4):
        ingest(service, tick)
    first = retrain(service, 3)
    model = service.registry.model(first)
    for number in range(1, versions + 1):
        version = replace(first, number=number, first=number - 1, last=number + 2)
        service.ledger.add_version(version)
        service.registry.register(version, model, service.rows.window(version))
        made = [
            Finding(f"v{number}-{k}", claim, claim.split("(")[0], Scope.POPULATION, number, author=Author.INVESTIGATOR)
            for k, claim in enumerate(CLAIMS)
        ]
        if number == versions:
            break
        service.ledger.file(made, [])
        recheck(service, service.ledger.version(number))
    done: Counter[str] = Counter()
    raw, attributions, plan = Model.raw, model_view.attributions, QueryPlan.__init__

    def predicting(self: Model, matrix: Array, threads: int = 0) -> Array:
        done["rows predicted"] += len(matrix)
        return raw(self, matrix, threads)

    def explaining(model: Model, matrix: Array, threads: int = 0) -> Array:
        done["rows explained"] += len(matrix)
        return attributions(model, matrix, threads)

    def planning(self: QueryPlan, *arguments: object) -> None:
        plan(self, *arguments)  # type: ignore[arg-type]  # passed on as it came
        done["estimates"] += len(self.subjects)

    with monkeypatch.context() as patch:
        patch.setattr(Model, "raw", predicting)
        patch.setattr(model_view, "attributions", explaining)
        patch.setattr(QueryPlan, "__init__", planning)
        for port, kind in ((service.store, Store), (service.ledger, Ledger), (service.registry, Registry)):
            for name in kind.__abstractmethods__:
                if callable(getattr(port, name)):
                    patch.setattr(port, name, counting(done, f"{kind.__name__}.{name}", getattr(port, name)))
        begun_again = replace(service, rows=StoredRows(service.store, service.policy.evidence.rows))
        assert recheck(begun_again, service.ledger.version(versions))
    return done


def counting(done: Counter[str], name: str, method: Callable[..., object]) -> Callable[..., object]:
    """The method, counted."""

    def call(*arguments: object, **named: object) -> object:
        done[name] += 1
        return method(*arguments, **named)

    return call


def test_a_recheck_costs_the_same_after_many_versions(
    make: Callable[..., Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows predicted and explained, estimates, windows and models loaded, ledger reads: as after a few."""
    few = operations(make("calm", rows=400), 5, monkeypatch)
    many = operations(make("shortcut", rows=400), 17, monkeypatch)
    for name in ("rows predicted", "rows explained"):
        assert 0 < many.pop(name) == pytest.approx(few.pop(name), rel=0.2)
    assert few["estimates"] == (3 + 1) * len(CLAIMS)
    assert few["Store.window"] == 4
    assert few["Registry.model"] == 1
    assert many == few
