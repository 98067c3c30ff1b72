"""How far each finding was from being refuted when it was made, and what noise can do to that.

**Intervals.** θ at birth is where θ is expected at any later version of a world that stands still. It differs there by
retraining noise, whose variance is that of θ over the coupled shadows of the finding's own version, moderated by those
of its kind, and by the error of other evidence rows. The part of other seeds is the share of the seed-only shadows'
variance in it, over all findings of the kind.

**Votes.** An exact claim about a case or about pinned rows is refuted or not: of K coupled shadows, v refute it. The share
of models that do is drawn from Beta(α + v, β + K − v), where α and β are what the kind's votes make of a prior around
Jeffreys' ½ and ½; with few findings it is Beta(½ + v, ½ + K − v). It becomes a distance in units of noise by the inverse
normal distribution. Shadows stand around their own version's window, so other windows stray from it once more.

What shadows say of pinned rows is centred on their version first (``halflife.models.shadow.centred``): the prior
allows for there being few already. What they say of a case is not centred. Claims about cases are made where these look
their most extreme, and shadows fall back from there as later versions do: centred they would not.

Source: Smyth, Statistical Applications in Genetics and Molecular Biology 3(1), 2004 (moderated variances); Jeffreys,
"Theory of Probability", 1961 (prior); Brown, Cai and DasGupta, Statistical Science 16, 2001 (votes).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from halflife.models.domain import Check, Finding, Scope, Version
from halflife.models.rows import Array
from halflife.models.shadow import ShadowKind, centred
from halflife.monitoring.claims.estimation.shadow_agreement import upholding
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.claims.statistics.base import CaseStatistic

FEWEST = 2
"""Coupled shadows; fewer have no spread."""
PRIOR_SPREAD = 1.5
"""Of ln α and of ln β around ln ½: a factor of 4.5 either way."""
GRID = np.geomspace(1 / 32, 32, 16)
EDGE = 1e-12


@dataclass(frozen=True)
class Stand:
    """One finding on the version it was made on.

    Attributes:
        finding: its id.
        made_on: the version's number.
        exact: no interval; settled by votes.
        distance: of θ from where it would be refuted, positive on the claim's side; the claim's unit.
        near: half of the interval towards the claim's side, same unit: it is refuted from ``distance < -near``.
        far: half towards the other: it is confirmed from ``distance > far``.
        error: standard error of the evidence rows, same unit.
        coupled: θ by coupled shadows, same unit.
        seeds: θ by shadows of other seeds, same unit.
        refuting: coupled shadows that refute it.
    """

    finding: int
    made_on: int
    exact: bool
    distance: float
    near: float
    far: float
    error: float
    coupled: tuple[float, ...]
    seeds: tuple[float, ...]
    refuting: int


def stand(finding: Finding, birth: Check, version: Version, *, z: float) -> Stand | None:
    """Where a finding stood when it was made; None without an estimate, or without shadows that can be read.

    Args:
        finding: any.
        birth: its check on the version it was made on.
        version: that version.
        z: half-width of the checks' intervals in standard errors.
    """
    interval = birth.decides.interval
    theta = () if birth.controls is None else birth.controls.deciding
    if interval is None or len(theta) != len(version.shadows):
        return None
    claim = readable(finding.claim)
    if claim is None:
        return None
    known = [(kind, t) for kind, t in zip(version.shadows, theta, strict=True) if np.isfinite(t)]
    coupled = tuple(t for kind, t in known if kind is ShadowKind.COUPLED)
    if len(coupled) < FEWEST:
        return None
    case = isinstance(claim.about, CaseStatistic)
    comparator, threshold = order(claim)
    above = comparator in (">", ">=")
    up, down = interval.upper - interval.estimate, interval.estimate - interval.lower
    error = (up + down) / 2 / z
    if finding.scope is Scope.PROCESS:  # whose interval holds retraining noise too, of a case nothing else
        error = 0.0 if case else sqrt(max(0.0, error**2 - float(np.var(coupled, ddof=1))))
    voting = coupled if case else centred(interval.estimate, coupled)
    held, of = upholding(claim, voting)
    return Stand(
        finding=finding.id,
        made_on=finding.made_on,
        exact=finding.scope is Scope.ARTIFACT,
        distance=(interval.estimate - threshold if above else threshold - interval.estimate) + claim.tolerance,
        near=up if above else down,
        far=down if above else up,
        error=error,
        coupled=coupled,
        seeds=tuple(t for kind, t in known if kind is ShadowKind.SEED),
        refuting=of - held,
    )


@dataclass(frozen=True)
class MarginSpread:
    """Retraining noise of findings of one kind, each of shape (n,).

    Attributes:
        variance: of θ by retraining, in the claim's unit squared, moderated.
        df: its degrees of freedom; may be infinite.
        fresh: share of it that is drawn anew with each version (other seeds); the rest is sampling.
    """

    variance: Array
    df: Array
    fresh: float


def spread(stands: Sequence[Stand]) -> MarginSpread:
    """The noise of findings of one kind."""
    from halflife.monitoring.causes.moderated_variance import (
        moderated_variance,  # loads what readers of a ledger without shadows never need
    )

    seen = np.array([np.var(s.coupled, ddof=1) for s in stands])
    variance, df = moderated_variance(seen, np.array([len(s.coupled) - 1.0 for s in stands]))
    told = [i for i, s in enumerate(stands) if len(s.seeds) >= FEWEST and variance[i] > 0]
    shares = [float(np.var(stands[i].seeds, ddof=1) / variance[i]) for i in told]
    return MarginSpread(variance, df, min(1.0, float(np.mean(shares))) if shares else 0.0)


def shares(refuting: Array, of: Array, paths: int, rng: np.random.Generator) -> Array:
    """Draws of the share of models that refute each finding of one kind; shape (n, paths).

    Args:
        refuting: v, shape (n,).
        of: K, shape (n,).
        paths: draws for each.
        rng: of the draws.
    """
    from scipy.special import betaln

    a, b = (side.ravel() for side in np.meshgrid(GRID, GRID))
    pairs, counts = np.unique(np.column_stack([refuting, of]), axis=0, return_counts=True)
    v, k = pairs[:, :1], pairs[:, 1:]
    fit = counts @ (betaln(a + v, b + k - v) - betaln(a, b))
    fit = fit - (np.log(2 * a) ** 2 + np.log(2 * b) ** 2) / (2 * PRIOR_SPREAD**2)
    weight = np.cumsum(np.exp(fit - fit.max()))
    at = np.searchsorted(weight, (np.arange(paths) + 0.5) / paths * weight[-1])
    return np.asarray(rng.beta(a[at] + refuting[:, None], b[at] + (of - refuting)[:, None]))


def by_finding(
    findings: Sequence[Finding], births: Mapping[int, Check], versions: Mapping[int, Version], *, level: float
) -> dict[int, Stand]:
    """Finding's id -> where it stood, for those of which shadows tell."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    found = {}
    for finding in findings:
        birth, version = births.get(finding.id), versions.get(finding.made_on)
        if birth is not None and birth.controls is not None and version is not None:
            stood = stand(finding, birth, version, z=z)
            if stood is not None:
                found[finding.id] = stood
    return found
