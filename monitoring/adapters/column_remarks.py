"""What looks odd in a table before anything is fixed, each with the line that would change it."""

from collections.abc import Iterator, Mapping

import polars as pl

from halflife.models.rows import Kind

NEAR_UNIQUE = 0.5
"""Of the cells that are there; a category with more names than this tells rows apart."""
SOME = 0.5
"""Of the cells that are there: so many that look like numbers or times make a category odd."""
FEW_ROWS = 50
NUMBER = r"[-+]?[$€£¥]?\s?\d{1,3}(?:([,.' ])\d{3})*(?:[.,]\d+)?\s?[%$€£¥]?"
"""A number as people write it: 1,5 or 1,234.50 or $12.00 or 45%."""
DATE = r"\d{4}[-/.]\d{2}[-/.]\d{2}.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}.*"
WORDS = ("na", "n/a", "null", "none", "nil", "missing", "unknown", "?", "-")


BOOLEAN = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0", "1.0", "0.0", "on", "off")
SHOWN = 4


def remarks(
    columns: Mapping[str, tuple[Kind, pl.Series]],
    unreadable: int = 0,
    time: str | None = None,
    codes: Mapping[str, str] | None = None,
) -> list[str]:
    """A sentence for each odd thing.

    Args:
        columns: name -> its kind and its cells: floats or, where some are no numbers, texts.
        unreadable: cells of the time column that are no time.
        time: the time column.
        codes: columns of numbers that name something -> one of them, as the table has it.

    >>> cells = pl.Series([f"{k},5" for k in range(60)])
    >>> remarks({"price": (Kind.CATEGORICAL, cells)})[0]  # doctest: +ELLIPSIS
    "'price' is read as a category, but its cells are numbers as people write them, such as '0,5'; say decimal ..."
    """
    found = [said for name, (kind, cells) in columns.items() for said in _odd(name, kind, cells)]
    found += [
        f"{name!r} is read as a number, but its cells name something, such as {cell}; say categorical = [{name!r}] in [feed], "
        f"or numeric = [{name!r}] if it is a quantity"
        for name, cell in (codes or {}).items()
    ]
    if unreadable:
        n = max((len(cells) for _, cells in columns.values()), default=0)
        found.insert(
            0,
            f"{unreadable:,} of {n:,} times in {time!r} cannot be read; these rows stay behind the row they follow: "
            "say time_format in [feed], or write times as ISO 8601, such as 2024-05-31T12:00",
        )
    return found


def _odd(name: str, kind: Kind, cells: pl.Series) -> Iterator[str]:
    present = cells.drop_nulls()
    if not len(present):
        yield f"{name!r} is empty; say ignore = [{name!r}] in [feed] to leave it out"
        return
    names = present.n_unique()
    if names == 1 and len(cells) >= FEW_ROWS:
        yield f"{name!r} is {present[0]!r} in every row{' that has it' if len(present) < len(cells) else ''}"
    if kind is Kind.NUMERIC or cells.dtype != pl.String or len(present) < FEW_ROWS:
        return
    text = present.str.strip_chars()
    plain = text.cast(pl.Float64, strict=False).is_not_null()
    words = text.str.to_lowercase().is_in(WORDS)
    if (plain | words).all() and words.any() and plain.any():
        said = ", ".join(map(repr, text.filter(words).unique(maintain_order=True).to_list()[:3]))
        yield (
            f"{name!r} is read as a category, but all its other cells are numbers: {int(words.sum()):,} are {said}; "
            f"say missing = [{said}] in [feed] and it is a number"
        )
    elif (~plain).any() and _share(text, NUMBER) > SOME:
        example = text.filter(~plain)[0]
        yield (
            f"{name!r} is read as a category, but its cells are numbers as people write them, such as {example!r}; "
            "say decimal and thousands in [feed], or write them like 1234.5"
        )
    elif _share(text, DATE) > SOME:
        yield (
            f"{name!r} is read as a category, but its cells are dates, such as {text[0]!r}; say ignore = [{name!r}] in "
            f"[feed], or time = {name!r} if it says when rows happened"
        )
    elif names > 2 and text.str.to_lowercase().is_in(BOOLEAN).all():
        yield (
            f"{name!r} spells yes and no in {names} ways, {_some(present)}, and each is a category of its own; write them in "
            "one way"
        )
    elif (alike := _alike(text)) is not None:
        yield f"{name!r} has names that differ in capital letters alone, {alike}; they are categories of their own"
    elif names > NEAR_UNIQUE * len(present):
        yield (
            f"{name!r} is a category with {names:,} names in {len(present):,} rows: it tells rows apart; say id = {name!r} "
            f"or ignore = [{name!r}] in [feed]"
        )


def merged(before: pl.Series, after: pl.Series) -> str:
    """What to say of names that are one without the blanks around them; empty where there are none.

    Args:
        before: cells as they are written.
        after: the same without blanks.

    >>> merged(pl.Series("a", ["red", "red ", "blue"]), pl.Series("a", ["red", "red", "blue"]))
    "'a' has blanks around 1 cell, such as 'red ', which is read as 'red'"
    """
    if after.dtype != pl.String or before.n_unique() == after.n_unique():
        return ""
    blank = (before != after).fill_null(value=False)
    cells = int(blank.sum())
    if not cells:
        return ""
    said = f"{cells:,} cell{'s' if cells != 1 else ''}"
    example, name = before.filter(blank)[0], after.filter(blank)[0]
    return f"{before.name!r} has blanks around {said}, such as {example!r}, which is read as {name!r}"


def _alike(text: pl.Series) -> str | None:
    """Names that are one but for capital letters."""
    names = pl.DataFrame({"name": text.unique(maintain_order=True)})
    same = names.with_columns(names["name"].str.to_lowercase().alias("low")).filter(pl.col("low").is_duplicated())
    return _some(same.sort("low", maintain_order=True)["name"]) if len(same) else None


def _some(cells: pl.Series) -> str:
    names = cells.unique(maintain_order=True).to_list()
    return ", ".join(map(repr, names[:SHOWN])) + (", …" if len(names) > SHOWN else "")


def _share(text: pl.Series, pattern: str) -> float:
    """Of the cells, those that are wholly like a pattern."""
    return int(text.str.contains(f"^(?:{pattern})$").sum()) / len(text)
