"""A finding's life as a chart of text: a line a version, its interval against the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from halflife.models.domain import Interval

DOT, END, LINE, BAR, TOLERATED = "●", ("├", "┤"), "─", "┊", "·"


@dataclass(frozen=True)
class Scale:
    """From the statistic's unit to columns of text.

    >>> Scale(0.0, 1.0, 11).column(0.5)
    5
    """

    least: float
    most: float
    width: int

    def column(self, value: float) -> int:
        """The column of a value, 0 to width − 1; values outside go to the edge."""
        share = (value - self.least) / (self.most - self.least)
        return round(min(max(share, 0.0), 1.0) * (self.width - 1))


def scale(intervals: Sequence[Interval], bars: Sequence[float], width: int) -> Scale:
    """A scale on which all of them can be seen, with a little room on both sides."""
    ends = [end for i in intervals for end in (i.lower, i.estimate, i.upper)]
    values = [value for value in (*ends, *bars) if isfinite(value)]
    least, most = min(values, default=0.0), max(values, default=0.0)
    room = 0.04 * (most - least) or 0.5 * abs(most) or 1.0
    return Scale(least - room, most + room, width)


def line(interval: Interval | None, bars: Sequence[float], on: Scale) -> str:
    """One line of the chart: threshold, tolerance where there is one, and the interval over both.

    Args:
        interval: what was measured; None when nothing was.
        bars: the threshold, then what the tolerance makes of it.
        on: the scale.

    >>> line(Interval(0.5, 0.3, 0.7), [0.1], Scale(0.0, 1.0, 21))
    '  ┊   ├───●───┤      '
    """
    cells = [" "] * on.width
    for bar, sign in zip(reversed(bars), reversed((BAR, TOLERATED)[: len(bars)]), strict=True):
        cells[on.column(bar)] = sign
    if interval is not None and isfinite(interval.estimate):
        first, last = on.column(interval.lower), on.column(interval.upper)
        for k in range(first, last + 1):
            cells[k] = LINE if cells[k] == " " else "┼"
        if last - first > 1:
            cells[first], cells[last] = END
        cells[on.column(interval.estimate)] = DOT
    return "".join(cells)
