"""What becomes of retrains that were missed while nothing ran: all are made up for, one stands for them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from halflife.models.domain import Version


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

    def first(self, versions: Sequence[Version], window: int, every: int, over: int) -> int:
        """The first tick at which something may be done; ticks before it are taken in, and that is all.

        Args:
            versions: that there are, oldest first.
            window: ticks a version is trained on.
            every: ticks from one retrain to the next.
            over: the last tick that is over.

        >>> [CatchUp(Missed(how)).first((), 4, 5, 20) for how in ("all", "once", "skip")]
        [0, 18, 20]
        >>> CatchUp(Missed.ALL, within=10).first((), 4, 5, 20)
        13
        """
        begins = versions[-1].last + every if versions else window - 1
        if over < begins + every:
            return 0  # at most one is due, and none was missed
        if self.missed is Missed.SKIP:
            return over
        if self.missed is Missed.ONCE:
            return begins + (over - begins) // every * every
        if self.within is None or over - self.within <= begins:
            return 0
        return begins - (begins - (over - self.within)) // every * every
