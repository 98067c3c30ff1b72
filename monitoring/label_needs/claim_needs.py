"""Open findings that want rows: how many they have, how many they need, and when those will have come."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

from scipy.special import ndtri

from halflife.models.domain import Check, Finding, Measurement, Scope, Status
from halflife.monitoring.claims.estimation.measure import rows_needed
from halflife.monitoring.claims.language.about_case import about_case
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.label_needs.needs_report import ClaimNeed

SHORT = re.compile(r"(?P<count>\d+) (?P<what>.+); at least (?P<least>\d+) are needed")
"""What `halflife.monitoring.claims.statistics.base.require` says."""
FAR = 100
"""Times the window from which nobody waits for an answer."""


@dataclass(frozen=True)
class Supply:
    """The evidence rows there are.

    Attributes:
        tested: those that tested the claims.
        there: labelled evidence rows of the window; more than ``tested`` where ``evidence.rows`` caps them.
        ticks: of the window.
    """

    tested: int
    there: int
    ticks: int


def open_questions(findings: Sequence[Finding], checks: Sequence[Check]) -> list[tuple[Finding, Check]]:
    """Open findings about the population, or all models trained this way, that a version leaves unclear or untestable."""
    by_id = {check.finding: check for check in checks}
    left_open = (Status.UNCLEAR, Status.UNTESTABLE)
    return [
        (finding, by_id[finding.id])
        for finding in findings
        if finding.id in by_id and by_id[finding.id].status in left_open
        if finding.scope is not Scope.ARTIFACT and not about_case(finding)
    ]


def bare(finding: Finding) -> Claim:
    """The claim without its tolerance: what is measured of it says how uncertain it is, however few the rows are."""
    return replace(parse(finding.claim), tolerance=0.0)


def wanting(
    asked: Sequence[tuple[Finding, Check]], measured: Mapping[int, Measurement], supply: Supply, level: float
) -> list[ClaimNeed]:
    """Of findings left open, those that more rows would settle; those nearest to an answer first.

    Args:
        asked: findings with their checks.
        measured: finding's id -> what the rows that decide say of the bare claim, about the population whatever the
            finding's scope: no number of rows takes retraining noise away.
        supply: of evidence rows.
        level: of the intervals.
    """
    needs = [_need(finding, check, measured.get(finding.id), supply, level) for finding, check in asked]
    return sorted((n for n in needs if n is not None), key=lambda n: (inf if n.ticks is None else n.ticks, n.finding))


def _need(finding: Finding, check: Check, bare: Measurement | None, supply: Supply, level: float) -> ClaimNeed | None:
    decides = check.decides
    if short := SHORT.fullmatch(decides.reason):
        rows, least = int(short["count"]), int(short["least"])
        return _told(finding, decides, rows, least, short["what"], "to be tested at all", supply)
    if bare is None or bare.interval is None or bare.interval.lower == bare.interval.upper:
        return None
    alpha, claim = (1 - level) / 2, parse(finding.claim)
    error = (bare.interval.upper - bare.interval.lower) / 2 / float(ndtri(1 - alpha))
    variance = error**2 * bare.rows
    if decides.status is Status.UNTESTABLE:
        needed = rows_needed(variance, claim.tolerance, alpha)
        if _noisy(finding, bare.rows, needed):
            return None
        return _told(finding, decides, bare.rows, needed, "rows", f"to see a difference of {claim.tolerance:g}", supply)
    comparator, threshold = order(claim)
    bar = threshold - claim.tolerance if comparator in (">", ">=") else threshold + claim.tolerance
    apart = abs(bare.interval.estimate - bar)
    enough = rows_needed(variance, apart, alpha) if apart > error / 100 else None
    if _noisy(finding, bare.rows, enough):
        return None
    why = f"to tell {bare.interval.estimate:.3g} from {bar:.3g}"
    return _told(finding, decides, bare.rows, enough, "rows", why, supply)


def _noisy(finding: Finding, rows: int, needed: int | None) -> bool:
    """Whether the rows there are would do, and only retraining noise leaves the claim open."""
    return finding.scope is Scope.PROCESS and needed is not None and needed <= rows


def _told(
    finding: Finding, decides: Measurement, rows: int, needed: int | None, what: str, why: str, supply: Supply
) -> ClaimNeed:
    ticks, remedy = None, "no number of rows would do: the estimate lies on the threshold"
    if needed is not None:
        if rows:
            uncapped = rows * supply.there / supply.tested
            ticks = supply.ticks * needed / uncapped
        remedy = _remedy(rows, needed, ticks, supply)
    return ClaimNeed(finding.name, finding.claim, decides.status, rows, needed, what, why, ticks, remedy)


def _remedy(rows: int, needed: int, ticks: float | None, supply: Supply) -> str:
    """The setting that would bring so many evidence rows; waiting alone does not where windows have a fixed length."""
    if ticks is None:
        return "none has come in this window"
    if needed <= rows:
        return "it has them by now: recheck"
    if ticks <= supply.ticks:
        return f"evidence.rows = {ceil(supply.tested * needed / rows):,}"
    times = ticks / supply.ticks
    return f"{times:,.1f} × the window or the evidence" if times < FAR else "out of reach"
