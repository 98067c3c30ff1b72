"""Re-test findings on a version: each on the rows that were there when it was made, and on the newest."""

from collections.abc import Mapping, Sequence

import pandas as pd

from models.domain import Check, Finding, Measurement, Scope, Status, Version
from models.errors import ClaimError
from models.learner.model import Model
from monitoring.claims.evidence import Evidence
from monitoring.claims.grammar import Claim, parse
from monitoring.claims.measure import Question, measure, order
from monitoring.claims.statistic import CaseStatistic
from monitoring.claims.statistics import STATISTICS
from monitoring.claims.sweep import Pass

CASES = "cases"
"""The set that holds the rows of claims about a case; no other set may have this name."""


def recheck(
    findings: Sequence[Finding],
    version: Version,
    model: Model,
    sets: Mapping[str, pd.DataFrame],
    *,
    fresh: str,
    pinned: Mapping[int, str],
    cases: pd.DataFrame,
    level: float = 0.90,
    replicates: int = 1000,
    threads: int = 1,
) -> list[Check]:
    """One check of each finding, in order.

    Claims about a case look among ``cases`` and have no fresh rows. Claims about the population are measured on their
    pinned rows and on the fresh ones. Artifact claims about a set speak of their pinned rows alone, exactly.

    Args:
        findings: by id; those being filed all have id 0 and share their pinned set.
        version: the version they are re-tested on.
        model: of ``version``.
        sets: name -> canonical rows; the same row may be in several.
        fresh: the set with the evidence rows of the newest window.
        pinned: finding's id -> the set with the evidence rows of the version it was made about.
        cases: canonical rows in which cases are looked up.
        level: of every interval.
        replicates: of the bootstrap.
        threads: for LightGBM.

    Returns:
        Checks; a claim that does not fit the model's schema any more, or that this build cannot read, is
        ``untestable``, with the reason.
    """
    sweep = Pass(model, Evidence({**sets, CASES: cases}), threads=threads)
    asked: list[Question] = []
    slots: list[tuple[Claim | str, list[int]]] = []
    for finding in findings:
        claim = _read(finding.claim)
        if isinstance(claim, str):
            slots.append((claim, []))
            continue
        about_case = isinstance(STATISTICS[claim.statistic], CaseStatistic)
        rows = [CASES] if about_case else [pinned[finding.id]]
        if finding.scope is Scope.POPULATION and not about_case:
            rows.append(fresh)
        slots.append((claim, list(range(len(asked), len(asked) + len(rows)))))
        asked += [Question(claim, finding.scope, name, finding.birth) for name in rows]
    answers = measure(sweep, asked, level=level, replicates=replicates)
    return [
        _check(finding, version, claim, [answers[k] for k in at])
        for finding, (claim, at) in zip(findings, slots, strict=True)
    ]


def _read(text: str) -> Claim | str:
    """The claim, or why it cannot be read; the columns it names are checked against the model when it is measured."""
    try:
        return parse(text)
    except ClaimError as error:
        return error.message


def _check(finding: Finding, version: Version, claim: Claim | str, answers: list[Measurement]) -> Check:
    if isinstance(claim, str):
        unread = Measurement(0, None, Status.UNTESTABLE, reason=claim)
        return Check(finding.id, version.number, 0.0, unread, None)
    fresh = answers[1] if len(answers) > 1 else None
    return Check(finding.id, version.number, order(claim)[1], answers[0], fresh)
