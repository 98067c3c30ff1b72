"""How long ticks and windows should be for the rows there are: long enough for drift, short enough for a history."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from statistics import median

import numpy as np

from halflife.models.rows import Array, Split
from halflife.monitoring.drift.comparison import MIN_ROWS
from halflife.monitoring.label_lag import LabelLag
from halflife.monitoring.ticking import TickRule
from halflife.monitoring.window_sizes import claims_want

LEAST = 50
"""Rows of a tick, however few there are in all."""
MANY, FEW = 40, 12
"""Ticks of a long history, and of a short one."""
SPANS = ("1h", "6h", "1d", "1w", "2w", "1mo", "3mo")
ENOUGH = 0.7
"""Of the rows a tick should have: with so many on the median a span of the calendar will do."""
SAID = {"1h": "an hour", "6h": "six hours", "1d": "a day", "1w": "a week", "2w": "two weeks", "1mo": "a month"}


@dataclass(frozen=True)
class TickSizes:
    """Ticks and windows.

    Attributes:
        rows: of a tick, about.
        span: of a tick by the calendar; empty where rows are counted.
        ticks: there are.
        window, every: ticks a version is trained on, and from one to the next.
        watch: newest ticks that are compared.
    """

    rows: int
    span: str
    ticks: int
    window: int
    every: int
    watch: int

    @property
    def called(self) -> str:
        """The span in words.

        >>> TickSizes(1000, "1d", 9, 3, 1, 1).called, TickSizes(1000, "3mo", 9, 3, 1, 1).called
        ('a day', '3 months')
        """
        return SAID.get(self.span, f"{self.span.removesuffix('mo')} months")


def tick_sizes(n: int, times: Array | None = None, zone: str = "UTC") -> TickSizes:
    """Sizes that fit a history.

    A tick has 1,000 rows or more where that leaves `FEW` ticks, and a window reaches 1,000 rows in any case that there
    are: below, drift cannot be told from chance (see `halflife.monitoring.drift.comparison`).

    Args:
        n: rows there are.
        times: of the rows in microseconds since 1970, ascending, shape (n,); None where they are not dated.
        zone: in which days begin.

    >>> sizes = tick_sizes(45_312)
    >>> sizes.rows, sizes.ticks, sizes.window, sizes.every, sizes.watch
    (1100, 42, 8, 3, 3)
    >>> tick_sizes(3_000).rows, tick_sizes(3_000).watch
    (250, 4)
    >>> tick_sizes(48_000, np.arange(48_000) * 3.6e9 / 50).span
    '1d'
    """
    wanted = (
        _round(n / MANY) if n >= MANY * MIN_ROWS else MIN_ROWS if n >= FEW * MIN_ROWS else max(LEAST, _round(n / FEW))
    )
    for rows, ticks, span in _calendar(times, zone):
        if rows >= ENOUGH * wanted and ticks >= FEW // 2:
            return _windows(rows, span, ticks)
    return _windows(wanted, "", ceil(n / wanted))


def _calendar(times: Array | None, zone: str) -> Iterator[tuple[int, int, str]]:
    """Median rows, and number, of the ticks of each span."""
    if times is None or not len(times):
        return
    for span in SPANS:
        _, counts = np.unique(TickRule(span=span, zone=zone).periods(times), return_counts=True)
        yield int(median(counts.tolist())), len(counts), span


def _windows(rows: int, span: str, ticks: int) -> TickSizes:
    enough = ceil(MIN_ROWS / rows)
    window = max(min(8, ticks // 3), min(enough, ticks // 2), 1)
    every = max(1, min(3, ticks // 8))
    return TickSizes(rows, span, ticks, window, every, max(min(3, window), min(enough, window)))


def with_late_labels(sizes: TickSizes, lag: LabelLag, rarer: float | None = None) -> TickSizes:
    """Windows that hold as many labels although these come late, and as many as claims want, as far as there are ticks.

    Args:
        sizes: for labels that come at once.
        lag: how late they are.
        rarer: share of the rarer label; None where it is not known.

    >>> from halflife.monitoring.label_lag import late_by
    >>> late = with_late_labels(tick_sizes(45_312), late_by(4))
    >>> late.window, late.watch
    (12, 5)
    >>> with_late_labels(tick_sizes(45_312), LabelLag(), rarer=0.008).window
    12
    """
    most = max(sizes.window, sizes.ticks - 1)
    lasting = max(lag.shares, default=1.0)
    window = lag.window_for(sizes.window * lasting, most) or most
    if rarer:
        evidence = lag.labelled(window) * sizes.rows * Split().evidence
        lacking = max(1.0, claims_want(evidence, rarer))
        longer = lag.window_for(lag.labelled(window) * lacking, max(window, sizes.ticks // 2))
        window = longer or max(window, sizes.ticks // 2)
    watch = sizes.watch if sizes.watch > lag.ticks else min(lag.ticks + 1, window)
    return replace(sizes, window=window, watch=watch)


def _round(rows: float) -> int:
    """Two digits, at least one row."""
    if rows < 10:
        return max(1, floor(rows))
    unit = 10 ** (floor(log10(rows)) - 1)
    return int(rows // unit * unit)
