"""What a text table does not say of itself: its separator, and which of its columns are numbers."""

import csv
from collections.abc import Iterable
from difflib import get_close_matches
from io import StringIO
from itertools import islice

import polars as pl

from halflife.models.errors import FeedError

SEPARATORS = ";,\t|"
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
    """
    if not cells.dtype.is_float():
        return cells.cast(pl.String)
    values = cells.fill_nan(None)
    whole = values.cast(pl.Int64, strict=False)
    return pl.select(
        pl.when(whole == values).then(whole.cast(pl.String)).otherwise(values.cast(pl.String)).alias(cells.name)
    ).to_series()


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
    raise FeedError(f"the {what} column {name!r} is not in the header; {hint}")
