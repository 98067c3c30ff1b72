"""How late labels are: which share of a tick's rows has its label so many ticks later, and what that leaves of a window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ticks = npt.NDArray[np.int64]
MOST = 0.5
"""Of the labels that come at all: when so many have come, labels are there."""


@dataclass(frozen=True)
class LabelLag:
    """When labels come.

    Attributes:
        shares: of a tick's rows that have a label 0, 1, 2 … ticks later; after the last one no more come. Empty where
            every row has its label at once.

    >>> late = LabelLag((0.0, 0.0, 0.4, 0.8))
    >>> late.ticks, late.labelled(3), late.labelled(5)
    (2, 0.4, 2.0)
    """

    shares: tuple[float, ...] = ()

    @property
    def ticks(self) -> int:
        """Ticks after which most of the labels that come at all have come."""
        enough = MOST * max(self.shares, default=0.0)
        return next((k for k, share in enumerate(self.shares) if share >= enough > 0), 0)

    @property
    def exact(self) -> bool:
        """No label comes before the others."""
        return not any(self.shares[: self.ticks])

    def labelled(self, window: int) -> float:
        """Ticks' worth of rows that have a label at the end of a window of so many ticks."""
        last = self.shares[-1] if self.shares else 1.0
        return float(sum(self.shares[:window]) + last * max(0, window - len(self.shares)))

    def window_for(self, ticks: float, most: int) -> int | None:
        """The shortest window in which so many ticks' worth of rows have a label; None where none of ``most`` ticks does.

        >>> LabelLag((0.0, 0.0, 1.0)).window_for(4, most=20), LabelLag((0.5,)).window_for(8, most=10)
        (6, None)
        """
        return next((w for w in range(1, most + 1) if self.labelled(w) >= ticks - 1e-9), None)


AT_ONCE = LabelLag()


def late_by(ticks: int, share: float = 1.0) -> LabelLag:
    """Labels that come all at once, so many ticks after their rows, to this share of the rows."""
    return LabelLag((0.0,) * ticks + (share,))


def label_lag(rows: Sequence[int], of: Ticks, due: Ticks) -> LabelLag:
    """What a history tells of it; a tick is counted as far as the history goes on after it.

    Args:
        rows: of each tick, from 0.
        of: the tick of each label's row, shape (n,).
        due: the tick in which each label comes, shape (n,).

    >>> label_lag([10, 10, 10], np.repeat([0, 1], 10), np.repeat([1, 2], 10)).shares
    (0.0, 1.0, 1.0)
    """
    n = len(rows)
    here = due < n
    lag, seen = (due - of)[here], (n - of)[here]  # a label counts from its lag on, as long as its tick is old enough
    came = np.cumsum(np.bincount(lag, minlength=n + 1) - np.bincount(seen, minlength=n + 1))[:n]
    there = np.cumsum(rows)[::-1]
    return LabelLag(tuple((came / np.maximum(there, 1)).tolist()))
