"""Re-testing findings on a version."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Check, Finding, Interval, Role, Scope, Status, Version
from halflife.models.learner.model import Model
from halflife.models.rows import Column, Kind, Schema
from halflife.monitoring.claims.estimation.retest import recheck
from halflife.monitoring.claims.language.grammar import parse

VERSION = Version(4, 0, 9, "12", "abc", 7, "d", "m", {}, Role.CHAMPION, "first", 1000)


def finding(claim: str, *, id: int = 1, scope: Scope | None = None, birth: Interval | None = None) -> Finding:  # noqa: A002
    """A finding made on version 1."""
    parsed = parse(claim)
    return Finding(f"f{id}", claim, parsed.statistic, scope or parsed.scope, 1, birth=birth, id=id)


@pytest.fixture
def retest(model: Model, rows: Callable[..., pd.DataFrame]) -> Callable[..., list[Check]]:
    """Rechecks on pinned rows of version 1, fresh rows, and one case."""
    pinned, fresh = rows(300, seed=1, first=0), rows(300, seed=2, first=200)
    cases = rows(2, seed=3, first=90_000)

    def run(findings: list[Finding], using: Model = model, **options: object) -> list[Check]:
        return recheck(
            findings,
            VERSION,
            using,
            {"v1": pinned, "fresh": fresh},
            fresh="fresh",
            pinned={f.id: "v1" for f in findings},
            cases=cases,
            replicates=200,
            **options,  # type: ignore[arg-type]
        ).checks

    return run


def test_a_population_claim_is_tested_on_pinned_and_on_fresh_rows(retest: Callable[..., list[Check]]) -> None:
    """Two estimates from different rows, and the fresh ones decide."""
    (check,) = retest([finding("auc() > 0.6", id=5)])
    assert (check.finding, check.version, check.threshold) == (5, 4, 0.6)
    assert check.fresh is not None
    assert check.pinned.interval is not None
    assert check.fresh.interval is not None
    assert check.pinned.interval.estimate != check.fresh.interval.estimate
    assert (check.decides, check.status) == (check.fresh, Status.HOLDS)


def test_a_case_claim_looks_among_the_cases_and_has_no_fresh_rows(retest: Callable[..., list[Check]]) -> None:
    """Exact, about one row; a claim about text is judged against 0."""
    prediction, reason, gone = retest(
        [
            finding('prediction(case="90001") > -99', id=1),
            finding('top_reason(case="90001") == "duration"', id=2),
            finding('prediction(case="7") > 0', id=3),
        ]
    )
    assert (prediction.fresh, prediction.pinned.rows, prediction.status) == (None, 1, Status.HOLDS)
    assert (reason.fresh, reason.threshold) == (None, 0.0)
    assert reason.status in (Status.HOLDS, Status.STALE)
    assert (gone.status, gone.pinned.reason) == (Status.UNTESTABLE, "case '7' is gone")


def fresh_rows(rows: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """The fresh rows as a re-test sees them: a hundred of them are pinned rows too, and are what they were there."""
    return pd.concat([rows(300, seed=1, first=0)[200:], rows(300, seed=2, first=200)[100:]])


def test_what_a_claim_leaves_open_is_settled_on_its_pinned_rows(
    retest: Callable[..., list[Check]], model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """On fresh rows an effect still goes from the pinned rows' low to their high, and drift is measured from them."""
    low, high = rows(300, seed=1, first=0)["duration"].quantile([0.1, 0.9])
    fresh = fresh_rows(rows)
    f = [np.asarray(model.booster.predict(model.matrix(fresh.assign(duration=v)), raw_score=True)) for v in (low, high)]
    effect, drift = retest([finding('effect("duration") > 0', id=1), finding('drift("duration") < 0.3', id=2)])
    assert effect.fresh is not None
    assert effect.fresh.interval is not None
    assert effect.fresh.interval.estimate == pytest.approx((f[1] - f[0]).mean())
    assert drift.pinned.interval == Interval(0.0, 0.0, 0.0)
    assert drift.fresh is not None
    assert drift.fresh.interval is not None
    assert drift.fresh.interval.estimate > 0


