"""Survival curves: the share of findings still true at each age, with a band."""

from itertools import pairwise
from statistics import NormalDist

import numpy as np

from halflife.models.half_life import Steps
from halflife.models.rows import Array, Mask

ROUNDING = 1e-9
"""A product of shares that is one half by hand may miss it by the last digit."""
Z = NormalDist().inv_cdf(0.975)


def survival(
    ages: Array, died: Mask, *, entry: Array | None = None, error: Array | None = None, reach: float = Z
) -> Steps:
    """The Kaplan-Meier curve with log-log bands: (age, survival, lower, upper) at 0, every death and the end.

    Where the curve reaches 0 the log-log band is undefined; its lower end is then 0 and its upper end stays where it
    was.

    Args:
        ages: at death, or up to which it was followed, shape (n,).
        died: whether it died at that age, shape (n,).
        entry: age after which it is at risk, shape (n,), each below its age; default: 0.
        error: standard error of ln S at every age of death, where it is more than Greenwood's; shape (deaths,).
        reach: of the band, in standard errors; default: for 95 % by the normal distribution.

    Source: Kaplan and Meier, JASA 1958; Greenwood, Reports on Public Health 33, 1926 (standard error); Kalbfleisch and
    Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4 (bands); Tsai, Jewell and Wang,
    Biometrika 74, 1987 (late entry).

    >>> [(age, round(s, 3)) for age, s, *_ in survival(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 1, 0, 0]) > 0)]
    [(0.0, 1.0), (1.0, 0.75), (2.0, 0.5), (3.0, 0.5)]
    """
    steps = [(0.0, 1.0, 1.0, 1.0)]
    if np.any(died):
        times, deaths = np.unique(ages[died], return_counts=True)
        at_risk = at_risk_at(times, ages, entry)
        alive = np.cumprod(1 - deaths / at_risk)
        inside = alive > 0
        left = np.where(inside, at_risk - deaths, 1)
        s = np.where(inside, alive, 0.5)
        spread = np.sqrt(np.cumsum(np.where(inside, deaths / (at_risk * left), 0.0)))
        if error is not None:
            spread = np.maximum(spread, error)
        power = np.exp(reach * np.where(inside, spread, 0.0) / np.abs(np.log(s)))
        lower = np.where(inside, s**power, 0.0)
        upper = s ** (1 / power)
        upper = np.where(inside, upper, upper[inside][-1] if inside.any() else 1.0)
        steps += zip(times.tolist(), alive.tolist(), lower.tolist(), upper.tolist(), strict=True)
    if np.max(ages) > steps[-1][0]:
        steps.append((float(np.max(ages)), *steps[-1][1:]))
    return tuple(steps)


def at_risk_at(times: Array, ages: Array, entry: Array | None = None) -> Array:
    """How many had entered before each time and were followed up to it at least; shape of ``times``."""
    followed = len(ages) - np.searchsorted(np.sort(ages), times)
    if entry is None:
        return followed.astype(float)
    return (followed - (len(ages) - np.searchsorted(np.sort(entry), times))).astype(float)


def crossing(steps: Steps, column: int = 1) -> float | None:
    """The age at which one line of the curve comes down to one half; None when it never does.

    A death is only seen at the next retrain, so it is placed inside its last step, along an exponential: a constant
    hazard p then has the half-life ln ½ / ln(1 - p) and not the next whole number.

    Source: Kim and Proschan, IEEE Transactions on Reliability 40, 1991.
    """
    for before, after in pairwise(steps):
        high, low = before[column], after[column]
        if low <= 0.5 + ROUNDING < high:
            # An exponential cannot reach 0: the last deaths of a sample are spread evenly over their step.
            share = np.log(high / 0.5) / np.log(high / low) if low > 0 else (high - 0.5) / high
            return float(max(before[0], after[0] - 1) + min(share, 1.0) * min(1.0, after[0] - before[0]))
    return None


def obsolete_on_arrival(curve: Steps, retrains: float) -> float | None:
    """Probability that a finding is already stale when an investigation of this many retrains ends: 1 - S(d).

    None when no finding was followed that long.

    >>> obsolete_on_arrival(((0, 1, 1, 1), (2, 0.75, 0.6, 0.9), (4, 0.5, 0.3, 0.7)), 3)
    0.25
    """
    if not curve or retrains > curve[-1][0]:
        return None
    return 1.0 - [s for age, s, *_ in curve if age <= retrains][-1]
