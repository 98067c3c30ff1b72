"""What many questions need of any model: worked out once, whatever number of models answer them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.errors import ClaimError, EvidenceTooSmall
from halflife.models.rows import Mask, Schema
from halflife.monitoring.claims.estimation.term_sums import Terms
from halflife.monitoring.claims.evidence.evidence_rows import Evidence, Rows
from halflife.monitoring.claims.evidence.model_view import ModelPass, WhatIf
from halflife.monitoring.claims.evidence.reference_rows import Reference
from halflife.monitoring.claims.language.question import Question, Subject
from halflife.monitoring.claims.language.schema_check import check
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import (
    MIN_ROWS,
    CaseStatistic,
    Requirement,
    SetStatistic,
    SumStatistic,
    Term,
    ones,
)
from halflife.monitoring.claims.syntax.arguments import ArgumentKind, Arguments
from halflife.monitoring.claims.syntax.claim_text import Value
from halflife.monitoring.claims.syntax.segment import Segment


@dataclass(frozen=True)
class Formula:
    """What a sum statistic makes of its arguments, whatever set they are asked of.

    Attributes:
        terms: numbers of its terms, in the order the statistic's ``value`` counts them.
        elsewhere: which of them are summed over the reference rows.
        counted: number of the term that counts its rows.
        required: number of a term, what its sum must reach, the name of what is counted, whether among the reference
            rows.
    """

    terms: tuple[int, ...]
    elsewhere: tuple[bool, ...]
    counted: int
    required: tuple[tuple[int, int, str, bool], ...]


@dataclass(frozen=True)
class SumUnit:
    """A θ that is a function of sums of terms, over the set with position ``at``.

    Attributes:
        reference: position of the reference rows; ``at`` when there are none.
    """

    number: int
    statistic: SumStatistic
    formula: Formula
    at: int
    reference: int

    @property
    def sets(self) -> tuple[int, ...]:
        """The position of the set each term is summed over."""
        return tuple(self.reference if elsewhere else self.at for elsewhere in self.formula.elsewhere)


@dataclass(frozen=True)
class SetUnit:
    """A θ with columns that depend on the rows beside one another: rows of a set, in its order."""

    number: int
    statistic: SetStatistic
    arguments: Arguments
    at: int
    segment: Segment
    rows: Rows

    @property
    def sets(self) -> int:
        """The position of the set its columns are summed over."""
        return self.at


@dataclass(frozen=True)
class CaseUnit:
    """A θ of one row, shape (1,)."""

    number: int
    statistic: CaseStatistic
    arguments: Arguments
    threshold: Value
    rows: Rows


class QueryPlan:
    """The distinct subjects of many questions, and what it takes to estimate them, on models of one schema.

    Args:
        questions: claims with the rows they are put to.
        evidence: with those rows.
        schema: of the models that will be asked.

    Attributes:
        subjects: subject -> its number, U of them.
        faults: number -> why nothing can be estimated, whatever the model.
        terms: of all sum statistics.
    """

    def __init__(self, questions: Sequence[Question], evidence: Evidence, schema: Schema) -> None:
        self.questions, self.evidence, self.schema = questions, evidence, schema
        self.subjects: dict[Subject, int] = {}
        self.faults: dict[int, str] = {}
        self.terms = Terms(evidence)
        self.sums: list[SumUnit] = []
        self.sets: list[SetUnit] = []
        self.cases: list[CaseUnit] = []
        self._formulas: dict[tuple[str, tuple[tuple[str, Value], ...], str | None], Formula] = {}
        self._references: dict[str, Reference] = {}
        self._explained = np.zeros(len(evidence), dtype=bool)
        self._imagined: dict[WhatIf, Mask] = {}
        alike: dict[bytes, int] = {}  # sets of the same rows are one, so that what is compared on them is equal in bits
        self._positions = {n: alike.setdefault(m.tobytes(), at) for at, (n, m) in enumerate(evidence.member.items())}
        self._within: dict[tuple[str, Segment], Rows] = {}
        evidence.expect(_predicates(questions))
        for question in questions:
            if question.subject not in self.subjects:
                self.subjects[question.subject] = number = len(self.subjects)
                try:
                    check(question.claim, schema)
                    self._add(number, question)
                except ClaimError as error:
                    self.faults[number] = error.message
                except EvidenceTooSmall as error:
                    self.faults[number] = str(error)

    def prepare(self, sweep: ModelPass) -> None:
        """Explain and imagine every row that will be asked about: one call each for all questions."""
        if self._explained.any():
            sweep.attributions(np.flatnonzero(self._explained))
        if self._imagined:
            sweep.imagine({change: np.flatnonzero(mask) for change, mask in self._imagined.items()})

    def _add(self, number: int, question: Question) -> None:
        arguments = self._settled(question)
        statistic = STATISTICS[question.claim.statistic].of(arguments)
        at, segment = self._positions[question.rows], statistic.segment(arguments)
        if isinstance(statistic, CaseStatistic):
            case = self.evidence.find(question.rows, str(arguments["case"]))
            if case is None:
                self.faults[number] = f"case {arguments['case']!r} is gone"
                return
            rows = np.array([case])
            self.cases.append(CaseUnit(number, statistic, arguments, question.claim.threshold, rows))
        elif isinstance(statistic, SumStatistic):
            formula = self._formula(statistic, question, arguments)
            unit = SumUnit(number, statistic, formula, at, self._positions[question.settled_on])
            for term, where in zip(formula.terms, unit.sets, strict=True):
                self.terms.want([term], where)
            self.terms.want([formula.counted], at)
            for term, _, _, elsewhere in formula.required:
                self.terms.want([term], unit.reference if elsewhere else at)
            self.sums.append(unit)
        elif isinstance(statistic, SetStatistic):
            rows = self._rows(question.rows, segment)
            self.sets.append(SetUnit(number, statistic, arguments, at, segment, rows))
        else:
            raise TypeError(f"{type(statistic).__name__} is neither a sum, a set nor a case statistic")
        changes = statistic.counterfactuals(arguments)
        if statistic.needs_attributions or changes:
            looked_at = rows if isinstance(statistic, CaseStatistic) else self._rows(question.rows, segment)
            self._explained[looked_at] |= statistic.needs_attributions
            for change in changes:
                self._imagined.setdefault(change, np.zeros(len(self.evidence), dtype=bool))[looked_at] = True

    def _settled(self, question: Question) -> Arguments:
        """The arguments, and what they leave open. Raises ClaimError and EvidenceTooSmall."""
        statistic, arguments = question.claim.about, dict(question.claim.arguments)
        if not statistic.settles:
            return arguments
        name = question.settled_on
        if name not in self._references:
            self._references[name] = Reference(name, self.evidence, self.schema)
        return {**arguments, **statistic.settle(arguments, self._references[name])}

    def _formula(self, statistic: SumStatistic, question: Question, arguments: Arguments) -> Formula:
        """Raises ClaimError."""
        claim = question.claim
        key = statistic.name, claim.arguments, question.settled_on if statistic.settles else None
        if key not in self._formulas:
            segment = statistic.segment(arguments)
            counted, terms = Term(ones, segment), statistic.terms(arguments)
            needed = (Requirement(counted, MIN_ROWS, counting(segment)), *statistic.requirements(arguments))
            self._formulas[key] = Formula(
                tuple(self.terms.add(term) for term in terms),
                tuple(term.reference for term in terms),
                self.terms.add(counted),
                tuple((self.terms.add(n.term), n.least, n.what, n.term.reference) for n in needed),
            )
        return self._formulas[key]

    def _rows(self, name: str, segment: Segment) -> Rows:
        """The rows of a set that are in a segment, in the set's order. Raises ClaimError."""
        if (name, segment) not in self._within:
            index = self.evidence.index[name]
            self._within[name, segment] = index[self.evidence.mask(segment)[index]]
        return self._within[name, segment]


def counting(segment: Segment) -> str:
    """How the rows of a segment are named.

    >>> counting(Segment(("age > 30",), labelled=True))
    'labelled rows where age > 30'
    """
    kind = "labelled rows" if segment.labelled else "rows"
    return " where ".join([kind, *segment.where])


def _predicates(questions: Iterable[Question]) -> dict[str, None]:
    """The predicates among the arguments of claims, each once."""
    found: dict[str, None] = {}
    for claim in (question.claim for question in questions if question.claim.statistic in STATISTICS):
        kinds = {argument.name: argument.kind for argument in STATISTICS[claim.statistic].arguments}
        found |= {str(value): None for name, value in claim.arguments if kinds.get(name) is ArgumentKind.PREDICATE}
    return found
