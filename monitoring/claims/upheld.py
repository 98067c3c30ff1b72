"""In how many of a version's own shadows a finding holds, the shadows centred on their version."""

from collections.abc import Sequence
from math import fsum, isfinite, sqrt

from models.domain import Check, Finding, Interval
from models.errors import ClaimError
from models.shadow import ShadowKind
from monitoring.claims.grammar import Claim, parse
from monitoring.claims.order import order
from monitoring.verdicts import verdict


def centred(theta: float, controls: Sequence[float], kinds: Sequence[ShadowKind]) -> tuple[float, ...]:
    """θ by a version's shadows, as it would be had the coupled ones learned from as much as the version did.

    Under Poisson(1) weights a model sees some 63 % of the distinct rows. It is trained worse than its version, and θ is
    off to one side in all coupled shadows alike, a higher loss for instance. How they differ from each other is what
    another draw of rows does, so they are moved together until their mean is the version's θ. Their distances from that
    mean are made √(K/(K − 1)) times as long: they are measured from the mean of the K themselves, and would be too
    short by as much. Shadows that differ by their seed alone learned from the version's own rows and stay, and so does
    a coupled one without company, of which nothing tells the bias from the noise.

    Args:
        theta: the version's own θ.
        controls: θ by each of its shadows, in their order; NaN where one has none, which stays so.
        kinds: of the shadows, as many.

    Returns:
        As many; the mean over the K coupled ones is ``theta``, and the mean of their squared distances from it is the
        variance of the controls with K − 1 degrees of freedom.

    Source: Efron, "Bootstrap Methods: Another Look at the Jackknife", The Annals of Statistics 7, 1979 (the spread of
    resamples around their own mean stands for that of estimates around the truth).

    >>> coupled, seed = ShadowKind.COUPLED, ShadowKind.SEED
    >>> [round(t, 3) for t in centred(0.5, (0.7, 0.8, 0.45), (coupled, coupled, seed))]
    [0.429, 0.571, 0.45]
    """
    coupled = [t for t, kind in zip(controls, kinds, strict=True) if kind is ShadowKind.COUPLED and isfinite(t)]
    k = len(coupled)
    if k < 2:
        return tuple(controls)
    mean, stretch = fsum(coupled) / k, sqrt(k / (k - 1))
    return tuple(
        theta + (t - mean) * stretch if kind is ShadowKind.COUPLED else t
        for t, kind in zip(controls, kinds, strict=True)
    )


def upholding(claim: Claim, theta: Sequence[float]) -> tuple[int, int]:
    """In how many models θ satisfies a claim within its tolerance, and how many have an estimate at all.

    Args:
        claim: in question.
        theta: of one model each; NaN where it has none.

    >>> upholding(parse("auc() > 0.7 ± 0.02"), [0.69, 0.75, 0.6, float("nan")])
    (2, 3)
    """
    comparator, threshold = order(claim)
    known = [value for value in theta if isfinite(value)]
    said = [verdict(Interval(v, v, v), comparator, threshold, claim.tolerance) for v in known]
    return sum(not status.refutes for status in said), len(known)


def upheld(finding: Finding, check: Check, kinds: Sequence[ShadowKind]) -> tuple[int, int]:
    """In how many of a version's shadows the claim itself holds, whatever its scope, and how many have an estimate.

    On the rows that decide. None of none where the version has no shadows or no estimate of its own, and where the claim
    cannot be read.

    Args:
        finding: in question.
        check: of it, on the version.
        kinds: of the version's shadows, ``Version.shadows``.
    """
    interval, controls = check.decides.interval, () if check.controls is None else check.controls.deciding
    if interval is None or not controls or len(controls) != len(kinds):
        return 0, 0
    try:
        claim = parse(finding.claim)
    except ClaimError:  # of another build's grammar
        return 0, 0
    return upholding(claim, centred(interval.estimate, controls, kinds))
