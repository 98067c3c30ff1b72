"""What a finding's θ hangs on, column by column, and how far those columns have moved."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from halflife.models.domain import ColumnDrift, Finding
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, Array, Rows
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import Claim, readable
from halflife.monitoring.claims.statistics.base import CaseStatistic
from halflife.monitoring.claims.syntax.segment import Segment

EVIDENCE, CASES = "evidence", "cases"


def dependence(
    findings: Sequence[Finding], model: Model, rows: pd.DataFrame, cases: pd.DataFrame, *, threads: int = 1
) -> Array:
    """Share of each feature in what θ hangs on, shape (F, p), rows summing to 1; a claim that does not fit is all NaN.

    A statistic that names its columns hangs on those alone, in parts as the model's predictions do: a_ij is proportional
    to Σ|φ_j| over the claim's segment, or for a claim about a case to |φ_j| there.

    Args:
        findings: F of them.
        model: whose predictions they speak of.
        rows: canonical rows on which attributions are taken, a few hundred.
        cases: canonical rows in which cases are looked up.
        threads: for attributions.
    """
    names = model.schema.names
    evidence = Evidence({EVIDENCE: rows.assign(**{LABEL: 0.0}), CASES: cases.assign(**{LABEL: 0.0})})
    sweep = ModelPass(model, evidence, threads=threads)
    out = np.full((len(findings), len(names)), np.nan)
    asked: dict[bytes, Rows] = {}
    weighed: defaultdict[bytes, list[int]] = defaultdict(list)
    for f, finding in enumerate(findings):
        claim = readable(finding.claim, schema=model.schema)
        if claim is None:
            continue
        columns = _columns(claim, names)
        if columns.sum() == 1:
            out[f] = columns
        elif columns.any():
            at = _rows(claim, evidence)
            asked[at.tobytes()] = at
            weighed[at.tobytes()].append(f)
            out[f] = columns
    if asked:
        sweep.attributions(np.unique(np.concatenate(list(asked.values()))))  # one call of the kernel for all
    for key, those in weighed.items():
        size = np.abs(sweep.attributions(asked[key])).sum(axis=0)
        for f in those:
            share = out[f] * size
            out[f] = share / share.sum() if share.sum() > 0 else out[f] / out[f].sum()
    return out


def moved(columns: Sequence[ColumnDrift], names: Sequence[str]) -> Array:
    """How far each feature has moved, in units of its threshold, shape (p,); 0 where it was not compared."""
    score: Mapping[str, float] = {c.name: c.score / c.threshold for c in columns if c.threshold > 0}
    return np.array([score.get(name, 0.0) for name in names], dtype=float)


def _columns(claim: Claim, names: tuple[str, ...]) -> Array:
    chosen = set(claim.about.depends_on(dict(claim.arguments), names))
    return np.array([name in chosen for name in names], dtype=float)


def _rows(claim: Claim, evidence: Evidence) -> Rows:
    """The rows a claim speaks of, of those there are; all of the evidence where none is."""
    whole = np.flatnonzero(evidence.member[EVIDENCE])
    if isinstance(claim.about, CaseStatistic):
        at = evidence.find(CASES, str(claim.case))
        return whole if at is None else np.array([at])
    segment = claim.about.segment(dict(claim.arguments))
    inside = whole[evidence.mask(Segment(segment.where, labelled=False))[whole]]
    return inside if len(inside) else whole
