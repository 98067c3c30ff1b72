"""Votes of control models: in how many of them a claim holds, and what that says of all models trained this way."""

from collections.abc import Sequence
from math import isfinite

from models.domain import Finding, Interval, Scope
from models.errors import ClaimError
from monitoring.claims.grammar import parse
from monitoring.claims.statistic import CaseStatistic
from monitoring.verdicts import verdict

FEWEST = 3
"""Coupled shadows from which anything is said of models trained this way."""
MAJORITY = 0.5
"""The share of models beyond which a claim about a case holds of models trained this way."""


def by_votes(finding: Finding) -> bool:
    """Whether a finding is settled by votes: it is about a case, and about all models trained this way.

    The intervals of its checks are shares of models, and their threshold is ½.

    >>> case = Finding("no", 'prediction(case="7") < 0', "prediction", Scope.PROCESS, made_on=1)
    >>> by_votes(case), by_votes(Finding("good", "auc() > 0.7", "auc", Scope.PROCESS, made_on=1))
    (True, False)
    """
    if finding.scope is not Scope.PROCESS:
        return False
    try:
        return isinstance(parse(finding.claim).about, CaseStatistic)
    except ClaimError:  # of another build's grammar
        return False


def votes(theta: Sequence[float], comparator: str, threshold: float, tolerance: float = 0.0) -> tuple[int, int]:
    """In how many models θ satisfies a claim within its tolerance, and how many have an estimate at all.

    Args:
        theta: of one model each; NaN where it has none.
        comparator: ``>``, ``>=``, ``<`` or ``<=``.
        threshold: c, in the unit of θ.
        tolerance: δ ≥ 0, same unit.

    >>> votes([0.69, 0.75, 0.6, float("nan")], ">", 0.7, 0.02)
    (2, 3)
    """
    known = [value for value in theta if isfinite(value)]
    said = [verdict(Interval(v, v, v), comparator, threshold, tolerance) for v in known]
    return sum(not status.refutes for status in said), len(known)


def share(held: int, of: int, alpha: float) -> Interval:
    """The share of models in which a claim holds, v of K, with the interval of Jeffreys.

    Quantiles of Beta(½ + v, ½ + K − v), widened to the share itself where none or all hold. It is the share among
    models resampled around this version. Where the version itself is a lucky draw its shadows are too: of versions
    trained on disjoint windows, for a claim that half of all models uphold, all of K shadows agree on ``holds`` in about
    1/(K + 1), which is 20 % with four.

    Args:
        held: v.
        of: K ≥ 1.
        alpha: error a side.

    Source: Brown, Cai, DasGupta, Statistical Science 16, 2001.

    >>> print(share(4, 4, 0.05), share(2, 4, 0.05), sep="; ")
    1.000 [0.638, 1.000]; 0.500 [0.165, 0.835]
    """
    from scipy.special import betaincinv  # whoever only reads a ledger does without

    lower, upper = (float(betaincinv(0.5 + held, 0.5 + of - held, q)) for q in (alpha, 1 - alpha))
    return Interval(held / of, min(lower, held / of), max(upper, held / of))


def doubt(held: int, of: int) -> float:
    """One-sided p of "the claim holds in at least half of the models", small when most are against it.

    >>> round(doubt(0, 4), 4), doubt(2, 4)
    (0.015, 0.5)
    """
    from scipy.special import betaincc

    return float(betaincc(0.5 + held, 0.5 + of - held, MAJORITY))
