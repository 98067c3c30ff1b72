"""When a tick is over: rows that have not been taken in yet, divided into the ticks to come.

A tick is so many rows, or a span of the calendar. It is *closed* when nothing can come to it any more: it is full, or
its span is over, and the rows are old enough that late ones have had their time. A history that is replayed is over by
itself, so its last tick is whole however few rows it has.

A row is *late* when it is older than what a stored tick reaches to: its own tick is over, so it comes in the next one.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.errors import ConfigError
from halflife.models.rows import Array, Mask

SPAN = re.compile(r"([1-9]\d*)\s*(min|h|d|w|mo)")
SPANS = '"15min", "1h", "1d", "1w" or "1mo"'
MINUTES = {"min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
MICROSECONDS = 60_000_000
MONDAY = 4
"""Days from 1 January 1970 to the first Monday: weeks begin on Mondays."""

Ticks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TickRule:
    """How rows are divided into ticks.

    Attributes:
        rows: of a tick, where ticks are counted.
        span: of a tick by the calendar, such as "1d"; empty where ticks are counted.
        zone: in which days begin, and which times without a zone are meant in.
        lateness: for how long rows may come late before a tick closes, such as "2h"; empty for not at all.

    Raises:
        ConfigError: a span or a zone that is none.
    """

    rows: int = 1000
    span: str = ""
    zone: str = "UTC"
    lateness: str = ""

    def __post_init__(self) -> None:
        if self.rows < 1:
            raise ConfigError(f"rows_per_tick = {self.rows} in [feed]: a tick has at least 1 row")
        for name, said in (("tick", self.span), ("allowed_lateness", self.lateness)):
            if said and (SPAN.fullmatch(said) is None or (name != "tick" and said.endswith("mo"))):
                raise ConfigError(f"{name} = {said!r} in [feed] is no length of time; write it like {SPANS}")
        try:
            ZoneInfo(self.zone)
        except (OSError, ValueError, KeyError):
            raise ConfigError(
                f"time_zone = {self.zone!r} in [feed] is no time zone; they are called like Europe/Berlin"
            ) from None

    @cached_property
    def _lateness(self) -> int:
        """In microseconds."""
        match = SPAN.fullmatch(self.lateness)
        return int(match[1]) * MINUTES[match[2]] * MICROSECONDS if match else 0

    def divide(self, settled: Mask, times: Array | None = None, *, after: float = -np.inf) -> "Division":
        """Divide the rows that have not been taken in, in order of time.

        Args:
            settled: the rows that are wholly written, shape (n,).
            times: of each row in microseconds since 1970, ascending, shape (n,); None where rows have no time.
            after: the latest time of a stored tick.

        >>> TickRule(rows=2).divide(np.ones(3, dtype=bool)).closed
        1
        >>> days = np.array([0.1, 0.2, 1.5, 3.1]) * 86_400e6
        >>> done = TickRule(span="1d").divide(np.ones(4, dtype=bool), days)
        >>> done.tick.tolist(), done.closed, done.ticks
        ([0, 0, 1, 2], 2, 3)
        """
        n = len(settled)
        late = np.zeros(n, dtype=bool) if times is None else times < after
        reached = times[-1] - self._lateness if times is not None and n else np.inf
        open_ = ~settled if times is None else ~settled | (times > reached)
        if not self.span or times is None or not n:
            tick = np.arange(n, dtype=np.int64) // self.rows
            first_open = int(tick[np.argmax(open_)]) if open_.any() else n
            return Division(tick, late, min(n // self.rows, first_open))
        periods = self.periods(times)
        behind = self.periods(np.array([after]))[0] if np.isfinite(after) else np.iinfo(np.int64).min
        ahead = periods[periods > behind]
        periods = np.where(periods > behind, periods, ahead[0] if len(ahead) else behind + 1)
        names, tick = np.unique(periods, return_inverse=True)
        closed = int((names < self.periods(np.array([reached]))[0]).sum())
        return Division(tick.astype(np.int64), late, min([closed, *tick[~settled].tolist()]))

    def periods(self, times: Array) -> Ticks:
        """The number of the span each time is in, shape (n,); spans follow each other without a gap."""
        match = SPAN.fullmatch(self.span)
        assert match is not None
        count, unit = int(match[1]), match[2]
        if unit in ("min", "h"):  # by the clock that never turns back
            return np.asarray(times.astype(np.int64) // (count * MINUTES[unit] * MICROSECONDS), dtype=np.int64)
        stamps = pd.DatetimeIndex(times.astype("datetime64[us]")).tz_localize("UTC").tz_convert(self.zone)
        if unit == "mo":
            months: Ticks = (stamps.year.to_numpy() * 12 + stamps.month.to_numpy() - 1).astype(np.int64)
            return months // count
        days = stamps.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
        if unit == "w":
            days, count = days - MONDAY, count * 7
        return np.asarray(days // count, dtype=np.int64)


@dataclass(frozen=True)
class Division:
    """Rows divided into the ticks to come.

    Attributes:
        tick: of each row, from 0 for the next one, ascending, shape (n,).
        late: the rows that are older than a stored tick's, shape (n,).
        closed: ticks to which nothing can come any more.
    """

    tick: Ticks
    late: Mask
    closed: int

    @property
    def ticks(self) -> int:
        """How many there are when no more rows come."""
        return int(self.tick[-1]) + 1 if len(self.tick) else 0
