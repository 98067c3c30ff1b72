"""The contract every statistic keeps, whatever it computes: the checks that ours pass, for anybody's.

A statistic of another package is installed with its entry point (``halflife.statistics``) and checked by claims about
the columns of `halflife.testing.small_model`, its own ``example`` first::

    SPECIMEN = Specimen("vibes() > 0.5")

    @pytest.mark.parametrize("check", checks(SPECIMEN))
    def test_vibes_keep_the_contract(check):
        check(SPECIMEN)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtri

from halflife.models.domain import Measurement, Scope, Status
from halflife.models.rows import LABEL
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.evidence.reference_rows import Reference
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic, SetStatistic
from halflife.monitoring.claims.syntax.arguments import ArgumentKind
from halflife.testing.small_model import SCHEMA, small_pass, small_rows


@dataclass(frozen=True)
class Specimen:
    """A claim under check, and where its statistic keeps the contract in a way of its own.

    Attributes:
        text: of the claim, canonical; a case in it is ``"41023"``.
        linearised: how far weighting a row twice may be from having it twice, in standard errors; 0 for ratios of sums.
        still: on the rows it was made on, θ is known exactly.
        empty: θ where no row is in the segment; None where that is untestable.
        needs_positives: it says nothing of negatives alone.
    """

    text: str
    linearised: float = 0.0
    still: bool = False
    empty: float | None = None
    needs_positives: bool = False

    @property
    def claim(self) -> Claim:
        """The claim as data."""
        return parse(self.text, schema=SCHEMA)


Check: TypeAlias = Callable[[Specimen], None]


def checks(specimen: Specimen) -> list[Check]:
    """The checks that apply to a claim; each raises AssertionError where its first line is not so.

    >>> [check.__name__ for check in checks(Specimen('prediction(case="41023") > 0'))]
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
    assert (claim.statistic, str(claim)) == (statistic.name, statistic.example)
    assert "Source: " in statistic.explanation, "the docstring ends in 'Source: ' and who said so"
    assert statistic.description
    assert "\n" not in statistic.description
    assert all(argument.meaning for argument in statistic.arguments)
    assert all(bool(argument.default) != argument.required for argument in statistic.arguments)
    assert all(bool(a.choices) == (a.kind is ArgumentKind.CHOICE) for a in statistic.arguments)
    assert not statistic.untestable or statistic.untestable.endswith(".")


def is_measured(specimen: Specimen) -> None:
    """θ is finite and inside a finite interval; exact for a case, with an error for a population."""
    claim, found = specimen.claim, answer(small_pass(), specimen.text)
    assert found.interval is not None, found.reason
    assert found.interval.lower <= found.interval.estimate <= found.interval.upper
    assert np.isfinite([found.interval.lower, found.interval.upper]).all()
    is_case = isinstance(claim.about, CaseStatistic)
    assert claim.scope is (Scope.ARTIFACT if is_case else Scope.POPULATION)
    assert (found.interval.lower == found.interval.upper) == (is_case or specimen.still)
    assert (found.p_value is None) == is_case


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
    allowed = specimen.linearised and specimen.linearised * _error(sweep, specimen.text)
    np.testing.assert_allclose(weighted, direct, rtol=0, atol=allowed or 1e-12)


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
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    assert (together.rows, together.status) == (alone.rows, alone.status)


def counts_a_row_once(specimen: Specimen) -> None:
    """The same rows under two names give the same estimate under each: nothing is counted for both."""
    frame = small_rows(300, seed=1)
    sweep = small_pass(a=frame, b=frame)
    alone = theta(small_pass(evidence=frame), specimen.text)
    found = [theta(sweep, specimen.text, rows) for rows in ("a", "b")]
    np.testing.assert_allclose(found, alone, rtol=0, atol=1e-12)


def says_when_nobody_is_there(specimen: Specimen) -> None:
    """No row is like this: that is said, with the condition, and nothing is estimated."""
    claim = specimen.claim
    given = {**dict(claim.arguments), "where": "duration > 99"}
    declared = [argument.name for argument in claim.about.arguments if argument.name in given]
    empty = str(replace(claim, arguments=tuple((name, given[name]) for name in declared)))
    found = answer(small_pass(), empty)
    if specimen.empty is not None:  # that nobody is there is just what it can say
        assert found.interval is not None, found.reason
        assert found.interval.estimate == specimen.empty
        return
    assert (found.status, found.interval) == (Status.UNTESTABLE, None)
    assert "duration > 99" in found.reason


def needs_its_labels(specimen: Specimen) -> None:
    """Every label is missing: untestable, for want of labelled rows, positives or negatives."""
    found = answer(small_pass(evidence=small_rows(200, seed=1).assign(**{LABEL: np.nan})), specimen.text)
    assert found.status is Status.UNTESTABLE
    assert found.reason.startswith("0 ")


def survives_one_class(specimen: Specimen) -> None:
    """With negatives alone it is finite or says what is missing; a statistic about positives says so."""
    found = answer(small_pass(evidence=small_rows(300, seed=1).assign(**{LABEL: 0.0})), specimen.text)
    if found.interval is None:
        assert found.reason
    else:
        assert np.isfinite(found.interval.estimate)
    assert (found.interval is None) == specimen.needs_positives


def depends_on_what_it_names(specimen: Specimen) -> None:
    """In the schema's order, columns it names or all; of columns it names alone where it speaks of columns."""
    claim = specimen.claim
    found = claim.about.depends_on(dict(claim.arguments), SCHEMA.names)
    named = tuple(column for column in SCHEMA.names if column in str(claim))
    assert found == tuple(column for column in SCHEMA.names if column in found)
    assert found in (named, SCHEMA.names)
    if claim.about.of_columns and claim.scope is Scope.POPULATION:
        assert found == named


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


def _error(sweep: ModelPass, text: str) -> float:
    """The standard error of a statistic, from the width of its interval."""
    found = answer(sweep, text, scope=Scope.POPULATION)
    assert found.interval is not None, found.reason
    return (found.interval.upper - found.interval.lower) / 2 / float(ndtri(0.95))
