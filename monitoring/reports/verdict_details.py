"""Every number behind a finding's newest verdict, as plain values."""

from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

from halflife.models.domain import Check, Finding, Interval, Measurement, Scope
from halflife.monitoring.claims.language.grammar import readable

POWER = 0.8
"""With which a difference as large as the tolerance should be seen."""


@dataclass(frozen=True)
class VerdictDetails:
    """What a verdict rests on.

    Attributes:
        threshold: c, in the statistic's unit.
        tolerance: δ, same unit.
        bar: c − δ for a claim θ > c, c + δ for θ < c: where θ must lie beyond, with its whole interval, to hold.
        above: whether θ is claimed to lie above.
        level: of the intervals.
        margin: from c to θ now, positive on the side that is claimed; None without an estimate.
        margin_at_birth: the same when it was filed.
        widths: margin in half-widths of the interval; None when exact or without an estimate.
        rows_needed: n_min, to see a difference of δ with power 0.8; None without tolerance or interval, and where the
            interval covers retraining noise, which no number of rows takes away.
    """

    threshold: float
    tolerance: float
    bar: float
    above: bool
    level: float
    margin: float | None
    margin_at_birth: float | None
    widths: float | None
    rows_needed: int | None


def verdict_details(finding: Finding, check: Check, *, level: float) -> VerdictDetails:
    """What ``check``, the newest of ``finding``, rests on.

    >>> from halflife.models.domain import Scope, Status
    >>> fair = Finding("fair", "auc() > 0.7 ± 0.05", "auc", Scope.POPULATION, 1)
    >>> fresh = Measurement(900, Interval(0.74, 0.70, 0.78), Status.HOLDS)
    >>> found = verdict_details(fair, Check(1, 2, 0.7, fresh, fresh), level=0.9)
    >>> round(found.bar, 3), round(found.margin, 3), found.rows_needed
    (0.65, 0.04, 1317)
    """
    tolerance, above = 0.0, True  # of a claim that cannot be read the number is known, the tolerance is not
    if (claim := readable(finding.claim)) is not None:
        tolerance, above = claim.tolerance, claim.comparator not in ("<", "<=")
    side = 1.0 if above else -1.0
    interval = check.decides.interval
    margin = None if interval is None else side * (interval.estimate - check.threshold)
    half = 0.0 if interval is None else (interval.upper - interval.lower) / 2
    return VerdictDetails(
        threshold=check.threshold,
        tolerance=tolerance,
        bar=check.threshold - side * tolerance,
        above=above,
        level=level,
        margin=margin,
        margin_at_birth=None if finding.birth is None else side * (finding.birth.estimate - check.threshold),
        widths=margin / half if margin is not None and half > 0 else None,
        rows_needed=None if finding.scope is Scope.PROCESS else _rows_needed(check.decides, tolerance, level),
    )


def _rows_needed(measured: Measurement, tolerance: float, level: float) -> int | None:
    """n_min = σ²(z₁₋α + z₀.₈)²/δ², with σ² from the width of the interval and the rows it took."""
    interval: Interval | None = measured.interval
    if interval is None or not tolerance or not interval.upper > interval.lower:
        return None
    z = NormalDist().inv_cdf
    alpha = (1 - level) / 2
    error = (interval.upper - interval.lower) / (2 * z(1 - alpha))
    return ceil(measured.rows * error**2 * (z(1 - alpha) + z(POWER)) ** 2 / tolerance**2)
