"""Which rows a claim speaks about: the text of an SQL ``WHERE``, read and checked.

A predicate looks at one row at a time, and may use the words that ``words`` lets through. Columns are found before SQL
gives words a meaning of its own, so ``default = 'yes'``, ``date > 0.5`` and even ``emp.var.rate > 1`` work as they stand;
in double quotes any name does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from halflife.models.errors import ClaimError
from halflife.models.rows import Kind, Schema
from halflife.monitoring.claims.syntax.sql_shape import refuse_misread
from halflife.monitoring.claims.syntax.sql_words import FUNCTIONS, Word, fault, in_quotes, near, quote, words

if TYPE_CHECKING:  # a claim is read more often than it is tested: loaded with the first predicate
    import polars as pl

LONGEST_LINE = 200


def columns(where: str) -> tuple[str, ...]:
    r"""The columns a predicate names, each once, in order.

    Raises:
        ClaimError: the text cannot be a predicate.

    >>> columns('"emp.var.rate" > 1 AND job IN (\'student\', \'retired\') OR "emp.var.rate" IS NULL')
    ('emp.var.rate', 'job')
    """
    return tuple(dict.fromkeys(word.name for word in words(where) if word.name is not None))


def check(where: str, schema: Schema) -> None:
    """Refuse a predicate that does not fit the schema.

    Raises:
        ClaimError: unknown column, word or function; a subquery; a type that does not fit; not true or false per row;
            two values without an operator between them; too long or too deep.
    """
    expression(where, tuple((c.name, c.kind) for c in schema.columns))


@lru_cache(maxsize=8192)
def expression(where: str, known: tuple[tuple[str, Kind], ...]) -> pl.Expr:
    """What to compute: every column is quoted so that no name is taken for a keyword, and types are checked on no rows.

    Args:
        where: SQL as it would follow ``WHERE``.
        known: the columns there are, with their kinds.

    Raises:
        ClaimError: as ``check``.
    """
    import polars as pl

    kinds, found = dict(known), words(where)
    for word in found:
        if word.name is not None and word.name not in kinds:
            raise _unknown(where, word, word.name, kinds)
    if not any(word.name for word in found):
        raise fault(where, 1, f"the predicate names no column; {_known_columns(kinds)}")
    refuse_misread(where, found)
    text = " ".join(word.text if word.name is None else in_quotes(word.name) for word in found)
    try:
        meant = pl.sql_expr(text)
        kind = _no_rows(known).select(meant.alias("mask")).schema["mask"]
    except pl.exceptions.PolarsError as error:
        raise fault(where, 1, f"the predicate cannot be read as SQL: {first_line(error)}") from error
    if kind != pl.Boolean:
        raise fault(where, 1, f"the predicate gives {kind} per row; it should be true or false, as in age > 30")
    return meant


@lru_cache(maxsize=8)
def _no_rows(known: tuple[tuple[str, Kind], ...]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(schema={name: pl.Float64 if kind is Kind.NUMERIC else pl.String for name, kind in known})


def first_line(error: Exception) -> str:
    """What an error says first, without the quotes that mark columns in a predicate; it may quote the whole of one."""
    line = str(error).splitlines()[0].replace('"', "'")
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _unknown(where: str, word: Word, name: str, kinds: Mapping[str, Kind]) -> ClaimError:
    if word.text.upper() in ("SELECT", "EXISTS", "FROM", "OVER"):
        message = f"{word.text}: a predicate looks at one row at a time; no subqueries, no windows"
    elif word.called:
        known = ", ".join(sorted(FUNCTIONS))
        hint = near(word.text.upper(), FUNCTIONS)
        message = f"{word.text!r} is not a function a predicate may use; those are {known}{hint}"
    else:
        hint = near(name, kinds)
        if word.quoted and not hint:
            hint = "; text goes in single quotes, column names in double quotes"
        message = f"{name!r} is not a column; {_known_columns(kinds)}{hint}"
    return fault(where, word.column, message)


def _known_columns(kinds: Mapping[str, Kind]) -> str:
    return f"columns are {', '.join(map(quote, kinds))}"
