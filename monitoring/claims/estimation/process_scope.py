"""Process scope: the interval of what models trained this way have on average, of which this version is one draw.

A version's θ differs from that mean by retraining noise, and from its own value on the whole population by the error of
the evidence sample. Evidence never trains, so the two are independent and their variances add. The interval is centred on
the version's own θ, not on the mean over its shadows: a Poisson-weighted shadow sees some 63 % of the rows, so its
shadows together are a worse-trained model than those the claim speaks of (a higher loss, say); their spread is what they
are for. A claim about a case has no sample of rows behind it: its θ is exact for this version, and retraining noise is all
its interval holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from halflife.models.domain import Interval, Version
from halflife.models.rows import Array
from halflife.models.shadow import FEWEST, ShadowKind
from halflife.monitoring.claims.statistics.rounding import SAME
from halflife.monitoring.verdicts import p_value

UNKNOWN = "retraining noise is not known here"
_KNOWN = 1e9


@dataclass(frozen=True)
class ProcessNoise:
    """What the coupled shadows of a version have to say.

    Attributes:
        theta: θ of Q questions by each of K of them, shape (K, Q); NaN where one has none.
        lacking: why there are fewer than `FEWEST`, and what to do; empty when there are not.
    """

    theta: Array = field(default_factory=lambda: np.empty((0, 0)))
    lacking: str = UNKNOWN

    def of(self, question: int) -> tuple[Array, str]:
        """θ of one question by the shadows that have one, shape (k,), and why they are too few; empty if not."""
        if self.lacking:
            return np.empty(0), self.lacking
        column = self.theta[:, question]
        known = column[np.isfinite(column)]
        if len(known) >= FEWEST:
            return known, ""
        return known, f"only {len(known)} of {len(column)} coupled shadows have an estimate, and {FEWEST} are needed"


def noise(version: Version, theta: Array) -> ProcessNoise:
    """The coupled ones among a version's shadows, with why they are too few.

    Args:
        version: whose shadows they are.
        theta: θ of Q questions by each of its shadows in their order, shape (K, Q); K = 0 when they are not at hand.
    """
    if not version.shadows:
        return ProcessNoise(
            lacking=f"{version.label} has no shadows to tell retraining noise from: set [shadows] count"
        )
    if len(theta) != len(version.shadows):
        return ProcessNoise(
            lacking=f"the shadows of {version.label} are not at hand: not trained yet, or kept no longer"
        )
    coupled = theta[[kind is ShadowKind.COUPLED for kind in version.shadows]]
    if len(coupled) >= FEWEST:
        return ProcessNoise(coupled, "")
    had = f"{version.label} has {len(coupled)} coupled {'shadow' if len(coupled) == 1 else 'shadows'}"
    return ProcessNoise(lacking=f"{had}; retraining noise takes at least {FEWEST}: raise [shadows] count to 5")


def widened(population: Interval, others: Array, alpha: float) -> Interval:
    """The interval of the process mean: θ ± t·√(se² + σ²) on either side.

    σ² is the variance of θ over coupled shadows on the same rows, with K − 1 degrees of freedom; se, the error of the
    evidence sample, is what makes the population's interval, on each side its own, and counts as known. t has the two
    combined degrees, (se² + σ²)²/(σ⁴/(K − 1)), so that few shadows cost width and not honesty. Where shadows agree to
    rounding it is the population's interval itself; it never is narrower.

    Args:
        population: θ with the interval of the evidence sample; exact when there is none.
        others: θ by coupled shadows, shape (K,), K ≥ 2.
        alpha: error a side.

    Source: Welch, Biometrika 34, 1947, and Satterthwaite, Biometrics Bulletin 2, 1946 (degrees of freedom); Zou, Donner,
    Statistics in Medicine 27, 2008 (sides of their own).

    >>> print(widened(Interval(0.30, 0.28, 0.32), np.array([0.25, 0.28, 0.31, 0.29]), 0.05))
    0.300 [0.243, 0.357]
    """
    variance, z = _variance(others), float(ndtri(1 - alpha))
    if variance == 0:
        return population
    below, above = (
        _reach(side / z, variance, len(others) - 1, alpha)
        for side in (population.estimate - population.lower, population.upper - population.estimate)
    )
    return Interval(population.estimate, population.estimate - below, population.estimate + above)


def widened_p(
    estimate: float,
    error: float,
    others: Sequence[float] | Array,
    comparator: str,
    threshold: float,
    tolerance: float = 0.0,
) -> float:
    """One-sided p of "the claim holds within its tolerance" for the process mean, from the same t as `widened`.

    Args:
        estimate: θ.
        error: standard error of the evidence sample; 0 when there is none.
        others: θ by coupled shadows, shape (K,), K ≥ 2.
        comparator: ``>``, ``>=``, ``<`` or ``<=``.
        threshold: c.
        tolerance: δ ≥ 0.

    >>> round(widened_p(0.2, 0.0, [0.25, 0.28, 0.31, 0.29], ">", 0.3), 4)
    0.014
    """
    variance = _variance(np.asarray(others, dtype=float))
    if variance == 0:
        return p_value(estimate, error, comparator, threshold, tolerance)
    distance = (estimate - threshold if comparator in (">", ">=") else threshold - estimate) + tolerance
    whole = error**2 + variance
    return float(stdtr(_degrees(whole, variance, len(others) - 1), distance / sqrt(whole)))


def _variance(others: Array) -> float:
    """Of θ over shadows; 0 where they differ by rounding alone."""
    agree = np.ptp(others) <= SAME * max(1.0, float(np.abs(others).max()))
    return 0.0 if agree else float(others.var(ddof=1))


def _reach(error: float, variance: float, free: int, alpha: float) -> float:
    whole = error**2 + variance
    return float(stdtrit(_degrees(whole, variance, free), 1 - alpha)) * sqrt(whole)


def _degrees(whole: float, variance: float, free: int) -> float:
    return min(whole / variance, _KNOWN) ** 2 * free
