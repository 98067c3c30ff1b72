"""From an estimate and its interval to a status: the verdict table, and nothing else.

For a claim θ > c with tolerance δ and an interval [L, U] at 90 % (5 % a side); a claim θ < c is the same claim about
−θ and −c:

=============== ====================================================================================================
``holds``       L > c − δ
``weakened``    holds, but less than half of the effect at birth is left: the upper bound of (θ − c)/(θ_birth − c) is
                below ½. Only asked when θ_birth was clearly beyond c
``stale``       U < c − δ
``reversed``    U < c_rev: the opposite is true by a material margin. Outranks ``stale``
``unclear``     none of these; never folded into ``holds``
=============== ====================================================================================================

An exact θ (L = U) either satisfies the comparator against c − δ or is ``stale``: it is never ``unclear``.

**c_rev.** Only statistics with a neutral point ν have an opposite (0 for a gap, ½ for AUC), and only a claim that does
not reach across ν speaks of a side (c ≥ ν for θ > c). Its mirror image about ν is ν − (c − ν), so c_rev = ν − M with the
material margin M = max(c − ν, δ); a claim exactly at ν without tolerance borrows half the effect at birth. Without any
of these nothing says what would be material, and the claim can only be ``stale``.
"""

from math import erfc, hypot, inf, sqrt

from halflife.models.domain import Interval, Status


def verdict(
    now: Interval,
    comparator: str,
    threshold: float,
    tolerance: float = 0.0,
    *,
    neutral: float | None = None,
    birth: Interval | None = None,
) -> Status:
    """The status of a claim whose statistic has a value.

    Args:
        now: estimate and interval of θ; ``lower == upper`` when exact.
        comparator: ``>``, ``>=``, ``<`` or ``<=``.
        threshold: c, in the unit of θ.
        tolerance: δ ≥ 0, same unit.
        neutral: where the statistic's sign turns; None when it has no opposite.
        birth: of θ when the claim was made.

    Returns:
        Any status but ``UNTESTABLE``, which is decided before there is an estimate.

    Raises:
        ValueError: an unknown comparator.

    >>> verdict(Interval(0.08, 0.06, 0.10), ">", 0.05)
    <Status.HOLDS: 'holds'>
    >>> verdict(Interval(0.05, 0.03, 0.07), ">", 0.05)
    <Status.UNCLEAR: 'unclear'>
    >>> verdict(Interval(-0.08, -0.10, -0.06), ">", 0.05, neutral=0.0)
    <Status.REVERSED: 'reversed'>
    """
    if comparator not in (">", ">=", "<", "<="):
        raise ValueError(f"{comparator!r} is not an order; it is one of > >= < <=")
    if comparator in ("<", "<="):
        now, threshold = mirrored(now), -threshold
        neutral = None if neutral is None else -neutral
        birth = None if birth is None else mirrored(birth)
    bar = threshold - tolerance
    if now.upper < _reversal(threshold, tolerance, neutral, birth):
        return Status.REVERSED
    if now.lower == now.upper:
        holds = now.estimate >= bar if comparator in (">=", "<=") else now.estimate > bar
        if not holds:
            return Status.STALE
    elif now.upper < bar:
        return Status.STALE
    elif now.lower <= bar:
        return Status.UNCLEAR
    return Status.WEAKENED if _halved(now, birth, threshold) else Status.HOLDS


def mirrored(interval: Interval) -> Interval:
    """The interval of −θ.

    >>> print(mirrored(Interval(1.0, 0.5, 2.0)))
    -1.000 [-2.000, -0.500]
    """
    return Interval(-interval.estimate, -interval.upper, -interval.lower)


def p_value(estimate: float, error: float, comparator: str, threshold: float, tolerance: float = 0.0) -> float:
    """One-sided p of "the claim holds within its tolerance", small when θ lies clearly on the wrong side.

    Normal approximation on the bootstrap's standard error; ranks and adjusts what one version refutes.

    Args:
        estimate: θ.
        error: its standard error; 0 gives 0 or 1.
        comparator: ``>``, ``>=``, ``<`` or ``<=``.
        threshold: c.
        tolerance: δ ≥ 0.

    >>> round(p_value(0.03, 0.01, ">", 0.05), 4)
    0.0228
    >>> p_value(0.5, 0.1, "<", 0.5)
    0.5
    """
    distance = estimate - threshold if comparator in (">", ">=") else threshold - estimate
    if error == 0:
        return float(distance + tolerance >= 0)
    return erfc(-(distance + tolerance) / error / sqrt(2)) / 2


def _reversal(threshold: float, tolerance: float, neutral: float | None, birth: Interval | None) -> float:
    """c_rev of θ > c; −inf where nothing counts as the opposite."""
    if neutral is None or threshold < neutral:
        return -inf
    margin = max(threshold - neutral, tolerance)
    if margin == 0 and birth is not None and birth.lower > neutral:
        margin = (birth.estimate - neutral) / 2
    return neutral - margin if margin > 0 else -inf


def _halved(now: Interval, birth: Interval | None, threshold: float) -> bool:
    """Whether (θ_now − c)/(θ_birth − c) is below ½ with its whole interval.

    As θ_birth − c > 0, the ratio's upper bound is below ½ exactly when that of (θ_now − c) − ½(θ_birth − c) is below 0
    (Fieller, 1954). That bound joins the two intervals' own half-widths, so it needs no normality and no pairing
    (Zou, Donner, Statistics in Medicine 27, 2008); pairing could only make it narrower.
    """
    if birth is None or birth.lower <= threshold:
        return False
    centre = (now.estimate - threshold) - (birth.estimate - threshold) / 2
    return centre + hypot(now.upper - now.estimate, (birth.estimate - birth.lower) / 2) < 0
