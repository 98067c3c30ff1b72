"""θ of many findings by several models on two sets of evidence rows: what every split of a change is made of."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from halflife.models.domain import Finding, Scope
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Mask, Schema
from halflife.monitoring.claims.estimation.measure import estimates
from halflife.monitoring.claims.estimation.query_plan import QueryPlan
from halflife.monitoring.claims.estimation.retest import CASES
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import Claim
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics.base import CaseStatistic


class TwoByTwo:
    """The evidence of an earlier and a later version, on which models are asked about findings.

    Args:
        findings: F of them, made on the earlier version or before it.
        claims: theirs, in order.
        rows: gives the sets, name -> canonical rows, ``CASES`` among them, when a model is first asked.
        sides: names of the earlier and of the later version's evidence rows.
        pinned: finding's id -> the set with the evidence rows of the version it was made on, which settles what a claim
            leaves open.
        schema: of the models.
        threads: for LightGBM.

    Attributes:
        alone: which findings are put to one set of rows only, whatever the version, shape (F,): exact claims about a set,
            and those about a case that need no company.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        claims: Sequence[Claim],
        rows: Callable[[], Mapping[str, pd.DataFrame]],
        sides: tuple[str, str],
        pinned: Mapping[int, str],
        schema: Schema,
        *,
        threads: int = 1,
    ) -> None:
        self._rows, self._schema, self._threads = rows, schema, threads
        self._asked = [
            [_question(finding, claim, side, pinned[finding.id]) for side in sides]
            for finding, claim in zip(findings, claims, strict=True)
        ]
        self._born = [
            _question(finding, claim, pinned[finding.id], pinned[finding.id])
            for finding, claim in zip(findings, claims, strict=True)
        ]
        self.alone: Mask = np.array([then.subject == now.subject for then, now in self._asked], dtype=bool)

    @cached_property
    def _evidence(self) -> Evidence:
        return Evidence(self._rows())

    def theta(self, model: Model, wanted: Mask) -> Array:
        """θ of each finding on the earlier and the later rows, shape (F, 2); NaN where it is not wanted or there is none.

        Args:
            model: any of the schema.
            wanted: shape (F, 2).
        """
        out = np.full(wanted.shape, np.nan)
        once = wanted.copy()
        once[self.alone, 1] &= ~wanted[self.alone, 0]
        at = np.argwhere(once)
        if len(at):
            out[tuple(at.T)] = self._estimated([self._asked[f][side] for f, side in at], [model])[0]
        for near, far in ((0, 1), (1, 0)):
            copied = self.alone & wanted[:, near] & ~once[:, near]
            out[copied, near] = out[copied, far]
        return out

    def shadows(self, models: Sequence[Model], wanted: Mask) -> Array:
        """θ of each finding by each of K models on its pinned rows, shape (K, F); NaN where it is not wanted.

        Args:
            models: of the schema.
            wanted: shape (F,).
        """
        out = np.full((len(models), len(wanted)), np.nan)
        if models and wanted.any():
            out[:, wanted] = self._estimated([self._born[f] for f in np.flatnonzero(wanted)], models)
        return out

    def _estimated(self, questions: Sequence[Question], models: Sequence[Model]) -> Array:
        plan = QueryPlan(questions, self._evidence, self._schema)
        return estimates([ModelPass(model, self._evidence, threads=self._threads) for model in models], plan)


def _question(finding: Finding, claim: Claim, rows: str, pinned: str) -> Question:
    """A claim about a case is about that case, in the company of ``rows``; an exact one about a set, about its pinned rows."""
    if isinstance(claim.about, CaseStatistic):
        return Question(claim, finding.scope, CASES, finding.birth, rows)
    return Question(claim, finding.scope, pinned if finding.scope is Scope.ARTIFACT else rows, finding.birth, pinned)