def test_neighbours_of_a_case_are_looked_for_among_the_fresh_rows(
    retest: Callable[..., list[Check]], model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """Exact, with no fresh verdict of its own; a share over rows is about the population though a flip is not."""
    fresh, case = fresh_rows(rows), rows(2, seed=3, first=90_000)[:1]
    leaves, mine = (np.asarray(model.booster.predict(model.matrix(r), pred_leaf=True)) for r in (fresh, case))
    kappa = (leaves == mine).mean(axis=1)
    women = (fresh["sex"] == "F").to_numpy()
    near, flip, share = retest(
        [
            finding('neighbour_share(case="90000", where="sex = \'F\'") > 0', id=1),
            finding('flips(case="90000", set={"duration": 3}) == False', id=2),
            finding('flips(set={"duration": 3}) > 0.01', id=3),
        ]
    )
    assert near.fresh is None
    assert near.pinned.interval is not None
    assert near.pinned.interval.estimate == pytest.approx(kappa[women].sum() / kappa.sum())
    assert (flip.fresh, flip.threshold) == (None, 0.0)
    assert share.fresh is not None


def test_an_artifact_claim_about_a_set_speaks_of_its_pinned_rows(retest: Callable[..., list[Check]]) -> None:
    """This model on those rows: exact, nothing fresh about it."""
    (check,) = retest([finding("log_loss() < 0.9", scope=Scope.ARTIFACT)])
    assert check.fresh is None
    assert check.pinned.interval is not None
    assert check.pinned.interval.lower == check.pinned.interval.upper


def test_a_finding_is_weakened_against_its_birth(retest: Callable[..., list[Check]]) -> None:
    """What was an AUC of 0.99 above a threshold of 0.6 and is 0.8 now still holds, with half its effect gone."""
    claim = "auc() > 0.6"
    (same,) = retest([finding(claim, birth=Interval(0.85, 0.82, 0.88))])
    (less,) = retest([finding(claim, birth=Interval(5.0, 4.9, 5.1))])
    assert (same.status, less.status) == (Status.HOLDS, Status.WEAKENED)


def test_a_column_that_is_gone_makes_the_finding_untestable(retest: Callable[..., list[Check]], model: Model) -> None:
    """The other findings of the version are tested as if nothing had happened."""
    narrow = replace(model, schema=Schema((*model.schema.columns[:3], Column("region", Kind.CATEGORICAL))))
    narrow = replace(narrow, categories={**model.categories, "region": ("north",)})
    texts = ('attribution_share("job") > 0.1', "auc(where=\"job = 'cook'\") > 0.5", 'top_reason(case="90001") == "job"')
    findings = [finding(text, id=k) for k, text in enumerate(texts)] + [finding("auc() > 0.5", id=9)]
    for f in findings[:3]:
        assert retest([f])[0].status is not Status.UNTESTABLE
    region = retest_with_region(narrow, findings)
    assert [c.status is Status.UNTESTABLE for c in region] == [True, True, True, False]
    assert all("'job' is not a column; columns are duration" in c.pinned.reason for c in region[:3])


def retest_with_region(model: Model, findings: list[Finding]) -> list[Check]:
    """The same re-test after the feed's ``job`` became ``region``."""
    rng = np.random.default_rng(1)
    n = 300
    rows = pd.DataFrame({"_id": np.arange(n).astype(str), "_tick": 0, "_label": rng.integers(0, 2, n).astype(float)})
    rows["duration"], rows["emp.var.rate"] = rng.normal(size=n) + 2 * rows["_label"], rng.normal(size=n)
    rows["sex"], rows["region"] = "F", "north"
    sets = {"v1": rows, "fresh": rows}
    names = {f.id: "v1" for f in findings}
    return recheck(findings, VERSION, model, sets, fresh="fresh", pinned=names, cases=rows[:0], replicates=100).checks


def test_a_claim_this_build_cannot_read_is_untestable(retest: Callable[..., list[Check]]) -> None:
    """A ledger written by a newer build is no reason to crash."""
    unknown = replace(finding("auc() > 0.5"), claim='vibes(case="1") > 0', statistic="vibes")
    (check,) = retest([unknown])
    assert (check.status, check.fresh) == (Status.UNTESTABLE, None)
    assert "'vibes' is not a statistic" in check.pinned.reason


def test_findings_that_are_not_filed_yet_are_all_tested(retest: Callable[..., list[Check]]) -> None:
    """At birth ids are still 0; the checks come in the order of the findings."""
    checks = retest([finding("auc() > 0.6", id=0), finding("auc() > 0.999", id=0)])
    assert [c.status for c in checks] == [Status.HOLDS, Status.STALE]


def test_control_models_are_only_estimated(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """θ of each finding by each control on pinned and on fresh rows; the model's own is its checks' to the last digit."""
    findings = [
        finding(text, id=k)
        for k, text in enumerate(
            ("auc() > 0.6", 'attribution_share("sex") > 0', 'prediction(case="7") > 0', "auc(where=\"sex = 'X'\") > 0")
        )
    ]
    stricter = replace(model, threshold=0.7)
    found = recheck(
        findings,
        VERSION,
        model,
        {"v1": rows(300, seed=1, first=0), "fresh": rows(300, seed=2, first=200)},
        fresh="fresh",
        pinned={f.id: "v1" for f in findings},
        cases=rows(10, seed=1, first=0),
        controls=[model, stricter],
        replicates=50,
    )
    assert found.controls.shape == (2, 4, 2)
    for check, (pinned, fresh) in zip(found.checks[:2], found.controls[0], strict=False):
        assert check.pinned.interval is not None
        assert check.fresh is not None
        assert check.fresh.interval is not None
        assert (check.pinned.interval.estimate, check.fresh.interval.estimate) == pytest.approx(
            (pinned, fresh), abs=1e-14
        )
    (own, none), (other, _) = found.controls[:, 2]
    assert own - other == pytest.approx(np.log(0.7 / 0.3))
    assert np.isnan([none, *found.controls[:, 3].ravel()]).all()


def test_nothing_to_recheck_is_nothing(retest: Callable[..., list[Check]]) -> None:
    """No findings, no checks."""
    assert retest([]) == []
