"""What the checks of a statistic are made on: a claim, and what is measured of it on the small model."""

from dataclasses import dataclass

from scipy.special import ndtri

from halflife.models.domain import Measurement, Scope
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.question import Question
from halflife.testing.small_model import SCHEMA


@dataclass(frozen=True)
class Specimen:
    """A claim under check, and where its statistic keeps the contract in a way of its own.

    Attributes:
        text: of the claim, canonical; a case in it is ``"41023"``.
        linearised: how far weighting a row twice may be from having it twice, in standard errors; 0 for ratios of sums.
        still: on the rows it was made on, θ is known exactly.
        empty: θ where no row is in the segment; None where that is untestable.
        needs_positives: it says nothing of negatives alone.
    """

    text: str
    linearised: float = 0.0
    still: bool = False
    empty: float | None = None
    needs_positives: bool = False

    @property
    def claim(self) -> Claim:
        """The claim as data."""
        return parse(self.text, schema=SCHEMA)


def answer(sweep: ModelPass, text: str, rows: str = "evidence", scope: Scope | None = None) -> Measurement:
    """What is measured of a claim, on its own scope unless told otherwise."""
    claim = parse(text)
    (found,) = measure(sweep, [Question(claim, claim.scope if scope is None else scope, rows)], replicates=200)
    return found


def theta(sweep: ModelPass, text: str, rows: str = "evidence") -> float:
    """θ of a claim."""
    found = answer(sweep, text, rows)
    assert found.interval is not None, found.reason
    return found.interval.estimate


def standard_error(sweep: ModelPass, text: str) -> float:
    """The standard error of a statistic, from the width of its interval."""
    found = answer(sweep, text, scope=Scope.POPULATION)
    assert found.interval is not None, found.reason
    return (found.interval.upper - found.interval.lower) / 2 / float(ndtri(0.95))
