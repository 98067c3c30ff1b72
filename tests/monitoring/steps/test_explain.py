"""Explaining a case of a stored version, and filing what it concludes."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from halflife.models.domain import Author, Finding, Scope, Status
from halflife.models.errors import NotFound, UsageError
from halflife.models.rows import LABEL, ROW_ID
from halflife.monitoring.context import Context
from halflife.monitoring.explanations.offers import offers
from halflife.monitoring.filing.entry import NAME
from halflife.monitoring.steps.explain_one import explain, file_offers, keep, worst
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import file
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain

Make = Callable[..., Context]


@pytest.fixture
def ready(make: Make) -> Context:
    """A service with two versions, the second on later rows."""
    service = make(immutable=("region",))
    for tick in (3, 5):
        ingest(service, tick)
        recheck(service, retrain(service, tick))
    return service


def test_what_is_filed_has_the_figures_that_were_told(ready: Context) -> None:
    """Every offer files as a person's open finding; θ of the decision is the margin told, and claims about the case
    hold.
    """
    version = ready.ledger.version()
    told = explain(ready, version, worst(ready, version))
    offered = offers(told, ready.store.fixed_schema)
    filed = file_offers(ready, version, told, offered, "ann")
    assert [f.claim for f in filed] == [o.claim for o in offered]
    assert {f.author for f in filed} == {"ann"}
    assert all(re.fullmatch(NAME, f.name) for f in filed)
    checks = {c.finding: c for c in ready.ledger.checks(version=version.number)}
    decision = checks[filed[0].id].decides
    assert decision.interval is not None
    assert decision.interval.estimate == told.decision.margin
    exact = [f for f in filed if f.statistic in ("prediction", "top_reason", "flips")]
    assert {checks[f.id].status for f in exact} == {Status.HOLDS}


def test_filing_twice_files_once(ready: Context) -> None:
    """A person's claim about the same version stays what it was; the investigator's is filed again, to be kept."""
    version = ready.ledger.version()
    told = explain(ready, version, worst(ready, version))
    offered = offers(told, ready.store.fixed_schema)[:1]
    automatic = Finding("auto", offered[0].claim, "prediction", Scope.ARTIFACT, version.number, Author.INVESTIGATOR)
    file(ready, version, [automatic])
    first = file_offers(ready, version, told, offered, "ann")
    again = file_offers(ready, version, told, offered, "bob")
    assert first == again
    assert sorted(f.author for f in ready.ledger.findings() if f.claim == offered[0].claim) == ["ann", "investigator"]
    assert file_offers(ready, version, told, [], "ann") == []
    odd = replace(told, case="caf\N{LATIN SMALL LETTER E WITH ACUTE} / 7 " + 99 * "x")
    (named,) = file_offers(ready, version, odd, [replace(offered[0], claim="auc() > 0.5", statistic="auc")], "ann")
    assert re.fullmatch(NAME, named.name)


def test_on_an_earlier_version_it_is_that_model_that_speaks(ready: Context) -> None:
    """The decision is that version's, and what is filed about it has been re-tested on the newest too."""
    old, new = ready.ledger.version(1), ready.ledger.version(2)
    case = worst(ready, old)
    told = explain(ready, old, case)
    probability = ready.registry.model(old).probability(ready.store.cases([case]))[0]
    assert told.decision.probability == pytest.approx(probability)
    (filed,) = file_offers(ready, old, told, offers(told, ready.store.fixed_schema)[:1], "ann")
    assert filed.made_on == 1
    assert [c.version for c in ready.ledger.checks(finding=filed.id)] == [1, new.number]


def test_the_worst_case_is_the_most_confidently_wrong_evidence_row(ready: Context) -> None:
    """Of the evidence rows decided against their label, the one farthest from the threshold."""
    version = ready.ledger.version()
    rows, model = ready.rows.evidence(version), ready.registry.model(version)
    probability, label = model.probability(rows), rows[LABEL].to_numpy() == 1
    wrong = (probability >= model.threshold) != label
    case = rows[ROW_ID] == worst(ready, version)
    distance = np.abs(np.log(probability / (1 - probability)))
    assert wrong[case]
    assert distance[case].item() == pytest.approx(distance[wrong].max())
    assert explain(ready, version, str(rows[ROW_ID][case].iloc[0])).wrong


def test_immutable_columns_come_from_the_policy(ready: Context, make: Make) -> None:
    """They are in no counterfactual and are said; a name that is no column is refused with a near one."""
    version = ready.ledger.version()
    told = explain(ready, version, worst(ready, version))
    assert told.immutable == ("region",)
    assert not any("region" in c.flip.features for c in told.counterfactuals)
    wrong = make("calm", immutable=("regoin",))
    ingest(wrong, 3)
    with pytest.raises(UsageError, match=r"explain.immutable: 'regoin' is not a column.*did you mean 'region'"):
        explain(wrong, retrain(wrong, 3), "x")


def test_a_case_that_is_not_there_is_answered_with_some_that_are(ready: Context) -> None:
    """Ids like it where there are any, else examples; each of them can be explained."""
    version = ready.ledger.version()
    there = str(ready.rows.evidence(version)[ROW_ID].iloc[0])
    for asked in (f"{there}0", "\N{SNOWMAN}"):
        with pytest.raises(
            NotFound, match=r"there is no case .* in the store; .* `halflife explain --worst`"
        ) as refused:
            explain(ready, version, asked)
        named = str(refused.value).split("'")[3]
        assert explain(ready, version, named).case == named


def test_the_explanation_is_kept_with_the_run(ready: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON and text under the case's name; an id that is no file name still has a name of its own."""
    version = ready.ledger.version()
    told = explain(ready, version, worst(ready, version))
    registry: Any = ready.registry
    kept: dict[str, str] = {}
    monkeypatch.setattr(registry, "annotate", lambda version, *, metrics, texts: kept.update(texts))
    name = keep(ready, version, told, offers(told, ready.store.fixed_schema), "as printed")
    assert name == f"explanations/case-{told.case}"
    assert set(kept) == {f"{name}.json", f"{name}.txt"}
    assert f'"case": "{told.case}"' in kept[f"{name}.json"]
    names = {keep(ready, version, replace(told, case=case), [], "") for case in ("../a", "..-a", "a b", "a/b")}
    assert len(names) == 4
    assert not any(".." in part.split("-")[0] or "/" in part.removeprefix("explanations/") for part in names)
