"""How far each finding is from its refutation, in units of the noise that a retrain adds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from halflife.models.domain import Check, Finding, Scope
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.measure import order
from halflife.monitoring.claims.language.about_case import about_case
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.foresight.forecast_table import FARTHEST
from halflife.monitoring.foresight.next_retrain_noise import INDEPENDENT, NextRetrainSpread


@dataclass(frozen=True)
class Margins:
    """Where F findings stand; NaN where there is no estimate or no shadow says how much noise there is.

    Attributes:
        margin: m = (θ − c)/√v on the claim's side, shape (F,).
        chance: that noise alone refutes it at the next re-test, shape (F,).
    """

    margin: Array
    chance: Array


def margins(
    findings: Sequence[Finding], checks: Sequence[Check], spread: NextRetrainSpread, *, level: float, overlap: float
) -> Margins:
    """Margins after one version's re-tests.

    The next re-test refutes θ > c when its upper bound falls below c − δ. Its estimate is spread around this one's
    with the variance v of what changes without any drift: what a retrain adds to the model (``spread``), and for claims
    about the population twice the evidence's squared standard error but for the rows both share. Its interval is taken
    to be as wide as now. So the chance is P(T > (U − c + δ)/√v), T with the degrees of freedom of v by Satterthwaite.
    An exact claim has U = θ, and without tolerance this is Φ(−m) but for the few shadows.

    Args:
        findings: F of them.
        checks: of each, on this version.
        spread: of their θ over shadows.
        level: of the checks' intervals.
        overlap: share of this version's evidence rows that the next will be tested on too.

    Source: Satterthwaite, Biometrics Bulletin 2, 1946 (degrees of freedom of a sum of variances).
    """
    z = float(ndtri(0.5 + level / 2))
    where = np.array([_standing(f, c) for f, c in zip(findings, checks, strict=True)]).reshape(-1, 3)
    distance, reach, width = where.T
    scope = np.array([f.scope for f in findings])
    evidence = INDEPENDENT * (1 - overlap) * (width / z) ** 2
    model = spread.next * spread.variance
    # The interval of a claim about the process holds both already, with t quantiles; a case has no rows to be drawn anew.
    process = (scope == Scope.PROCESS) & ~np.array([about_case(f) for f in findings], dtype=bool)
    model = np.where(process, spread.next * (width / z) ** 2, model)
    evidence = np.where(scope == Scope.POPULATION, evidence, 0.0)
    variance = model + evidence
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where((model > 0) & ~process, spread.freedom * (variance / model) ** 2, np.inf)
        margin = np.where(distance == 0, 0.0, distance / np.sqrt(variance))
        steps = np.where(reach == 0, 0.0, reach / np.sqrt(variance))
    known = np.isfinite(distance) & np.isfinite(variance)
    chance = np.where(np.isfinite(freedom), stdtr(np.where(np.isfinite(freedom), freedom, 1.0), -steps), ndtr(-steps))
    return Margins(
        np.where(known, np.clip(margin, -FARTHEST, FARTHEST), np.nan),
        np.where(known, chance, np.nan),
    )


def _standing(finding: Finding, check: Check) -> tuple[float, float, float]:
    """θ − c, the way to the refutation U − c + δ, and U − θ, all on the claim's side; NaN where nothing was measured."""
    interval = check.decides.interval
    if interval is None:
        return (np.nan,) * 3
    claim = readable(finding.claim)
    if claim is None:
        return (np.nan,) * 3
    more = order(claim)[0] in (">", ">=")
    distance = interval.estimate - check.threshold if more else check.threshold - interval.estimate
    width = interval.upper - interval.estimate if more else interval.estimate - interval.lower
    return distance, distance + width + claim.tolerance, width
