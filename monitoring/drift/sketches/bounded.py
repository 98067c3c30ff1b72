"""A figure with what it may be wrong by."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Bounded:
    """A figure known to lie in ``value`` ± ``error``; ``error`` is 0 when it is exact, infinite when nothing is known.

    >>> Bounded.between(0.25, 0.75)
    Bounded(value=0.5, error=0.25)
    """

    value: float
    error: float = 0.0

    @classmethod
    def between(cls, lower: float, upper: float) -> "Bounded":
        """The middle of what is possible; unknown when an end is no number or infinite."""
        if not np.isfinite(upper - lower):
            return UNKNOWN
        return cls(float(lower + upper) / 2, max(float(upper - lower) / 2, 0.0))


UNKNOWN = Bounded(float("nan"), float("inf"))
