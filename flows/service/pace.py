"""The clock of a synthetic world: which of its ticks are over while somebody looks on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """Ticks that pass by the clock, from the moment this is made. The world stands still while nobody looks.

    Attributes:
        first: tick that is over at once.
        seconds: that a tick lasts.
        now: the clock, in seconds; one that never turns back.

    >>> clock = iter([100.0, 100.0, 107.0])
    >>> pace = Pace(first=4, seconds=3.0, now=lambda: next(clock))
    >>> pace.over, pace.over
    (4, 6)
    """

    first: int
    seconds: float
    now: Callable[[], float] = time.monotonic
    _began: float = field(init=False, repr=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_began", self.now())

    @property
    def over(self) -> int:
        """The last tick that is over."""
        return self.first + int((self.now() - self._began) / self.seconds)
