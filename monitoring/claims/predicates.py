"""Which rows a claim speaks about: the text of an SQL ``WHERE`` as a mask.

A predicate looks at one row at a time, and may use the words that ``words`` lets through. Columns are found before SQL
gives words a meaning of its own, so ``default = 'yes'``, ``date > 0.5`` and even ``emp.var.rate > 1`` work as they stand;
in double quotes any name does.
"""

from collections.abc import Mapping

import pandas as pd
import polars as pl

from models.errors import ClaimError
from models.rows import RESERVED, Kind, Mask, Schema
from monitoring.claims.words import FUNCTIONS, Word, fault, in_quotes, near, quote, words


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
        ClaimError: unknown column, word or function; a subquery; a type that does not fit; not true or false per row.
    """
    _expression(where, {c.name: c.kind for c in schema.columns})


def mask(where: str, frame: pd.DataFrame) -> Mask:
    """The rows for which a predicate is true, shape (n,); where it is NULL (a value is missing) the row is out.

    Args:
        where: SQL as it would follow ``WHERE``.
        frame: canonical rows; only their features can be named.

    Raises:
        ClaimError: as ``check``, against the columns of ``frame``.

    >>> rows = pd.DataFrame({"job": ["student", "cook", None], "emp.var.rate": [1.4, -1.8, 1.1]})
    >>> mask("job <> 'cook'", rows)
    array([ True, False, False])
    >>> mask('NOT "emp.var.rate" < 1.2', rows)
    array([ True, False, False])
    """
    kinds = {
        name: Kind.NUMERIC if pd.api.types.is_numeric_dtype(frame[name].dtype) else Kind.CATEGORICAL
        for name in frame.columns
        if name not in RESERVED
    }
    expression = _expression(where, kinds)
    try:
        rows = pl.DataFrame({name: _series(frame[name], kinds[name]) for name in columns(where)})
        out: Mask = rows.select(expression.fill_null(value=False)).to_series().to_numpy()
    except pl.exceptions.PolarsError as error:
        raise fault(where, 1, f"the predicate cannot be computed on these rows: {_first_line(error)}") from error
    return out


def _expression(where: str, kinds: Mapping[str, Kind]) -> pl.Expr:
    """Parse, with every column quoted so that no name is taken for a keyword, and check types on no rows."""
    found = words(where)
    for word in found:
        if word.name is not None and word.name not in kinds:
            raise _unknown(where, word, word.name, kinds)
    if not any(word.name for word in found):
        raise fault(where, 1, f"the predicate names no column; {_known_columns(kinds)}")
    text = " ".join(word.text if word.name is None else in_quotes(word.name) for word in found)
    try:
        expression = pl.sql_expr(text).alias("mask")
        empty = pl.DataFrame(schema={n: pl.Float64 if k is Kind.NUMERIC else pl.String for n, k in kinds.items()})
        kind = empty.select(expression).schema["mask"]
    except pl.exceptions.PolarsError as error:
        raise fault(where, 1, f"the predicate cannot be read as SQL: {_first_line(error)}") from error
    if kind != pl.Boolean:
        raise fault(where, 1, f"the predicate gives {kind} per row; it should be true or false, as in age > 30")
    return expression


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


def _series(values: pd.Series, kind: Kind) -> pl.Series:
    if kind is Kind.NUMERIC:
        return pl.Series(values.to_numpy(dtype=float)).fill_nan(None)
    return pl.Series(values.astype(object).where(values.notna(), None).to_list(), dtype=pl.String)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].replace('"', "'")
