"""What a text table does not say of itself: its separator, and which of its columns are numbers."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from itertools import islice

import polars as pl

from halflife.models.errors import ConfigError, FeedError

SEPARATORS = ";,\t|"
csv.field_size_limit((1 << 31) - 1)
"""Whole documents stand in cells."""
SAMPLE_ROWS = 100

NUMERIC_SHARE = 0.95
"""Of the cells that are there; with fewer numbers than this a column is text."""


def separator_of(text: str) -> str:
    r"""The separator that splits the rows most evenly, and into the most cells; a comma when none splits them.

    Args:
        text: the beginning of the file, header first.

    >>> separator_of('"a;b";"c"\n"1,5";"2,5"\n'), separator_of("a,b\n1;2,3\n"), separator_of("alone\n1\n")
    (';', ',', ',')
    """

    def fit(separator: str) -> tuple[float, int]:
        rows = list(islice((row for row in csv.reader(StringIO(text), delimiter=separator) if row), SAMPLE_ROWS))
        width = len(rows[0]) if rows else 0
        even = sum(len(row) == width for row in rows) / len(rows) if rows else 0.0
        return (even, width) if width > 1 else (0.0, 0)

    best = max(SEPARATORS, key=fit)
    return best if fit(best)[1] > 1 else ","


def header_of(text: str, separator: str) -> list[str]:
    r"""The names in the first row that is not blank.

    >>> header_of('"emp.var.rate";"y"\n1.1;no\n', ";")
    ['emp.var.rate', 'y']
    """
    return next((row for row in csv.reader(StringIO(text), delimiter=separator) if row), [])


def numbers(cells: pl.Series) -> pl.Series | None:
    """The column as Float64 with null for every cell that is no number; None when too many of them are none.

    A column is numeric when at least 95 % of the cells that are there are numbers: the words among them are mistakes,
    to be set aside one by one, not a reason to read a price as a category. Words for missing ("unknown", "None") are
    words; "nan" is how programs spell a missing number, and reads as one. Nothing but missing cells is numeric.

    >>> numbers(pl.Series(["1", " 2.5", None, "1e3"])).to_list(), numbers(pl.Series(["1", "unknown"]))
    ([1.0, 2.5, None, 1000.0], None)
    >>> numbers(pl.Series([*map(str, range(30)), "n/a"])).null_count()
    1
    """
    if cells.dtype.is_numeric() or cells.dtype in (pl.Boolean, pl.Null):
        return cells.cast(pl.Float64)
    if cells.dtype != pl.String:
        return None
    values = cells.str.strip_chars().cast(pl.Float64, strict=False)
    present = len(cells) - cells.null_count()
    words = values.null_count() - cells.null_count()
    return values if words <= (1 - NUMERIC_SHARE) * present else None


def texts(cells: pl.Series) -> pl.Series:
    """The column as text; a whole number has no decimal point, so that 7.0 is the same category or id as 7.

    >>> texts(pl.Series([7.0, 2.5, float("nan")])).to_list(), texts(pl.Series(["07", "7.0"])).to_list()
    (['7', '2.5', None], ['07', '7.0'])

    Bytes, such as a UUID's, are text in hexadecimal digits, durations are in seconds. Raises FeedError for lists and the
    like.
    """
    if cells.dtype.is_nested():
        raise FeedError(f"column {cells.name!r} holds {cells.dtype} values, which are neither texts nor numbers")
    if cells.dtype == pl.Binary:
        return cells.bin.encode("hex")
    if cells.dtype == pl.Duration:
        return texts(seconds(cells))
    if not cells.dtype.is_float():
        return cells.cast(pl.String)
    values = cells.fill_nan(None)
    whole = values.cast(pl.Int64, strict=False)
    return pl.select(
        pl.when(whole == values).then(whole.cast(pl.String)).otherwise(values.cast(pl.String)).alias(cells.name)
    ).to_series()


def trimmed(cells: pl.Series) -> pl.Series:
    """Texts and categories without the blanks around them; nothing but blanks is missing.

    >>> trimmed(pl.Series(["red", "red ", " "])).to_list()
    ['red', 'red', None]
    """
    if cells.dtype == pl.String:
        return cells.str.strip_chars().replace("", None)
    if cells.dtype in (pl.Categorical, pl.Enum):
        return trimmed(cells.cast(pl.String)).cast(pl.Categorical)
    return cells


@dataclass(frozen=True)
class Spelling:
    """How a table spells what it holds, where that is not as programs do.

    Attributes:
        decimal: between a number's whole and its broken part; with it set, signs of currency and per cent beside a number
            are passed over.
        thousands: between groups of three digits.
        missing: words for a missing cell, in any case; an empty cell is one too.
        encoding: of a text file.
        time_format: of the time column, as ``strptime`` has it, such as "%d-%b-%Y %I:%M %p".

    Raises:
        ConfigError: an encoding that is none, or marks that are one and the same.

    >>> Spelling(decimal=",", thousands=".").plain(pl.Series("a", ["1.234,5 €", "45%", "red"])).to_list()
    ['1234.5', '45', 'red']
    """

    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ()
    encoding: str = "utf-8"
    time_format: str = ""

    def __post_init__(self) -> None:
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ConfigError(
                f"encoding = {self.encoding!r} in [feed] is none; there are utf-8, latin-1, cp1252, utf-16 and others"
            ) from None
        if self.decimal not in (".", ",") or (self.thousands and self.thousands == self.decimal):
            raise ConfigError('decimal in [feed] is "." or ",", and thousands another mark than it')

    def plain(self, cells: pl.Series) -> pl.Series:
        """Texts with missing ones as null and numbers as programs write them; what is no text stays."""
        if cells.dtype != pl.String:
            return cells
        if self.missing:
            words = [word.casefold() for word in self.missing]
            cells = cells.set(cells.str.strip_chars().str.to_lowercase().is_in(words).fill_null(value=False), None)
        if (self.decimal, self.thousands) == (".", ""):
            return cells
        bare = cells.str.strip_chars().str.replace_all(r"^[$€£¥]\s?|\s?[%$€£¥]$", "")
        if self.thousands:
            bare = bare.str.replace_all(self.thousands, "", literal=True)
        bare = bare.str.replace(self.decimal, ".", literal=True)
        numeric = bare.cast(pl.Float64, strict=False).is_not_null()
        return pl.select(pl.when(numeric).then(bare).otherwise(cells).alias(cells.name)).to_series()


AS_PROGRAMS_DO = Spelling()


def seconds(cells: pl.Series) -> pl.Series:
    """Durations as numbers.

    >>> from datetime import timedelta
    >>> seconds(pl.Series([timedelta(minutes=2), None])).to_list()
    [120.0, None]
    """
    return cells.dt.total_microseconds().cast(pl.Float64) / 1e6


def require_known(what: str, name: str, header: Iterable[str]) -> None:
    """Raise FeedError naming the nearest columns, or all of them, unless ``name`` is in the header.

    >>> require_known("label", "clas", ["period", "class"])
    Traceback (most recent call last):
    halflife.models.errors.FeedError: the label column 'clas' is not in the header; did you mean 'class'?
    """
    known = list(header)
    if name in known:
        return
    near = get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it has {', '.join(map(repr, known))}"
    if len(known) == 1 and not near:
        hint += "; where the header comes later, say skip_lines or comment in [feed]"
    raise FeedError(f"the {what} column {name!r} is not in the header; {hint}")
