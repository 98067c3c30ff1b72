"""The contract that every statistic keeps, whatever it computes."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from halflife.models.domain import Measurement, Scope, Status
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, Schema
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.evidence.reference_rows import Reference
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic, SetStatistic
from halflife.monitoring.claims.syntax.arguments import ArgumentKind

RELATIVES = {
    "ale": 'effect("duration", kind="ale") > 0',
    "effect of a category": 'effect("sex", low="F", high="M") > 0',
    "flip share": 'flips(set={"duration": -3}, where="sex = \'F\'") > 0.1',
    "gap of auc": 'gap("auc", a="sex = \'F\'", b="sex = \'M\'") > 0',
    "gap of means": 'gap("brier", a="sex = \'F\'", b="sex = \'M\'") > 0',
    "reliance by loss": 'reliance("duration", metric="loss") > 0',
    "reliance by permutation": 'reliance(["duration", "job"], do="permutation") > 0',
    "drift of a category": 'drift("job") < 0.2',
    "neighbours' labels": 'neighbour_share(case="41023") > 0.1',
}
"""Claims about other members of families than the one in the example."""
EXAMPLES = {**{name: s.example for name, s in STATISTICS.items()}, **RELATIVES}
LINEARISED = {
    "auc": 0.2,
    "calibration_intercept": 0.2,
    "calibration_slope": 0.2,
    "gap of auc": 0.2,
    "calibration_error": 1.0,
}
"""Where weights do more than they can say: how far off, in standard errors. Bins of repeated rows are other bins."""
SETS = [name for name, text in EXAMPLES.items() if isinstance(parse(text).about, SetStatistic)]
BY_LABEL = [name for name, text in EXAMPLES.items() if parse(text).about.needs_labels or name == "reliance by loss"]


def answer(sweep: ModelPass, text: str, rows: str = "evidence", scope: Scope | None = None) -> Measurement:
    """What is measured of a claim, on its own scope unless told otherwise."""
    claim = parse(text)
    (found,) = measure(sweep, [Question(claim, claim.scope if scope is None else scope, rows)], replicates=200)
    return found


def theta(sweep: ModelPass, text: str, rows: str = "evidence") -> float:
    """θ of a claim."""
    found = answer(sweep, text, rows)
    assert found.interval is not None, found.reason
    return found.interval.estimate


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_says_what_it_is(name: str, schema: Schema) -> None:
    """Its example is canonical and about it, its source is named, each argument has a meaning."""
    statistic = STATISTICS[name]
    claim = parse(statistic.example, schema=schema)
    assert (claim.statistic, str(claim)) == (name, statistic.example)
    assert "Source: " in statistic.explanation
    assert statistic.description
    assert "\n" not in statistic.description
    assert all(argument.meaning for argument in statistic.arguments)
    assert all(bool(argument.default) != argument.required for argument in statistic.arguments)
    assert all(bool(a.choices) == (a.kind is ArgumentKind.CHOICE) for a in statistic.arguments)
    assert not statistic.untestable or statistic.untestable.endswith(".")


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_an_example_is_measured(text: str, sweep: ModelPass) -> None:
    """θ is finite and inside a finite interval; exact for a case, with an error for a population."""
    claim, found = parse(text), answer(sweep, text)
    assert found.interval is not None, found.reason
    assert found.interval.lower <= found.interval.estimate <= found.interval.upper
    assert np.isfinite([found.interval.lower, found.interval.upper]).all()
    is_case = isinstance(claim.about, CaseStatistic)
    assert claim.scope is (Scope.ARTIFACT if is_case else Scope.POPULATION)
    standing_still = claim.statistic == "drift"  # on the rows it was made on
    assert (found.interval.lower == found.interval.upper) == (is_case or standing_still)
    assert (found.p_value is None) == is_case


@pytest.mark.parametrize("name", SETS)
def test_weighting_a_row_twice_is_having_it_twice(name: str, sweep: ModelPass) -> None:
    """θ(Σ wᵢ·columnsᵢ) is θ of the rows repeated wᵢ times: exact for ratios, close where linearised or binned."""
    claim = parse(EXAMPLES[name])
    arguments = dict(claim.arguments)
    if claim.about.settles:
        arguments |= claim.about.settle(arguments, Reference("evidence", sweep.evidence, sweep.model.schema))
    statistic = STATISTICS[claim.statistic].of(arguments)
    assert isinstance(statistic, SetStatistic)
    view = View(sweep, np.flatnonzero(sweep.evidence.mask(statistic.segment(arguments))))
    weights = np.random.default_rng(2).poisson(1, len(view))
    weighted = float(statistic.value(weights @ statistic.columns(view, arguments)))
    repeated = View(sweep, np.repeat(view.rows, weights))
    direct = float(statistic.value(statistic.columns(repeated, arguments).sum(axis=0)))
    assert weighted == pytest.approx(direct, abs=error(sweep, EXAMPLES[name]) * LINEARISED.get(name, 0) or 1e-12)


def error(sweep: ModelPass, text: str) -> float:
    """The standard error of a statistic, from the width of its interval."""
    found = answer(sweep, text, scope=Scope.POPULATION)
    assert found.interval is not None
    return (found.interval.upper - found.interval.lower) / 2 / float(norm.ppf(0.95))


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_the_order_of_rows_and_the_rows_beside_them_change_nothing(
    text: str, model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """The same estimate and the same interval from shuffled rows, beside two other sets, one of which shares rows."""
    frame, other = rows(300, seed=1), rows(200, seed=2, first=90_000)
    alone = answer(ModelPass(model, Evidence({"evidence": frame})), text)
    shuffled = frame.sample(frac=1, random_state=3)
    company = {"other": other, "evidence": shuffled, "more": pd.concat([other, frame[:100]])}
    together = answer(ModelPass(model, Evidence(company)), text)
    assert alone.interval is not None
    assert together.interval is not None
    found = (together.interval.estimate, together.interval.lower, together.interval.upper)
    expected = (alone.interval.estimate, alone.interval.lower, alone.interval.upper)
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    assert (together.rows, together.status) == (alone.rows, alone.status)


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_a_row_that_comes_twice_counts_once_as_evidence(
    text: str, model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """The same rows under two names give the same estimate under each: nothing is counted for both."""
    frame = rows(300, seed=1)
    sweep = ModelPass(model, Evidence({"a": frame, "b": frame}))
    alone = theta(ModelPass(model, Evidence({"evidence": frame})), text)
    assert theta(sweep, text, "a") == theta(sweep, text, "b") == pytest.approx(alone, abs=1e-12)


@pytest.mark.parametrize("name", [n for n in SETS if "where" in {a.name for a in parse(EXAMPLES[n]).about.arguments}])
def test_an_empty_segment_is_untestable(name: str, sweep: ModelPass) -> None:
    """No row is like this: that is said, with the condition, and nothing is estimated."""
    claim = parse(EXAMPLES[name])
    arguments = {**dict(claim.arguments), "where": "duration > 99"}
    order = {argument.name: k for k, argument in enumerate(claim.about.arguments)}
    empty = type(claim)(
        claim.statistic,
        tuple(sorted(arguments.items(), key=lambda pair: order[pair[0]])),
        claim.comparator,
        claim.threshold,
    )
    if claim.statistic == "representation":  # that nobody is there is just what it can say
        assert theta(sweep, str(empty)) == 0
        return
    found = answer(sweep, str(empty))
    assert (found.status, found.interval) == (Status.UNTESTABLE, None)
    assert "duration > 99" in found.reason


@pytest.mark.parametrize("name", BY_LABEL)
def test_without_labels_nothing_is_said_that_needs_them(
    name: str, model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """Every label is missing: untestable, for want of labelled rows, positives or negatives."""
    frame = rows(200, seed=1)
    frame[LABEL] = np.nan
    found = answer(ModelPass(model, Evidence({"evidence": frame})), EXAMPLES[name])
    assert found.status is Status.UNTESTABLE
    assert found.reason.startswith("0 ")


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_one_class_gives_a_number_or_a_reason(text: str, model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """With negatives alone every statistic is finite or says what is missing; those about positives say so."""
    frame = rows(300, seed=1).assign(**{LABEL: 0.0})
    found = answer(ModelPass(model, Evidence({"evidence": frame})), text)
    if found.interval is None:
        assert found.reason
    else:
        assert np.isfinite(found.interval.estimate)
    ranks_or_fits = {"auc", "tpr", "calibration_slope", "calibration_intercept"}
    assert (found.interval is None) == (parse(text).statistic in ranks_or_fits or '"auc"' in text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_claim_depends_on_are_columns_it_names_or_all(name: str, schema: Schema) -> None:
    """In the schema's order; a statistic of columns depends on those it names, whatever part of the claim names them."""
    claim = parse(EXAMPLES[name])
    found = claim.about.depends_on(dict(claim.arguments), schema.names)
    assert found == tuple(column for column in schema.names if column in found)
    named = tuple(column for column in schema.names if column in str(claim))
    assert found in (named, schema.names)
    if claim.about.of_columns and claim.scope is Scope.POPULATION:
        assert found == named


def test_ids_are_all_that_tells_rows_apart(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Other ids are other weights: the estimate stays, the resampled interval does not."""
    frame = rows(300, seed=1)
    other = frame.assign(**{ROW_ID: [f"x{name}" for name in frame[ROW_ID]]})
    one, two = (answer(ModelPass(model, Evidence({"evidence": f})), "log_loss() < 1") for f in (frame, other))
    assert one.interval is not None
    assert two.interval is not None
    assert one.interval.estimate == pytest.approx(two.interval.estimate)
    assert one.interval.lower != two.interval.lower
