"""What becomes of retrains that were missed while nothing ran: all are made up for, one stands for them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from halflife.models.domain import Version

if TYPE_CHECKING:
    from halflife.monitoring.policy import RetrainPolicy


class Missed(StrEnum):
    """How missed retrains are made up for, as schedulers know it."""

    ALL = "all"
    ONCE = "once"
    SKIP = "skip"


@dataclass(frozen=True)
class CatchUp:
    """What is made up for.

    A retrain is missed when the tick of the next one is over too.

    Attributes:
        missed: every missed retrain, oldest first; the newest of them alone, as of the tick at which it was due; or none:
            a version is made of the newest rows, and retrains are counted from there.
        within: of ``ALL``, ticks before the newest within which they are made up for; None for however long ago.
    """

    missed: Missed = Missed.ALL
    within: int | None = None

    def first(self, versions: Sequence[Version], policy: "RetrainPolicy", over: int) -> int:
        """The first tick at which something may be done; ticks before it are taken in, and that is all.

        Args:
            versions: that there are, oldest first.
            policy: when retrains are due by the calendar.
            over: the last tick that is over.

        >>> from halflife.monitoring.policy import RetrainPolicy
        >>> retrain = RetrainPolicy(window=4, every=5)
        >>> [CatchUp(Missed(how)).first((), retrain, 20) for how in ("all", "once", "skip")]
        [0, 18, 20]
        >>> CatchUp(Missed.ALL, within=10).first((), retrain, 20)
        13
        """
        begins = versions[-1].last + policy.every if versions else policy.window - 1
        if over < begins + policy.every:
            return 0  # at most one is due, and none was missed
        if self.missed is Missed.SKIP:
            return over
        if self.missed is Missed.ONCE:
            return begins + (over - begins) // policy.every * policy.every
        if self.within is None or over - self.within <= begins:
            return 0
        return begins - (begins - (over - self.within)) // policy.every * policy.every
