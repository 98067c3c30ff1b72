"""What a session finds of errors that were put there, what it leaves alone, and how it is said."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Status, Version
from halflife.models.errors import ClaimError, UsageError
from halflife.models.learner.fit import fit
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, TICK, Column, Kind, Part, Schema, Split, Window
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.investigator.group_gaps import groups
from halflife.monitoring.investigator.lead import Investigation, Lead, Topic
from halflife.monitoring.investigator.policy_check import check_policy
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.session import findings, investigate
from halflife.monitoring.policy import InvestigatePolicy

Session = Callable[..., Investigation]
SEGMENTS = ("region", "sex")


def of(topic: Topic, leads: Sequence[Lead]) -> list[Lead]:
    """The leads of one topic, most at stake first."""
    return [lead for lead in leads if lead.topic is topic]


def test_a_leaked_column_is_called_a_shortcut_with_its_reasons(session: Session) -> None:
    """The review code that carries the label is what matters most; no other column is suspected."""
    found = session("shortcut")
    suspects = of(Topic.SHORTCUT, found.leads)
    assert {lead.claim.split('"')[1] for lead in suspects} == {"review_code"}
    assert "review_code may be a shortcut: it holds" in found.paragraph
    assert "of the ranking that the whole model does" in suspects[0].note
    assert "find out when review_code is known" in found.paragraph


def test_a_calm_world_raises_no_suspicion(session: Session) -> None:
    """Nothing was put there, and the paragraph says that nothing stood out."""
    found = session("calm")
    assert not of(Topic.SHORTCUT, found.leads)
    assert all(lead.stake < 0.01 for lead in found.leads)
    assert "Nothing else stood out" in found.paragraph
    assert "Next:" not in found.paragraph


def test_leaks_that_hide_each_other_are_all_named(session: Session, leaking: Any) -> None:
    """Three columns whose being filled gives the label away are one sentence and a claim each, and the AUC is a reason."""
    found = session("calm", leaking)
    suspects = of(Topic.SHORTCUT, found.leads)
    named = {lead.slug: lead for lead in suspects}
    assert set(named) == {"shortcut-device_age", "shortcut-utilization", "shortcut-region"}
    assert all(lead.claim.startswith('gap("base_rate", a=') for lead in suspects)
    assert sum(bool(lead.said) for lead in suspects) == 1
    assert "may give the label away: where" in found.paragraph
    assert "filled in nearly the same rows" in found.paragraph
    assert "is itself a reason to look." in found.paragraph


def test_an_honest_strong_column_carries_the_model_and_is_not_accused(session: Session, strong: Any) -> None:
    """A column that does most of the ranking, with no sign that it gives the label away, is told without suspicion."""
    found = session("calm", strong)
    assert not of(Topic.SHORTCUT, found.leads)
    assert "age carries the model: it holds" in found.paragraph
    assert "nothing shows that it gives the label away" in found.paragraph
    assert "make sure that age is known before the label" in found.paragraph


def test_a_mislabelled_segment_is_where_it_does_worst(session: Session, mixed_up: Any) -> None:
    """Labels of the north were mixed up before training: the slice is named, with what to read next."""
    found = session("calm", mixed_up)
    worst = of(Topic.SLICE, found.leads)[0]
    assert worst.claim.startswith("slice_loss(\"region = 'north'\") >")
    assert "labels were mixed up" in worst.said
    assert "read some rows where region = 'north': are their labels right?" in found.paragraph


def test_a_miscalibrated_group_is_named_with_both_rates(session: Session, more: Any) -> None:
    """Of a group whose labels changed after training, what the model expects and what happened are both told."""
    found = session("calm", more, untrained=True)
    odds = [lead for lead in of(Topic.CALIBRATION, found.leads) if "north" in lead.slug]
    assert re.fullmatch(r"says 29%, 51% happened, on 32% of the rows", odds[0].note)
    assert odds[0].claim.startswith("calibration_intercept(where=\"region = 'north'\") >")
    assert "region = 'north'" in found.paragraph
    assert "It is sure and wrong" in found.paragraph


def test_an_expectation_that_is_contradicted_is_told_and_one_that_is_met_is_filed(session: Session) -> None:
    """Scores rise with velocity and fall with income; expecting both to rise, one is news and the other is watched."""
    found = session("calm", expect={"velocity": "+", "income": "+"})
    said = {lead.slug: lead for lead in of(Topic.EXPECTATION, found.leads)}
    assert said["expect-income"].claim.startswith('effect("income") < -0.')
    assert "The score falls with income, which it should rise with" in found.paragraph
    assert said["expect-velocity"].claim.startswith('effect("velocity") > 0.')
    assert (said["expect-velocity"].stake, said["expect-velocity"].said) == (0.0, "")


def test_decisions_that_are_all_the_same_are_no_gaps(scored: Any) -> None:
    """Where the model never decides 1, that is said once with the setting behind it, and no gap of 0 % is told."""
    model = replace(scored.model, threshold=0.999)
    leads = groups(ScoredRows(model, scored.rows), InvestigatePolicy(segments=SEGMENTS))
    (told,) = [lead for lead in leads if lead.slug == "one-decision"]
    assert told.said.startswith("It decides 0 for every row, so decisions do not differ between groups: the highest")
    assert told.said.endswith("`recipe.threshold` is 0.999")
    assert "lower `recipe.threshold`" in told.check
    assert not any(lead.slug.startswith(("gap-", "even-")) for lead in leads)
    assert not any(lead.slug == "one-decision" for lead in groups(scored, InvestigatePolicy(segments=SEGMENTS)))


def test_a_column_that_is_known_too_late_is_a_shortcut_whenever_it_is_used(session: Session) -> None:
    """Declared, a modest column is called a shortcut; undeclared it is not."""
    found = session("calm", available_after=("distance",))
    assert "distance is a shortcut: it is only known after the label" in found.paragraph
    assert "train without distance and see what is left" in found.paragraph


def test_findings_are_diverse_unique_and_readable(session: Session, version: Version) -> None:
    """20 to 40 findings of many kinds, a handful about cases; fewer are asked for, every topic keeps its turn."""
    leads = session("shortcut", segments=SEGMENTS, expect={"velocity": "+", "income": "+"}).leads
    filed = findings(version, leads, 40)
    assert 20 <= len(filed) <= 40
    assert len({f.name for f in filed}) == len({f.claim for f in filed}) == len(filed)
    assert all(str(parse(f.claim)) == f.claim and f.statistic in STATISTICS for f in filed)
    assert sum(f.statistic in ("prediction", "top_reason") for f in filed) <= 8
    assert len({f.statistic for f in filed}) >= 8
    few = findings(version, leads, 7)
    topics = {lead.topic for lead in leads if lead.claim}
    assert len(few) == 7
    assert len({lead.topic for lead in leads if f"v3-{lead.slug}" in {f.name for f in few}}) == min(7, len(topics))


def test_a_session_is_the_same_every_time(session: Session) -> None:
    """Same model, rows and agenda: same leads in the same order, same words."""
    assert session("shortcut", segments=SEGMENTS) == session("shortcut", segments=SEGMENTS)


def test_what_is_suggested_mostly_holds_on_rows_that_did_not_suggest_it(
    session: Session, version: Version, shortcut: tuple[Any, pd.DataFrame]
) -> None:
    """Of the claims suggested by discovery rows, evidence rows refute none and confirm three quarters."""
    model, evidence = shortcut
    suggested = findings(version, session("shortcut", segments=SEGMENTS).leads, 40)
    claims = [f for f in suggested if f.statistic not in ("prediction", "top_reason")]
    questions = [Question(parse(f.claim), f.scope, "evidence") for f in claims]
    found = measure(ModelPass(model, Evidence({"evidence": evidence})), questions, replicates=200)
    assert not any(m.status.refutes for m in found)
    assert sum(m.status is Status.HOLDS for m in found) >= 0.75 * len(found)


def test_too_few_rows_say_nothing(version: Version, scored: ScoredRows) -> None:
    """Below 50 rows, or with one label only, there is one sentence and no lead."""
    few = investigate(version, scored.model, scored.rows.iloc[:40], InvestigatePolicy())
    assert (few.leads, few.paragraph) == ((), "v3 has 40 labelled discovery rows: too little to say anything.")
    zeros = scored.rows[scored.label == 0]
    assert "all with one label" in investigate(version, scored.model, zeros, InvestigatePolicy()).paragraph


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (InvestigatePolicy(segments=("aeg > 3",)), "aeg"),
        (InvestigatePolicy(expect={"aeg": "+"}), "'aeg' is not a column; columns are age, job; did you mean 'age'?"),
        (InvestigatePolicy(expect={"job": "+"}), "only a numeric column can rise"),
        (InvestigatePolicy(available_after=("jobs",)), "did you mean 'job'?"),
    ],
)
def test_a_policy_that_does_not_fit_the_columns_is_refused(policy: InvestigatePolicy, said: str) -> None:
    """Each fault names what was asked and what there is."""
    schema = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    with pytest.raises((ClaimError, UsageError), match=re.escape(said)):
        check_policy(policy, schema)


def test_the_effect_of_the_strongest_column_is_filed_and_none_of_noise(version: Version) -> None:
    """Of a window of some hundred discovery rows too: bins have as many rows as there are, and labels must bear it out."""
    rng = np.random.default_rng(2)
    n = 1200
    strong, noise = rng.normal(size=n), rng.integers(0, 3, n).astype(float)
    label = (rng.random(n) < 1 / (1 + np.exp(-2 * strong))).astype(float)
    rows = pd.DataFrame({ROW_ID: [f"c{k}" for k in range(n)], TICK: np.arange(n) // 200, LABEL: label})
    rows = rows.assign(strong=strong, noise=noise)
    window = Window(0, 5, "1", rows, Split(discovery=0.1))
    schema = Schema((Column("strong", Kind.NUMERIC), Column("noise", Kind.NUMERIC)))
    model = fit(window, schema, Recipe(trees=40, leaves=15, threads=1), seed=1)
    found = investigate(version, model, window.part(Part.DISCOVERY), InvestigatePolicy())
    assert 50 < found.rows < 160
    filed = findings(version, found.leads, 40)
    assert [f.claim.split(" ")[0] for f in filed if f.statistic == "effect"] == ['effect("strong")']


def test_odd_columns_are_survived(version: Version) -> None:
    """An empty column, a constant one, names and values with quotes and dots, and missing values everywhere."""
    rng = np.random.default_rng(8)
    n = 3000
    x, word = rng.normal(size=n), rng.choice(["pro's", 'a "b"', "c"], n)
    label = (rng.random(n) < 1 / (1 + np.exp(-x - (word == "pro's")))).astype(float)
    rows = pd.DataFrame({ROW_ID: [f"c{k}" for k in range(n)], TICK: np.arange(n) // 500, LABEL: label})
    rows['odd "x".y'] = np.where(rng.random(n) < 0.2, np.nan, x)
    rows["select"] = pd.Series(word).where(rng.random(n) > 0.2)
    rows["empty"], rows["same"] = np.nan, 1.0
    kinds = {'odd "x".y': Kind.NUMERIC, "select": Kind.CATEGORICAL, "empty": Kind.NUMERIC, "same": Kind.NUMERIC}
    schema = Schema(tuple(Column(name, kind) for name, kind in kinds.items()))
    window = Window(0, 5, "1", rows, Split(discovery=0.3))
    model = fit(window, schema, Recipe(trees=20, leaves=7, threads=1), seed=1)
    policy = InvestigatePolicy(
        segments=("select", 'odd "x".y', "empty", "same"),
        expect={'odd "x".y': "-", "empty": "+", "same": "+"},
        available_after=("empty", "select"),
    )
    found = investigate(version, model, window.part(Part.DISCOVERY), policy)
    for finding in findings(version, found.leads, 100):
        assert parse(finding.claim, schema=schema)
    assert 'The score rises with odd "x".y, which it should fall with' in found.paragraph
    said = {lead.slug: lead.said for lead in found.leads}
    assert said["shortcut-select"] == "select is a shortcut: it is only known after the label"
    notes = {lead.slug: lead.note for lead in found.leads}
    assert notes["expect-empty"] == "empty hardly moves the score (+0.00 log-odds)"
