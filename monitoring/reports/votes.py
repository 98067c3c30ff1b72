"""How the checks of claims that are put to the vote are said: a share of models where others have a value."""

from models.domain import Check, Finding, Interval, Measurement
from models.errors import ClaimError
from monitoring.claims.grammar import parse
from monitoring.claims.order import order
from monitoring.claims.votes import by_votes, votes
from monitoring.reports.figures import percent
from monitoring.reports.words import measured

HALF = "half of the models"
"""The threshold of a vote."""


def said(finding: Finding, measurement: Measurement) -> str:
    r"""What a measurement says, as `measured` does, but votes as a count of models.

    >>> from models.domain import Scope, Status
    >>> case = Finding("no", 'prediction(case="7") < 0', "prediction", Scope.PROCESS, made_on=1)
    >>> said(case, Measurement(4, Interval(0.75, 0.35, 0.94), Status.UNCLEAR))
    '3 of 4 models [35\xa0%, 94\xa0%]'
    """
    interval = measurement.interval
    if interval is None or not by_votes(finding):
        return measured(measurement)
    return f"{round(interval.estimate * measurement.rows)} of {measurement.rows} models {_ends(interval)}"


def figure(finding: Finding, interval: Interval) -> str:
    r"""An estimate with its interval, where the number of models is not at hand.

    >>> from models.domain import Scope
    >>> case = Finding("no", 'prediction(case="7") < 0', "prediction", Scope.PROCESS, made_on=1)
    >>> figure(case, Interval(0.75, 0.35, 0.94))
    '75\xa0% of models [35\xa0%, 94\xa0%]'
    """
    return f"{percent(interval.estimate)} of models {_ends(interval)}" if by_votes(finding) else str(interval)


def threshold(finding: Finding, check: Check) -> str:
    """What the figures of a check are judged against."""
    return HALF if by_votes(finding) else f"{check.threshold:g}"


def in_shadows(finding: Finding, check: Check) -> str:
    """In how many of the version's shadows the claim itself holds, on the rows that decide; empty without shadows.

    >>> from models.domain import Scope, Status
    >>> from models.shadow import Controls
    >>> held = Measurement(900, Interval(0.74, 0.70, 0.78), Status.HOLDS)
    >>> fair = Finding("fair", "auc() > 0.7", "auc", Scope.POPULATION, 1)
    >>> in_shadows(fair, Check(1, 2, 0.7, held, None, Controls((0.72, 0.69, 0.75))))
    'it holds in 2 of 3 other models trained on the same window'
    """
    try:
        claim = parse(finding.claim)
    except ClaimError:  # of another build's grammar
        return ""
    held, of = votes(check.controls.deciding if check.controls else (), *order(claim), claim.tolerance)
    return f"it holds in {held} of {of} other models trained on the same window" if of else ""


def _ends(interval: Interval) -> str:
    return f"[{percent(interval.lower)}, {percent(interval.upper)}]"
