"""Re-test findings on a version: each on the rows that were there when it was made, and on the newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from halflife.models.domain import Check, Finding, Measurement, Scope, Status, Version
from halflife.models.errors import ClaimError
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.models.shadow import Controls
from halflife.monitoring.claims.estimation.measure import estimates, measure
from halflife.monitoring.claims.estimation.process_scope import noise
from halflife.monitoring.claims.estimation.query_plan import QueryPlan
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics.base import CaseStatistic

CASES = "cases"
"""The set that holds the rows of claims about a case; no other set may have this name."""


@dataclass(frozen=True)
class Retested:
    """What one version, and the control models beside it, say of F findings.

    Attributes:
        checks: one of each finding, in order; each holds its own part of ``controls`` too.
        controls: θ of each finding by each of K control models, on pinned and on fresh rows, shape (K, F, 2); NaN
            where there is none.
    """

    checks: list[Check]
    controls: Array


def recheck(
    findings: Sequence[Finding],
    version: Version,
    model: Model,
    sets: Mapping[str, pd.DataFrame],
    *,
    fresh: str,
    pinned: Mapping[int, str],
    cases: pd.DataFrame,
    controls: Sequence[Model] = (),
    level: float = 0.90,
    replicates: int = 1000,
    threads: int = 1,
) -> Retested:
    """One check of each finding, and what control models make of it, from one pass over the union of all rows.

    Claims about a case look among ``cases`` and have no fresh rows; where they need company (neighbours), it is the
    fresh rows. Claims about the population, or about all models trained this way, are measured on their pinned rows and
    on the fresh ones; what they leave open is settled on the pinned ones. Artifact claims about a set speak of their
    pinned rows alone, exactly. The interval of a claim of process scope about a case is that of retraining noise alone.

    Args:
        findings: by id; those being filed all have id 0 and share their pinned set.
        version: the version they are re-tested on.
        model: of ``version``.
        sets: name -> canonical rows; the same row may be in several.
        fresh: the set with the evidence rows of the newest window.
        pinned: finding's id -> the set with the evidence rows of the version it was made about.
        cases: canonical rows in which cases are looked up.
        controls: the shadows of ``version``, in the order of ``version.shadows``; only estimated, without intervals.
            None make process scope untestable.
        level: of every interval.
        replicates: of the bootstrap.
        threads: for LightGBM.

    Returns:
        Checks; a claim that does not fit the model's schema any more, or that this build cannot read, is
        ``untestable``, with the reason.
    """
    evidence = Evidence({**sets, CASES: cases})
    asked: list[Question] = []
    slots: list[tuple[Claim | str, range]] = []
    for finding in findings:
        claim = _read(finding.claim)
        rows = [] if isinstance(claim, str) else _rows(claim, finding, pinned, fresh)
        slots.append((claim, range(len(asked), len(asked) + len(rows))))
        asked += [
            Question(claim, finding.scope, name, finding.birth, fresh if name == CASES else pinned[finding.id])
            for name in rows
            if not isinstance(claim, str)
        ]
    plan = QueryPlan(asked, evidence, model.schema)
    theta = estimates([ModelPass(control, evidence, threads=threads) for control in controls], plan)
    others = np.full((len(controls), len(findings), 2), np.nan)
    for f, (_, at) in enumerate(slots):
        others[:, f, : len(at)] = theta[:, at]
    sweep = ModelPass(model, evidence, threads=threads)
    answers = measure(sweep, plan, level=level, replicates=replicates, noise=noise(version, theta))
    checks = [
        _check(finding, version, claim, [answers[k] for k in at], others[:, f])
        for f, (finding, (claim, at)) in enumerate(zip(findings, slots, strict=True))
    ]
    return Retested(checks, others)


def _rows(claim: Claim, finding: Finding, pinned: Mapping[int, str], fresh: str) -> list[str]:
    """The sets a finding is put to: pinned rows first."""
    if isinstance(claim.about, CaseStatistic):
        return [CASES]
    return [pinned[finding.id]] if finding.scope is Scope.ARTIFACT else [pinned[finding.id], fresh]


def _read(text: str) -> Claim | str:
    """The claim, or why it cannot be read; the columns it names are checked against the model when it is measured."""
    try:
        return parse(text)
    except ClaimError as error:
        return error.message


def _check(finding: Finding, version: Version, claim: Claim | str, answers: list[Measurement], others: Array) -> Check:
    """``others`` is θ by each control model on pinned and on fresh rows, shape (K, 2)."""
    two_sets = len(answers) > 1
    pinned, fresh = (tuple(column) for column in others.T.tolist())
    controls = Controls(pinned, fresh if two_sets else ()) if len(others) else None
    if isinstance(claim, str):
        unread = Measurement(0, None, Status.UNTESTABLE, reason=claim)
        return Check(finding.id, version.number, 0.0, unread, None, controls)
    return Check(finding.id, version.number, order(claim)[1], answers[0], answers[1] if two_sets else None, controls)
