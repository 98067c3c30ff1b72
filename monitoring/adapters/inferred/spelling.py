"""How a table spells numbers and missing cells."""

import polars as pl

from halflife.monitoring.adapters.column_remarks import WORDS
from halflife.monitoring.adapters.csv_dialect import NUMERIC_SHARE, Spelling, numbers, trimmed
from halflife.monitoring.inferred_settings import Choice, listed

MARKS = ((".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", "'"), (",", "'"), (".", " "))
"""Of decimals and of thousands, in order of preference."""
MOST_WORDS = 3
"""A column of numbers has so many words for missing at most; with more it is text."""
NUMBERS = 0.5
"""Of the cells that are there; with fewer numbers a column is text."""


def spelling_of(table: pl.DataFrame, encoding: str = "utf-8") -> tuple[Spelling, list[Choice]]:
    """How numbers and missing cells are spelled, and what of that has to be said."""
    texts = [trimmed(cells).drop_nulls() for cells in table if cells.dtype == pl.String]
    texts = [cells for cells in texts if len(cells)]
    decimal, thousands = _marks(texts)
    said = []
    if (decimal, thousands) != (".", ""):
        changed = [cells for cells in texts if _numeric(cells, decimal, thousands) and not _read(cells, ".", "").all()]
        seen = f"Numbers are written like {_example(changed)!r} in {listed(cells.name for cells in changed)}."
        if decimal == ",":
            said.append(Choice("feed", "decimal", decimal, seen))
        if thousands:
            said.append(
                Choice("feed", "thousands", thousands, f"{seen} Signs of currency and per cent are passed over.")
            )
    words: dict[str, str] = {}
    for cells in texts:
        words |= dict.fromkeys(words_for_missing(cells, decimal, thousands), cells.name)
    if words:
        where = listed(dict.fromkeys(words.values()))
        why = f"Words for a missing cell among the numbers of {where}; they count as missing in every column."
        said.append(Choice("feed", "missing", list(words), why))
    return Spelling(decimal, thousands, tuple(words), encoding), said


def words_for_missing(cells: pl.Series, decimal: str = ".", thousands: str = "") -> list[str]:
    """Words that stand among numbers, in whatever language: few, and each again and again, or known for it.

    >>> words_for_missing(pl.Series(["1", "2", "k.A.", "3", "k.A.", "4"])), words_for_missing(pl.Series(["1", "oops"]))
    (['k.A.'], [])
    """
    numeric = cells.str.contains(_pattern(decimal, thousands)) | cells.cast(pl.Float64, strict=False).is_not_null()
    if not NUMBERS <= int(numeric.sum()) / max(1, len(cells)) < 1:
        return []
    counts = cells.filter(~numeric).value_counts(sort=True)
    found = [str(word) for word, count in counts.iter_rows() if count > 1 or str(word).lower() in WORDS]
    plain = [word for word in found if not any(letter.isdigit() for letter in word)]
    return plain if 0 < len(plain) == counts.height <= MOST_WORDS else []


def _marks(texts: list[pl.Series]) -> tuple[str, str]:
    """The marks with which the most cells are numbers; those of programs where nothing else is better."""
    plain = [cells for cells in texts if numbers(cells) is not None]

    def fit(marks: tuple[str, str]) -> float:
        if marks[1] == "." and any(_share(cells, *marks) < NUMERIC_SHARE for cells in plain):
            return -1.0  # what programs wrote would lose its point
        return sum(_share(cells, *marks) for cells in texts if _numeric(cells, *marks))

    return max(MARKS, key=fit)


def _numeric(cells: pl.Series, decimal: str, thousands: str) -> bool:
    """Whether the column is one of numbers, but for a few words."""
    rest = cells.filter(~_read(cells, decimal, thousands))
    words = not rest.str.contains(r"\d").any() and rest.n_unique() <= MOST_WORDS
    return len(rest) <= (1 - (NUMBERS if words else NUMERIC_SHARE)) * len(cells)


def _share(cells: pl.Series, decimal: str, thousands: str) -> float:
    return int(_read(cells, decimal, thousands).sum()) / len(cells)


def _read(cells: pl.Series, decimal: str, thousands: str) -> pl.Series:
    """The cells that are numbers with these marks, shape (n,); what programs write is where its point is none of them."""
    plain = cells.cast(pl.Float64, strict=False).is_not_null()
    if (decimal, thousands) == (".", ""):
        return plain
    found = cells.str.contains(_pattern(decimal, thousands))
    return found if thousands == "." else found | plain


def _pattern(decimal: str, thousands: str) -> str:
    d, t = (mark.replace(".", r"\.") for mark in (decimal, thousands))
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:{t}\d{{3}})+)" if thousands else r"\d+"
    return rf"^[-+]?[$€£¥]?\s?{whole}(?:{d}\d+)?\s?[%$€£¥]?$"


def _example(columns: list[pl.Series]) -> str:
    cells = columns[0]
    odd = cells.filter(cells.cast(pl.Float64, strict=False).is_null() & cells.str.contains(r"\d"))
    return str(odd[0])
