"""How well a version did on ticks after its window, and how that is known: measured, or estimated before labels come."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from halflife.models.domain import Interval

SETTLED = 0.95
"""Share of labels from which on what is still missing is passed over, and a performance counts as measured."""


class Basis(StrEnum):
    """What a performance is known from."""

    MEASURED = "measured"
    """Every label that is still to be expected has come."""
    ASSISTED = "prediction-powered"
    """The labels that have come, and what the scores say of the rows without one."""
    ESTIMATED = "estimated"
    """The scores alone."""


@dataclass(frozen=True)
class Performance:
    """How well the champion does on some ticks' rows that it was never trained on.

    Attributes:
        first_tick: of the ticks, inclusive.
        tick: last of them.
        against: number of the champion.
        asof: last tick in the store when this was told.
        basis: what it is known from.
        rows: that were looked at.
        labelled: of these, whose label had come.
        given_up: of these, whose label is no longer expected.
        metrics: ``auc``, ``log_loss`` in nats, ``brier``, ``accuracy`` with their intervals; empty with ``reason``.
        reason: why there is none.
    """

    first_tick: int
    tick: int
    against: int
    asof: int
    basis: Basis
    rows: int
    labelled: int
    given_up: int
    metrics: Mapping[str, Interval]
    reason: str = ""

    @property
    def arrived(self) -> float:
        """Share of the labels still expected that have come; 1 where none is expected.

        >>> Performance(0, 2, 1, 2, Basis.ESTIMATED, rows=100, labelled=30, given_up=40, metrics={}).arrived
        0.5
        """
        expected = self.rows - self.given_up
        return self.labelled / expected if expected else 1.0

    @property
    def settled(self) -> bool:
        """Whether so many labels have come that the rest is passed over."""
        return self.arrived >= SETTLED
