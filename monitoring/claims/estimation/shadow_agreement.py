"""In how many of a version's own shadows a finding holds.

Shadows are read as they are. The coupled ones learn from some 63 % of the distinct rows and do a little worse than their
version, so that a claim about a loss near its value may be upheld by few. Moving them until their mean is the version's
own was tried on five ledgers: what they upheld then foretold the next re-test worse in most, since a finding is filed
where it looks best and shadows fall back from there as later versions do.
"""

from collections.abc import Sequence
from math import isfinite

from halflife.models.domain import Check, Finding, Interval
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import Claim, readable
from halflife.monitoring.verdicts import verdict


def upholding(claim: Claim, theta: Sequence[float]) -> tuple[int, int]:
    """In how many models θ satisfies a claim within its tolerance, and how many have an estimate at all.

    Args:
        claim: in question.
        theta: of one model each; NaN where it has none.

    >>> from halflife.monitoring.claims.language.grammar import parse
    >>> upholding(parse("auc() > 0.7 ± 0.02"), [0.69, 0.75, 0.6, float("nan")])
    (2, 3)
    """
    comparator, threshold = order(claim)
    known = [value for value in theta if isfinite(value)]
    said = [verdict(Interval(v, v, v), comparator, threshold, claim.tolerance) for v in known]
    return sum(not status.refutes for status in said), len(known)


def shadow_agreement(finding: Finding, check: Check) -> tuple[int, int]:
    """In how many of a version's shadows the claim itself holds, whatever its scope, and how many have an estimate.

    On the rows that decide. None of none where the version has no shadows, and where the claim cannot be read.

    Args:
        finding: in question.
        check: of it, on the version.
    """
    claim = readable(finding.claim)
    if check.controls is None or claim is None:
        return 0, 0
    return upholding(claim, check.controls.deciding)
