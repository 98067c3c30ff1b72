"""The standard debugging session, automated: what an engineer would conclude about a version from its discovery rows.

Everything here only *suggests*. Each suggestion is confirmed, or found stillborn, on evidence rows that had no part in
suggesting it. Thresholds are set the way people set them: below what was seen by enough to be worth a sentence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.domain import Author, Finding, Interval, Scope, Version
from models.learner.model import Model
from models.rows import LABEL, ROW_ID, Kind, Schema
from monitoring.claims.evidence import Evidence
from monitoring.claims.grammar import parse
from monitoring.claims.measure import Question, measure
from monitoring.claims.predicates import check
from monitoring.claims.statistics import STATISTICS
from monitoring.claims.sweep import Pass

GAP_METRICS = ("fpr", "tpr")
ROWS = "discovery"
SEGMENT_SHARE = 0.02


@dataclass(frozen=True)
class Agenda:
    """What to look at.

    Attributes:
        attributions: how many of the strongest features.
        errors: how many of the worst errors.
        gaps: how many of the widest gaps.
        segments: columns (each value against the rest) or predicates (against their negation).
    """

    attributions: int
    errors: int
    gaps: int
    segments: Sequence[str]


def investigate(version: Version, model: Model, rows: pd.DataFrame, agenda: Agenda) -> list[Finding]:
    """Findings worth filing about ``version``.

    Args:
        version: the version under investigation.
        model: of that version.
        rows: labelled discovery rows of its window, canonical.
        agenda: what to look at, and how much of it.

    Returns:
        Findings without ids and birth estimates, in a fixed order; none when there are too few rows to say anything.
    """
    if len(rows) < 50 or rows[LABEL].nunique() < 2:
        return []
    one_pass = Pass(model, Evidence({ROWS: rows}))
    return [
        *_attributions(version, model.schema, one_pass, agenda.attributions),
        *_worst_errors(version, one_pass, agenda.errors),
        *_gaps(version, one_pass, rows, model.schema, agenda),
        *_calibration(version, one_pass),
    ]


def _attributions(version: Version, schema: Schema, one_pass: Pass, most: int) -> list[Finding]:
    """The strongest features hold at least three quarters of the share they were seen with."""
    shares = _estimates(one_pass, [f"attribution_share({_text(name)}) > 0" for name in schema.names])
    strongest = sorted(zip(shares, schema.names, strict=True), key=lambda pair: -pair[0])[:most]
    return [
        _finding(
            version,
            f"top{rank}-{name}",
            f"attribution_share({_text(name)}) > {_round(0.75 * share)}",
            f"{name} holds {share:.0%} of the attribution, rank {rank}",
        )
        for rank, (share, name) in enumerate(strongest, start=1)
        if share > 0
    ]


def _worst_errors(version: Version, one_pass: Pass, most: int) -> list[Finding]:
    """The decision and the top reason of the most confidently wrong cases."""
    margin, label = one_pass.margin, one_pass.evidence.label
    wrong = np.flatnonzero((margin >= 0) != (label == 1))
    worst = wrong[np.argsort(-np.abs(margin[wrong]), kind="stable")][:most]
    reasons = np.abs(one_pass.attributions(worst)).argmax(axis=1)
    findings = []
    for case, m, reason in zip(one_pass.evidence.frame[ROW_ID].iloc[worst], margin[worst], reasons, strict=True):
        feature = one_pass.model.schema.names[reason]
        verb, sign = ("accepts", ">") if m >= 0 else ("rejects", "<")
        findings += [
            _finding(version, f"decision-{case}", f"prediction(case={_text(case)}) {sign} 0", f"wrongly {verb} it"),
            _finding(
                version,
                f"reason-{case}",
                f"top_reason(case={_text(case)}) == {_text(feature)}",
                f"{verb} it mostly because of {feature}",
            ),
        ]
    return findings


def _gaps(version: Version, one_pass: Pass, rows: pd.DataFrame, schema: Schema, agenda: Agenda) -> list[Finding]:
    """The widest gaps between a segment and the rest are at least half of what was seen."""
    pairs = [
        (metric, inside, outside)
        for inside, outside in segment_pairs(agenda.segments, rows, schema)
        for metric in GAP_METRICS
    ]
    texts = [f"gap({_text(metric)}, a={_text(a)}, b={_text(b)}) > 0" for metric, a, b in pairs]
    seen = [(gap, pair) for gap, pair in zip(_estimates(one_pass, texts), pairs, strict=True) if np.isfinite(gap)]
    widest = sorted(seen, key=lambda item: -abs(item[0]))[: agenda.gaps]
    findings = []
    for gap, (metric, inside, outside) in widest:
        a, b = (inside, outside) if gap > 0 else (outside, inside)
        claim = f"gap({_text(metric)}, a={_text(a)}, b={_text(b)}) > {_round(abs(gap) / 2)}"
        note = f"{metric} is {abs(gap):.1%} higher where {a}"
        findings.append(_finding(version, f"gap-{metric}-{_slug(inside)}", claim, note))
    return findings


def _calibration(version: Version, one_pass: Pass) -> list[Finding]:
    """Calibrated, overconfident or underconfident: what the slope says."""
    (slope,) = _estimates(one_pass, ["calibration_slope() > 0"])
    if not np.isfinite(slope):
        return []
    if slope < 0.8:
        claim, note = "calibration_slope() < 1", "overconfident"
    elif slope > 1.25:
        claim, note = "calibration_slope() > 1", "underconfident"
    else:
        claim, note = "calibration_slope() > 0.8", "not overconfident"
    return [_finding(version, "calibration", claim, f"{note}: slope {slope:.2f}")]


def check_segments(segments: Iterable[str], schema: Schema) -> None:
    """Refuse a segment that is neither a column nor a predicate over columns, before anything is trained.

    Raises:
        ClaimError: with the column of the fault and what is known.
    """
    for segment in segments:
        if segment not in schema.names:
            check(segment, schema)


def segment_pairs(segments: Iterable[str], rows: pd.DataFrame, schema: Schema) -> list[tuple[str, str]]:
    """(segment, rest) predicates: each common value of a categorical column, the halves of a numeric one, or a predicate.

    >>> from models.rows import Column
    >>> rows = pd.DataFrame({"sex": ["F", "M"] * 5, "age": range(10)})
    >>> schema = Schema((Column("sex", Kind.CATEGORICAL), Column("age", Kind.NUMERIC)))
    >>> segment_pairs(["sex", "age", "age < 3"], rows, schema)
    [("sex = 'F'", "sex <> 'F'"), ('age > 4.5', 'age <= 4.5'), ('age < 3', 'NOT (age < 3)')]
    """
    pairs = []
    for segment in segments:
        if segment not in schema.names:
            pairs.append((segment, f"NOT ({segment})"))
            continue
        column = segment if segment.isidentifier() else f'"{segment}"'
        if schema.kind(segment) is Kind.NUMERIC:
            middle = _round(float(rows[segment].median()), digits=4)
            pairs.append((f"{column} > {middle}", f"{column} <= {middle}"))
            continue
        shares = rows[segment].value_counts(normalize=True).sort_index()
        values = shares.index[(shares >= SEGMENT_SHARE) & (shares < 1)]
        for value in values[:1] if len(shares) == 2 else values:  # of two values, each is the other's rest
            literal = "'" + str(value).replace("'", "''") + "'"
            pairs.append((f"{column} = {literal}", f"{column} <> {literal}"))
    return pairs


def _estimates(one_pass: Pass, texts: Sequence[str]) -> list[float]:
    """The estimate of each claim's statistic; NaN where it has none."""
    questions = [Question(parse(text), Scope.ARTIFACT, ROWS, None) for text in texts]
    intervals: list[Interval | None] = [m.interval for m in measure(one_pass, questions)]
    return [float("nan") if interval is None else interval.estimate for interval in intervals]


def _finding(version: Version, name: str, text: str, note: str) -> Finding:
    claim = parse(text)
    return Finding(
        name=f"{version.label}-{name}",
        claim=str(claim),
        statistic=claim.statistic,
        scope=STATISTICS[claim.statistic].scope,
        made_on=version.number,
        author=Author.INVESTIGATOR,
        note=note,
    )


def _slug(predicate: str) -> str:
    """A predicate as part of a name: ``region = 'west'`` becomes ``region-west``."""
    words = predicate.replace("<>", "not").replace(">", "over").replace("<", "under")
    return re.sub(r"[^A-Za-z0-9.]+", "-", words).strip("-")


def _text(value: object) -> str:
    """A claim's string literal, in double quotes."""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _round(value: float, digits: int = 2) -> float:
    """To two significant digits, as people quote figures."""
    return float(f"{value:.{digits}g}")
