"""In how many shadows a finding holds, and the warning that goes with one born fragile."""

from math import isfinite

from halflife.models.domain import Check, Finding
from halflife.models.shadow import Controls
from halflife.monitoring.claims.estimation.shadow_agreement import shadow_agreement
from halflife.monitoring.wording.figures import percent


def fragility(finding: Finding, controls: Controls | None) -> str:
    """What to expect of a finding that too few of its own version's shadows uphold; empty for any other.

    Nothing is said of a stillborn one: it is dead already.

    Args:
        finding: as it was filed.
        controls: of its birth check, for the number of shadows; None where that is not at hand.

    >>> from halflife.models.domain import Scope
    >>> flip = Finding("flip", 'prediction(case="7") > 0', "prediction", Scope.ARTIFACT, made_on=1, upheld=0.375)
    >>> print(fragility(flip, Controls((0.1, -0.2, -0.3, 0.4, 0.2, -0.1, -0.1, -0.5))))
    born fragile: it holds in 3 of 8 models trained on the same window; expect it to die of retraining noise
    """
    if not finding.fragile or finding.stillborn or finding.upheld is None:
        return ""
    of = sum(map(isfinite, controls.deciding)) if controls else 0
    held = f"{round(finding.upheld * of)} of {of} models" if of else f"{percent(finding.upheld)} of the models"
    return f"born fragile: it holds in {held} trained on the same window; expect it to die of retraining noise"


def born_fragile(finding: Finding, check: Check) -> str:
    """The same, where any of its checks is at hand: only the one on the version it was made on counts its models."""
    return fragility(finding, check.controls if check.version == finding.made_on else None)


def in_shadows(finding: Finding, check: Check) -> str:
    """In how many of a version's shadows a finding holds, on the rows that decide; empty without shadows.

    Args:
        finding: in question.
        check: of it, on the version.

    >>> from halflife.models.domain import Interval, Measurement, Scope, Status
    >>> held = Measurement(900, Interval(0.71, 0.68, 0.74), Status.HOLDS)
    >>> fair = Finding("fair", "auc() > 0.7", "auc", Scope.POPULATION, 1)
    >>> in_shadows(fair, Check(1, 2, 0.7, held, None, Controls((0.65, 0.71, 0.72))))
    'it holds in 2 of 3 other models trained on the same window'
    """
    held, of = shadow_agreement(finding, check)
    return f"it holds in {held} of {of} other models trained on the same window" if of else ""
