"""What columns are for beside the label and the time: ids, entities, codes, and what is no feature."""

import re

import polars as pl

from halflife.models.rows import RESERVED
from halflife.monitoring.adapters.codes import is_code
from halflife.monitoring.adapters.column_remarks import DATE, NEAR_UNIQUE
from halflife.monitoring.adapters.csv_dialect import numbers, require_known, texts
from halflife.monitoring.inferred_settings import Choice, listed

INDEX = re.compile(r"__index_level_\d+__|unnamed: ?\d+|", re.IGNORECASE)
"""What programs call a column that counts the rows of a table."""
ID = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|nr|no|number|nummer|pk|ref)$|[a-z](Id|ID|Key|Nr|No)$", re.IGNORECASE)
WHOM = re.compile(
    "customer|client|user|account|order|case|row|session|transaction|invoice|patient|booking|kunde|kundennummer",
    re.IGNORECASE,
)
"""Names of those whose rows are told apart by them."""
REPEATS = 2
"""Rows an entity has on average, at least, to be one."""
ENTITIES = 50


def id_of(table: pl.DataFrame, asked: str | None, others: list[str]) -> tuple[str | None, list[Choice]]:
    """The column that tells rows apart, None where there is none, and what has to be said.

    Args:
        table: cells with missing ones as null.
        asked: the column it is said to be; found out when None.
        others: columns that are for something else.
    """
    if asked is not None:
        require_known("id", asked, table.columns)
        return asked, [Choice("feed", "id", asked, "Tells rows apart, as you said.")]
    free = [cells for cells in table if cells.name.strip() and cells.name not in others]
    single = [cells for cells in free if _tells_apart(cells)]
    named = [cells for cells in single if ID.search(cells.name) or WHOM.fullmatch(cells.name)]
    words = [cells for cells in single if numbers(cells) is None]
    counting = [cells for cells in single if _counts(cells)]
    chosen = next(iter([*named, *words, *counting]), None)
    if chosen is None:
        why = "No column tells rows apart: a row is known by its number in the file, so let the file grow at its end only."
        return None, [Choice("feed", "id", "column", why, said=False)]
    return chosen.name, [Choice("feed", "id", chosen.name, "Tells rows apart: each of its cells is another one.")]


def entity_of(table: pl.DataFrame, others: list[str]) -> str | None:
    """The column that says which rows are about one entity: named like an id, and each of its names in several rows."""
    for cells in table:
        if cells.name in others or not re.search(r"(?i)[^a-z]id$|[a-z]I[dD]$", cells.name) or cells.dtype.is_nested():
            continue
        names = cells.drop_nulls().n_unique()
        if names >= ENTITIES and REPEATS * names <= len(cells) < ENTITIES * names:
            return cells.name
    return None


def no_features(table: pl.DataFrame, others: list[str]) -> dict[str, str]:
    """Columns that no model can learn from, or should not, each with what it is in a word or two."""
    found = {}
    for cells in table:
        if cells.name in others:
            continue
        kind = _no_feature(cells)
        if kind:
            found[cells.name] = kind
    return found


def codes_of(table: pl.DataFrame, others: list[str]) -> list[str]:
    """Columns of numbers that name something: zip codes, codes of a status."""
    return [cells.name for cells in table if cells.name not in others and is_code(cells)]


def _tells_apart(cells: pl.Series) -> bool:
    if cells.dtype.is_nested() or cells.dtype.is_temporal() or cells.dtype == pl.Categorical or cells.null_count():
        return False
    plain = texts(cells)
    if plain.n_unique() < len(plain) or len(plain) < REPEATS:
        return False
    values = numbers(cells)
    return values is None or bool((values.fill_null(0.5) % 1 == 0).all())


def _counts(cells: pl.Series) -> bool:
    """Whether its numbers go up by one from row to row."""
    values = numbers(cells)
    return (
        values is not None and not INDEX.fullmatch(cells.name.strip()) and bool((values.diff().drop_nulls() == 1).all())
    )


def _no_feature(cells: pl.Series) -> str:
    if INDEX.fullmatch(cells.name.strip()):
        return "an index"
    if cells.name.casefold() in RESERVED:
        return "a name that Halflife keeps"
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        return "neither numbers nor texts"
    present = cells.drop_nulls()
    if not len(present):
        return "empty"
    if cells.dtype in (pl.Date, pl.Datetime, pl.Time):
        return "times"
    if cells.dtype != pl.String or numbers(cells) is not None:
        return ""
    text = present.str.strip_chars()
    if int(text.str.contains(f"^(?:{DATE})$").sum()) > len(text) / 2:
        return "times"
    return "texts that tell rows apart" if text.n_unique() > NEAR_UNIQUE * len(text) and len(text) > 1 else ""


def said_to_ignore(found: dict[str, str]) -> list[Choice]:
    """What has to be said of columns that are left out.

    >>> said_to_ignore({"a": "empty", "b": "times", "c": "empty"})[0].why
    "No features: 'a' and 'c' (empty), 'b' (times)."
    """
    if not found:
        return []
    kinds = dict.fromkeys(found.values())
    parts = [f"{listed(name for name in found if found[name] == kind)} ({kind})" for kind in kinds]
    return [Choice("feed", "ignore", list(found), f"No features: {', '.join(parts)}.")]
