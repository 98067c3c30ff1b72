"""How often noise alone would refute a finding at one retrain."""

from math import hypot, sqrt
from statistics import NormalDist

from halflife.models.domain import Interval
from halflife.monitoring.causes.retraining_noise import RetrainingNoise


def by_margin(
    then: Interval,
    comparator: str,
    threshold: float,
    tolerance: float,
    noise: RetrainingNoise,
    *,
    error: float = 0.0,
) -> float:
    """Probability that noise takes a finding's whole interval beyond its threshold, from where θ was.

    At the next version θ is where it was, but for retraining noise and for other evidence rows; it refutes where the
    interval's near end is beyond c − δ. The interval is taken to be as wide as it was.

    Args:
        then: θ and its interval on the version where the spell began; ``lower == upper`` when exact.
        comparator: ``>``, ``>=``, ``<`` or ``<=``.
        threshold: c.
        tolerance: δ ≥ 0.
        noise: of one retrain.
        error: standard deviation of the change that other evidence rows make, in θ's unit; 0 where they are the same.

    >>> from halflife.monitoring.causes.retraining_noise import Basis
    >>> exact = Interval(0.5, 0.5, 0.5)
    >>> round(by_margin(exact, ">", 0.3, 0.0, RetrainingNoise(Basis.PAIRED, 0.01, float("inf"))), 4)
    0.0228
    """
    above = comparator in (">", ">=")
    margin = (then.estimate - threshold if above else threshold - then.estimate) + tolerance
    half = then.upper - then.estimate if above else then.estimate - then.lower
    scale = hypot(sqrt(noise.variance), error)
    if scale == 0:
        return float(margin + half < 0)
    return noise.below((margin + half) / scale)


def rows_error(then: Interval, shared: float, level: float) -> float:
    """Standard deviation of the change that another draw of evidence rows of the same world makes, in θ's unit.

    Both draws have the error of the interval, and what they share cancels.

    Args:
        then: θ with the interval of one draw.
        shared: share of the rows that two draws have in common, in [0, 1].
        level: of the interval.

    >>> round(rows_error(Interval(0.5, 0.5 - 1.645, 0.5 + 1.645), 0.5, 0.90), 2)
    1.0
    """
    half = (then.upper - then.lower) / 2
    return half / NormalDist().inv_cdf((1 + level) / 2) * sqrt(2 * (1 - shared))


def by_votes(refuting: int, shadows: int) -> float:
    """Probability that a model trained the same way refutes a claim, from K that were: the Beta(½, ½) posterior's mean.

    Source: Jeffreys' prior of a proportion; Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion",
    Statistical Science 16, 2001.

    >>> by_votes(0, 4)
    0.1
    """
    return (refuting + 0.5) / (shadows + 1)
