"""Which findings to re-check first: the open ones by their chance of being refuted next."""

from halflife.models.domain import Author, Finding
from halflife.models.forecast import Forecast
from halflife.monitoring.claims.language.grammar import subject
from halflife.monitoring.conclusions import Conclusions

EQUAL = 0.05
"""Chances closer than this are told in the order of who cares: guards, people's, the investigator's."""
LIKELY = 0.05
"""A chance below this is not worth a look beforehand."""


def first(conclusions: Conclusions, n: int, *, least: float = LIKELY) -> tuple[tuple[Finding, Forecast], ...]:
    """The open findings most likely to be refuted at the next retrain, at most so many.

    Chances are compared in steps of `EQUAL`; guards and people's findings come first among equals. Of what the
    investigator says of one subject only the likeliest is told.

    Args:
        conclusions: the story.
        n: how many.
        least: chance from which one is told.
    """
    told = [
        (finding, conclusions.forecasts[finding.id])
        for finding in conclusions.findings
        if finding.id in conclusions.forecasts and finding.retired_on is None and not finding.stillborn
    ]
    likely = [pair for pair in told if pair[1].probability >= least]
    chosen, heard = [], set()
    for finding, forecast in sorted(likely, key=_rank):
        about = (finding.id,) if finding.guard or finding.author != Author.INVESTIGATOR else subject(finding.claim)
        if about not in heard:
            heard.add(about)
            chosen.append((finding, forecast))
    return tuple(chosen[:n])


def _rank(pair: tuple[Finding, Forecast]) -> tuple[int, int, float, int]:
    finding, forecast = pair
    owner = 0 if finding.guard else 2 if finding.author == Author.INVESTIGATOR else 1
    return -int(forecast.probability / EQUAL), owner, -forecast.probability, finding.id
