"""How far a table of a database has been taken in, by a column that only grows: a serial number, or when a row was written."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from halflife.models.errors import ConfigError, FeedError

KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "str": str,
}
"""Types of a mark -> how one is read again."""
SPAN = re.compile(r"(\d+)(s|min|h|d|w)")
UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def written(mark: Any) -> str:
    """A mark as text that `read` understands. Raises FeedError for one that is no number and no time.

    >>> written(12), written(datetime(2024, 5, 31)), read(written(Decimal("1.50")))
    ('int:12', 'datetime:2024-05-31T00:00:00', Decimal('1.50'))
    """
    kind = type(mark).__name__
    if kind not in KINDS or (kind == "str" and not _dated(mark)):
        raise FeedError(
            f"the mark {mark!r} is neither a number nor a time; name a column that only grows, such as a serial number "
            "or the time at which a row was written, or leave mark out"
        )
    return f"{kind}:{mark.isoformat() if isinstance(mark, date) else mark}"


def read(text: str) -> Any:
    """The mark that was written."""
    kind, _, said = text.partition(":")
    return KINDS[kind](said)


def lowest(marks: Iterable[Any]) -> Any:
    """The lowest of some marks. Raises FeedError where they cannot be compared."""
    return _of_one_kind(min, marks)


def highest(marks: Iterable[Any]) -> Any:
    """The highest of some marks. Raises FeedError where they cannot be compared."""
    return _of_one_kind(max, marks)


def _of_one_kind(choose: Callable[[Iterable[Any]], Any], marks: Iterable[Any]) -> Any:
    try:
        return choose(marks)
    except TypeError as error:
        raise FeedError(f"the marks are of several kinds, which have no order: {error}") from None


def require_overlap(overlap: str) -> None:
    """Raise ConfigError for an overlap that is neither a number nor a span."""
    if overlap and not overlap.isdecimal() and not SPAN.fullmatch(overlap):
        raise ConfigError(
            f'mark_overlap = {overlap!r} in [feed]: say a number, such as "1000", where the mark counts, or a span, such '
            'as "10min", "1h" or "1d", where it is a time'
        )


def below(mark: Any, overlap: str) -> Any:
    """A mark, less an overlap.

    Raises:
        FeedError: the one counts and the other is a time.

    >>> below(12, "10"), below("2024-05-31 00:10:00", "10min"), below(date(2024, 5, 31), "1h")
    (2, '2024-05-31 00:00:00', datetime.date(2024, 5, 30))
    """
    if not overlap:
        return mark
    match = SPAN.fullmatch(overlap)
    if isinstance(mark, int | float | Decimal) != (match is None):
        raise FeedError(
            f"mark_overlap = {overlap!r} in [feed] does not fit the mark {str(mark)!r}: of a time, say a span"
        )
    if match is None:
        return mark - int(overlap)
    span = timedelta(**{UNITS[match[2]]: int(match[1])})
    if isinstance(mark, str):
        separator = "T" if mark[10:11] == "T" else " "
        earlier = datetime.fromisoformat(mark) - span
        return (
            earlier.date().isoformat()
            if len(mark) == 10
            else earlier.replace(tzinfo=None).isoformat(separator, "seconds")
        )
    return mark - (span if isinstance(mark, datetime) else timedelta(days=ceil(span / timedelta(days=1))))


def _dated(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
