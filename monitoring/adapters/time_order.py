"""When rows happened, from a column of numbers or dates."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.csv_dialect import texts

CLOCKS = ("", " %H:%M", " %H:%M:%S")
OFFSET = r":\d\d(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)$"
"""How an ISO 8601 time ends that names its zone."""
DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"


@dataclass(frozen=True)
class Times:
    """When rows happened.

    Attributes:
        values: microseconds since 1970 where dated, else the numbers themselves; of each row, shape (n,).
        dated: they are dates.
        unreadable: cells that are no time; their rows stay behind the row they follow in the file.
    """

    values: npt.NDArray[np.float64]
    dated: bool
    unreadable: int


def times_of(cells: pl.Series, zone: str = "UTC", format: str = "") -> Times:  # noqa: A002 - strptime's word
    """When each row happened, from a column of dates or numbers.

    A row whose time is missing or unreadable stays behind the row it follows in the file: what it says of its case may
    be right, and its neighbours were written when it was. Dates are ISO 8601, or day/month/year or month/day/year with
    ``/``, ``-`` or ``.`` when the cells themselves tell which.

    Args:
        cells: the time column.
        zone: in which dates that name no zone are meant.
        format: of the cells, as ``strptime`` has it; found out when empty.

    Raises:
        FeedError: more than half the cells are no time, or days cannot be told from months.

    >>> np.argsort(times_of(pl.Series(["2024-05-02", "junk", "2024-05-01T23:59:00"])).values, kind="stable").tolist()
    [2, 0, 1]
    >>> np.argsort(times_of(pl.Series(["31/12/2023", "1/2/2023"])).values, kind="stable").tolist()
    [1, 0]
    """
    if cells.dtype in (pl.Date, pl.Datetime, pl.Time):
        times = cells
    else:
        times = _by_strptime(cells, format) if format else _parsed(cells)
    unreadable = times.is_null()
    if 2 * int(unreadable.sum()) > len(times):
        present = cells.filter(unreadable).drop_nulls()
        example = f", for example {present[0]!r}" if len(present) else ""
        raise FeedError(
            f"the time column {cells.name!r}: {unreadable.sum()} of {len(cells)} cells are neither a number nor a date"
            f"{example}; ISO 8601 such as 2024-05-31T12:00 is always understood"
        )
    dated = times.dtype in (pl.Date, pl.Datetime)
    if dated:
        stamps = times.cast(pl.Datetime("us", getattr(times.dtype, "time_zone", None)))
        if stamps.dtype.time_zone is None and zone != "UTC":  # type: ignore[attr-defined]
            stamps = stamps.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        times = stamps
    filled = times.to_physical().forward_fill().backward_fill().cast(pl.Float64)
    return Times(filled.to_numpy(), dated, int(unreadable.sum()))


def _parsed(cells: pl.Series) -> pl.Series:
    """Times as dates, integers or floats, null where unreadable, by the reading that understands the most cells."""
    text = texts(cells).str.strip_chars()
    slashed = text.str.replace_all(r"[.-]", "/").str.replace("T", " ", literal=True)
    day, month = (_by_format(slashed, date) for date in (DAY_FIRST, MONTH_FIRST))
    if day.null_count() == month.null_count() < len(cells) and not day.equals(month):
        raise FeedError(
            f"the time column {cells.name!r} can be read day first or month first, for example {cells.drop_nulls()[0]!r}; "
            "write it as ISO 8601, such as 2024-05-31"
        )
    return min(_whole(text), _fractions(text), _iso(text), day, month, key=lambda times: times.null_count())


def _by_strptime(cells: pl.Series, format: str) -> pl.Series:  # noqa: A002 - strptime's word
    text = pd.Series(texts(cells).str.strip_chars().to_list(), dtype="str")
    zoned = "%z" in format or "%Z" in format
    try:
        times = pd.to_datetime(text, format=format, errors="coerce", utc=zoned)
    except ValueError as error:
        raise FeedError(f"time_format = {format!r} in [feed]: {error}") from None
    return pl.from_pandas(times).cast(pl.Datetime("us", "UTC" if zoned else None))


def _whole(text: pl.Series) -> pl.Series:
    return text.cast(pl.Int64, strict=False)


def _fractions(text: pl.Series) -> pl.Series:
    values = text.cast(pl.Float64, strict=False)
    return values.set(~values.is_finite(), None)


def _iso(text: pl.Series) -> pl.Series:
    times = pd.to_datetime(pd.Series(text.to_list(), dtype="str"), format="ISO8601", errors="coerce", utc=True)
    zoned = text.str.contains(OFFSET).any()
    return pl.from_pandas(times).cast(pl.Datetime("us", "UTC")).dt.replace_time_zone("UTC" if zoned else None)


def _by_format(text: pl.Series, date: str) -> pl.Series:
    readings = [text.str.to_datetime(day + clock, strict=False) for day, clock in product([date], CLOCKS)]
    return pl.select(pl.coalesce(readings)).to_series().cast(pl.Datetime("us"))
