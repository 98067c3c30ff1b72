"""The contract every statistic keeps, whatever it computes. The checks that ours pass.

A statistic of another package is installed with its entry point (``halflife.statistics``) and checked by claims about
the columns of `halflife.testing.small_model`, its own ``example`` first::

    SPECIMEN = Specimen("vibes() > 0.5")

    @pytest.mark.parametrize("check", statistic_checks(SPECIMEN))
    def test_vibes_keep_the_contract(check):
        check(SPECIMEN)
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from halflife.models.domain import Scope, Status
from halflife.models.rows import LABEL
from halflife.monitoring.claims.evidence.model_view import View
from halflife.monitoring.claims.evidence.reference_rows import Reference
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic, SetStatistic
from halflife.monitoring.claims.syntax.arguments import ArgumentKind
from halflife.testing.asserting import equal
from halflife.testing.small_model import SCHEMA, small_pass, small_rows
from halflife.testing.statistic_specimens import Specimen, answer, standard_error, theta

Check: TypeAlias = Callable[[Specimen], None]


def statistic_checks(specimen: Specimen) -> list[Check]:
    """The checks that apply to a claim; each raises AssertionError where its first line is not so.

    >>> [check.__name__ for check in statistic_checks(Specimen('prediction(case="41023") > 0'))]
    ['says_what_it_is', 'is_measured', 'knows_no_order', 'counts_a_row_once', 'survives_one_class',
     'depends_on_what_it_names']
    """
    claim = specimen.claim
    found: list[Check] = [says_what_it_is] if specimen.text == STATISTICS[claim.statistic].example else []
    found += [is_measured, knows_no_order, counts_a_row_once, survives_one_class, depends_on_what_it_names]
    if isinstance(claim.about, SetStatistic):
        found.append(weighs_rows)
        if "where" in {argument.name for argument in claim.about.arguments}:
            found.append(says_when_nobody_is_there)
        if claim.about.segment(dict(claim.arguments)).labelled:
            found.append(needs_its_labels)
    return found


def says_what_it_is(specimen: Specimen) -> None:
    """Its example is canonical and about it, its source is named, each argument has a meaning."""
    statistic, claim = STATISTICS[specimen.claim.statistic], specimen.claim
    equal((claim.statistic, str(claim)), (statistic.name, statistic.example), "the example is canonical, and about it")
    assert "Source: " in statistic.explanation, "the docstring ends in 'Source: ' and who said so"
    assert statistic.description, "the docstring says nothing"
    assert "\n" not in statistic.description, "the description is more than one line"
    for argument in statistic.arguments:
        name, is_choice = argument.name, argument.kind is ArgumentKind.CHOICE
        assert argument.meaning, f"argument {name} has no meaning"
        assert bool(argument.default) != argument.required, f"argument {name} has a default or has to be given"
        assert bool(argument.choices) == is_choice, f"argument {name} has choices, or is none of some"
    assert not statistic.untestable or statistic.untestable.endswith("."), "why it is untestable is no sentence"


def is_measured(specimen: Specimen) -> None:
    """θ is finite and inside a finite interval; exact for a case, with an error for a population."""
    claim, found = specimen.claim, answer(small_pass(), specimen.text)
    assert found.interval is not None, found.reason
    lower, upper = found.interval.lower, found.interval.upper
    assert lower <= found.interval.estimate <= upper, f"θ is not in its interval: {found.interval}"
    assert np.isfinite([lower, upper]).all(), f"the interval is not finite: {found.interval}"
    is_case = isinstance(claim.about, CaseStatistic)
    equal(claim.scope, Scope.ARTIFACT if is_case else Scope.POPULATION, "a claim is about a case or about rows")
    equal(lower == upper, is_case or specimen.still, "θ of a case is exact, of a population it has an error")
    equal(found.p_value is None, is_case, "an exact claim has no p-value, another has one")


def weighs_rows(specimen: Specimen) -> None:
    """θ(Σ wᵢ·columnsᵢ) is θ of the rows repeated wᵢ times: exact for ratios, close where linearised or binned."""
    sweep, claim = small_pass(), specimen.claim
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
    allowed = specimen.linearised and specimen.linearised * standard_error(sweep, specimen.text)
    _close(weighted, direct, allowed or 1e-12, "weighting rows is repeating them")


def knows_no_order(specimen: Specimen) -> None:
    """The same estimate and the same interval from shuffled rows, beside two other sets, one of which shares rows."""
    frame, other = small_rows(300, seed=1), small_rows(200, seed=2, first=90_000)
    alone = answer(small_pass(evidence=frame), specimen.text)
    shuffled = frame.sample(frac=1, random_state=3)
    company = {"other": other, "evidence": shuffled, "more": pd.concat([other, frame[:100]])}
    together = answer(small_pass(**company), specimen.text)
    assert alone.interval is not None, alone.reason
    assert together.interval is not None, together.reason
    found = (together.interval.estimate, together.interval.lower, together.interval.upper)
    expected = (alone.interval.estimate, alone.interval.lower, alone.interval.upper)
    _close(found, expected, 2e-6, "order and company change nothing")
    equal((together.rows, together.status), (alone.rows, alone.status), "nor do they change the verdict")


def counts_a_row_once(specimen: Specimen) -> None:
    """The same rows under two names give the same estimate under each: nothing is counted for both."""
    frame = small_rows(300, seed=1)
    sweep = small_pass(a=frame, b=frame)
    alone = theta(small_pass(evidence=frame), specimen.text)
    found = [theta(sweep, specimen.text, rows) for rows in ("a", "b")]
    _close(found, (alone, alone), 1e-12, "rows under two names count once for each")


def says_when_nobody_is_there(specimen: Specimen) -> None:
    """No row is like this: that is said, with the condition, and nothing is estimated."""
    claim = specimen.claim
    given = {**dict(claim.arguments), "where": "duration > 99"}
    declared = [argument.name for argument in claim.about.arguments if argument.name in given]
    empty = str(replace(claim, arguments=tuple((name, given[name]) for name in declared)))
    found = answer(small_pass(), empty)
    if specimen.empty is not None:  # that nobody is there is just what it can say
        assert found.interval is not None, found.reason
        equal(found.interval.estimate, specimen.empty, "nobody is there, and that is what it says")
        return
    equal((found.status, found.interval), (Status.UNTESTABLE, None), "without rows there is nothing to estimate")
    assert "duration > 99" in found.reason, f"the reason does not name the condition: {found.reason!r}"


def needs_its_labels(specimen: Specimen) -> None:
    """Every label is missing: untestable, for want of labelled rows, positives or negatives."""
    found = answer(small_pass(evidence=small_rows(200, seed=1).assign(**{LABEL: np.nan})), specimen.text)
    equal(found.status, Status.UNTESTABLE, "without labels there is nothing to test")
    assert found.reason.startswith("0 "), f"the reason does not count what is missing: {found.reason!r}"


def survives_one_class(specimen: Specimen) -> None:
    """With negatives alone it is finite or says what is missing; a statistic about positives says so."""
    found = answer(small_pass(evidence=small_rows(300, seed=1).assign(**{LABEL: 0.0})), specimen.text)
    if found.interval is None:
        assert found.reason, "it is untestable, and no reason is given"
    else:
        assert np.isfinite(found.interval.estimate), "with one class alone, θ is not finite"
    equal(found.interval is None, specimen.needs_positives, "it needs positives as it says")


def depends_on_what_it_names(specimen: Specimen) -> None:
    """In the schema's order, columns it names or all; of columns it names alone where it speaks of columns."""
    claim = specimen.claim
    found = claim.about.depends_on(dict(claim.arguments), SCHEMA.names)
    named = tuple(column for column in SCHEMA.names if column in str(claim))
    equal(found, tuple(column for column in SCHEMA.names if column in found), "columns are in the schema's order")
    assert found in (named, SCHEMA.names), f"it depends on {found}: neither what it names, {named}, nor all"
    if claim.about.of_columns and claim.scope is Scope.POPULATION:
        equal(found, named, "it speaks of columns, and depends on those it names")


def _close(found: Any, expected: Any, allowed: float, sentence: str) -> None:
    """Figures are as expected, give or take what is allowed."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=allowed, err_msg=sentence)
