"""Which column says when rows happened, and how it is spelled."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.column_remarks import DATE
from halflife.monitoring.adapters.csv_dialect import texts
from halflife.monitoring.adapters.time_order import Times, times_of
from halflife.monitoring.inferred_settings import Choice, listed

NAMED = re.compile(
    r"(^|[^a-z])(time|times|timestamp|ts|datetime|date|day|when|created|updated|event|datum|zeit|fecha|hora|jour|heure)"
    r"([^a-z]|$)|_at$",
    re.IGNORECASE,
)
DAYS = (
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
)
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S %Z", " %H:%M %Z", " %H:%M:%S.%f %Z")
ALONE = ("%a, %d %b %Y %H:%M:%S %Z", "%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %Y")
WRITTEN = rf"^(?:{DATE}|[A-Za-z]{{3,9}}\.? \d{{1,2}}, ?\d{{4}}.*|[A-Za-z]{{3}},? [A-Za-z0-9]{{2,3}} .*\d{{4}}.*|\d{{4}}-\d{{2}})$"
"""A time as people and programs write it."""
COMPACT = r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
ZONE = "UTC"
EPOCH = 1e8
"""Seconds since 1970 are more, from 1973 on."""
UNREADABLE = 0.05
SAMPLE = 200


@dataclass(frozen=True)
class Timed:
    """A column of times.

    Attributes:
        format: of its cells, as ``strptime`` has it; empty where that is found out.
        ascending: the rows stand in its order.
        other: a format that reads as many cells; empty where there is none.
    """

    name: str
    times: Times
    format: str
    ascending: bool
    other: str = ""


def time_of(
    table: pl.DataFrame, asked: str | None, others: Iterable[str]
) -> tuple[Timed | None, list[str], list[Choice]]:
    """The column that orders the rows, other columns of times, and what has to be said.

    Args:
        table: every cell, as it is.
        asked: the column it is said to be; found out when None.
        others: columns that are for something else.

    Raises:
        FeedError: the column that is asked for holds no times.
    """
    taken = set(others)
    found = [timed for cells in table if cells.name not in taken and (timed := _timed(cells)) is not None]
    if asked is not None:
        chosen = next((timed for timed in found if timed.name == asked), None)
        if chosen is None:
            chosen = Timed(asked, times_of(table[asked]), "", ascending=True)
    else:
        ranked = [timed for timed in found if timed.times.dated or NAMED.search(timed.name)]
        chosen = min(
            ranked, key=lambda t: (not t.ascending, not NAMED.search(t.name), t.times.unreadable), default=None
        )
    rest = [timed.name for timed in found if timed.times.dated and timed is not chosen]
    if chosen is None:
        why = "No column holds times: rows are taken in the order in which they stand. Say so if one does."
        return None, rest, [Choice("feed", "time", "column", why, said=False)]
    return chosen, rest, _said(chosen, rest, asked)


def zone_of(cells: pl.Series) -> str:
    """The time zone that a column of times declares and a clock knows; UTC where there is none."""
    zone = getattr(cells.dtype, "time_zone", None) or ZONE
    try:
        return ZoneInfo(zone).key
    except (OSError, ValueError, KeyError):
        return ZONE


def zone_said(zone: str) -> list[Choice]:
    """What has to be said of a zone."""
    why = "In which days begin, as the file declares."
    return [] if zone in (ZONE, "Etc/UTC") else [Choice("feed", "time_zone", zone, why)]


def _said(chosen: Timed, rest: list[str], asked: str | None) -> list[Choice]:
    kind = "times" if chosen.times.dated else "growing numbers"
    order = ", and the rows stand in its order" if chosen.ascending else ""
    why = "Orders the rows, as you said." if asked else f"Orders the rows: it holds {kind}{order}."
    why += f" Times too: {listed(rest)}." if rest else ""
    said = [Choice("feed", "time", chosen.name, why)]
    if chosen.format:
        doubt = f" It may be {chosen.other} as well: days and months cannot be told apart." if chosen.other else ""
        said.append(
            Choice("feed", "time_format", chosen.format, f"How its cells are spelled, as strptime has it.{doubt}")
        )
    return said


def _timed(cells: pl.Series) -> Timed | None:
    """A column as times; None when it is none."""
    if cells.dtype in (pl.Date, pl.Datetime):
        return _timed_as(cells, "")
    if cells.dtype.is_integer() and NAMED.search(cells.name) and texts(cells.drop_nulls()).str.contains(COMPACT).all():
        return _timed_as(cells, "%Y%m%d")
    if cells.dtype.is_integer() or cells.dtype.is_float():
        low = cells.min()
        counts = NAMED.search(cells.name) and isinstance(low, int | float) and low > EPOCH
        return _timed_as(cells, "") if counts else None
    return _timed_text(cells) if cells.dtype == pl.String else None


def _timed_text(cells: pl.Series) -> Timed | None:
    """A column of texts as times, in the reading that understands the most."""
    text = cells.drop_nulls().str.strip_chars()
    if not len(text):
        return None
    if text.head(SAMPLE).str.contains(r"^\d{9,}$").all():
        return _timed_as(cells, "") if NAMED.search(cells.name) else None
    sample = text.head(SAMPLE)
    if NAMED.search(cells.name) and sample.str.contains(COMPACT).all():
        return _timed_as(cells, "%Y%m%d")
    if int(sample.str.contains(WRITTEN).sum()) < len(sample) / 2:
        return None
    plain = _timed_as(cells, "")
    if plain is not None and plain.times.unreadable <= UNREADABLE * len(cells):
        return plain
    formats = [*(f"{day}{clock}" for day in DAYS for clock in CLOCKS), *ALONE]
    fitting = [each for each in formats if _reads(sample, each)]
    spelled = [timed for each in fitting if (timed := _timed_as(cells, each)) is not None]
    best = min(spelled, key=lambda t: (t.times.unreadable, not t.ascending, np.ptp(t.times.values)), default=plain)
    if best is None:
        return None
    as_good = [t.format for t in spelled if t.format != best.format and t.times.unreadable == best.times.unreadable]
    return replace(best, other=as_good[0]) if as_good else best


def _timed_as(cells: pl.Series, format: str) -> Timed | None:  # noqa: A002 - strptime's word
    try:
        times = times_of(cells, format=format)
    except FeedError:
        return None
    return Timed(cells.name, times, format, bool((np.diff(times.values) >= 0).all()))


def _reads(text: pl.Series, format: str) -> bool:  # noqa: A002 - strptime's word
    try:
        return times_of(text, format=format).unreadable <= UNREADABLE * len(text)
    except FeedError:
        return False
