"""A claim put to a set of rows."""

from dataclasses import dataclass
from typing import TypeAlias

from halflife.models.domain import Interval, Scope
from halflife.monitoring.claims.language.grammar import Claim
from halflife.monitoring.claims.syntax.claim_text import Value

Subject: TypeAlias = tuple[str, str, tuple[tuple[str, Value], ...], str | None, str | None]
"""A set of rows, a statistic, its arguments, the threshold where that is text, and the rows that settle what is left
open: what an estimate is an estimate of."""


@dataclass(frozen=True)
class Question:
    """One claim, put to one set of rows.

    Attributes:
        rows: name of the set in the evidence.
        birth: of the finding, for ``weakened``; None when it is being born.
        reference: name of the set that settles what the claim leaves open (``Statistic.settle``): the rows it was made
            on; None for the rows it is put to.
    """

    claim: Claim
    scope: Scope
    rows: str
    birth: Interval | None = None
    reference: str | None = None

    @property
    def settled_on(self) -> str:
        """The set that settles what the claim leaves open."""
        return self.rows if self.reference is None else self.reference

    @property
    def subject(self) -> Subject:
        """Questions about the same subject share an estimate; a threshold that is text is part of what is estimated."""
        text = self.claim.threshold if isinstance(self.claim.threshold, str) else None
        settled_on = self.settled_on if self.claim.about.settles else None
        return self.rows, self.claim.statistic, self.claim.arguments, text, settled_on
