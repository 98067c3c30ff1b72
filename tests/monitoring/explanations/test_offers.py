"""Every conclusion's claim can be read, and holds of the case it is about."""

from collections.abc import Callable

import pytest

from halflife.models.domain import Status
from halflife.models.explain.conditions import Among, Between
from halflife.models.learner.model import Model
from halflife.models.rows import ROW_ID, Part, Window
from halflife.monitoring.claims.estimation.measure import Question, measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.explanations import offers as module
from halflife.monitoring.explanations.explanation import Explanation
from halflife.monitoring.explanations.offers import offers
from halflife.monitoring.explanations.predicate import predicate

Told = Callable[..., Explanation]


def test_claims_about_the_case_hold_with_the_figures_told(told: Told, model: Model, window: Window) -> None:
    """Measured as a recheck measures them, the decision's θ is the margin told, and every one of them holds."""
    for case in ("c0007", "c0011", "c0200"):
        said = told(case)
        sweep = ModelPass(model, Evidence({"cases": window.rows[window.rows[ROW_ID] == case]}))
        claims = [parse(o.claim) for o in offers(said, model.schema)]
        about = [c for c in claims if c.statistic in ("prediction", "top_reason", "flips")]
        answers = measure(sweep, [Question(c, c.scope, "cases") for c in about])
        assert {a.status for a in answers} == {Status.HOLDS}
        decision, reason = answers[0].interval, answers[1].interval
        assert decision is not None
        assert reason is not None
        assert decision.estimate == said.decision.margin
        first, second = (abs(r.attribution) for r in said.reasons[:2])
        assert reason.estimate == pytest.approx(first - second)


def test_the_share_claimed_is_three_quarters_of_what_was_seen(told: Told, model: Model, window: Window) -> None:
    """On the discovery rows, by the statistic itself."""
    said = told("c0007")
    top = said.reasons[0].feature
    (claim,) = [parse(o.claim) for o in offers(said, model.schema) if o.statistic == "attribution_share"]
    sweep = ModelPass(model, Evidence({"discovery": window.part(Part.DISCOVERY)}))
    (answer,) = measure(sweep, [Question(claim, claim.scope, "discovery")])
    assert answer.interval is not None
    assert answer.interval.estimate == pytest.approx(said.shares[top])
    assert claim.threshold == pytest.approx(0.75 * said.shares[top], rel=0.05)


def test_only_statistics_this_build_has_are_offered(told: Told, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers stay without gaps; what cannot be tested is not offered."""
    few = {name: STATISTICS[name] for name in ("prediction", "attribution_share")}
    monkeypatch.setattr(module, "STATISTICS", few)
    found = offers(told("c0007"), model.schema)
    assert [(o.number, o.statistic) for o in found] == [(1, "prediction"), (2, "attribution_share")]


def test_every_counterfactual_has_its_claim_where_flips_is_known(told: Told, model: Model) -> None:
    """One ``flips`` claim each, with the changes as its argument, and one ``neighbour_share``, where they are known."""
    said = told("c0011")
    found = [o.statistic for o in offers(said, model.schema)]
    assert found.count("flips") == (len(said.counterfactuals) if "flips" in STATISTICS else 0)
    assert found.count("neighbour_share") == int("neighbour_share" in STATISTICS)


def test_conditions_become_predicates() -> None:
    """Names and text are quoted as SQL wants them; exceptions for missing values and zero are left out."""
    assert predicate(Among("plan", ("pro's",), ("basic",), missing=True), "pro's") == "plan = 'pro''s'"
    assert predicate(Among("plan", ("basic",), (), missing=False), "basic") == ""
    assert predicate(Among("plan", ("basic",), ("plus",), missing=True), None) == ""
    assert predicate(Between("emp.var.rate", upto=1.5), 1.0) == '"emp.var.rate" <= 1.5'
    assert predicate(Between("x"), 1.0) == ""
    assert predicate(Between("x", above=2.0, zero=True), 0.0) == ""
