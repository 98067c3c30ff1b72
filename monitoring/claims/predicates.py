"""Which rows a claim speaks about: the text of an SQL ``WHERE`` as a mask.

A predicate looks at one row at a time, so its words are held to a list before Polars parses it: subqueries,
aggregates, window functions, clocks and casts are refused with the column of the offending word. Columns are matched
before keywords mean anything to SQL, so ``default = 'yes'`` and ``date > 0.5`` work as they stand; a name that is no
word, such as ``emp.var.rate``, goes in double quotes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
import polars as pl

from models.errors import ClaimError
from models.rows import RESERVED, Kind, Mask, Schema

_CONDITIONS = {"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "ILIKE", "TRUE", "FALSE"}
_BRANCHES = {"CASE", "WHEN", "THEN", "ELSE", "END"}
KEYWORDS = frozenset(_CONDITIONS | _BRANCHES)

_OF_NUMBERS = {"ABS", "CEIL", "EXP", "FLOOR", "LN", "MOD", "POWER", "ROUND", "SIGN", "SQRT"}
_OF_TEXT = {"ENDS_WITH", "LENGTH", "LOWER", "STARTS_WITH", "SUBSTR", "TRIM", "UPPER"}
_OF_ANY = {"COALESCE", "GREATEST", "LEAST", "NULLIF"}
FUNCTIONS = frozenset(_OF_NUMBERS | _OF_TEXT | _OF_ANY)

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")+")
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<operator><=|>=|<>|!=|==|\|\||-(?!-)|/(?!\*)|[+*%<>=(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def name(self) -> str:
        """The column a quoted or plain word names."""
        return self.text[1:-1].replace('""', '"') if self.kind == "quoted" else self.text


def columns(where: str) -> tuple[str, ...]:
    r"""The columns a predicate names, each once, in order.

    Raises:
        ClaimError: the text cannot be a predicate.

    >>> columns('"emp.var.rate" > 1 AND job IN (\'student\', \'retired\') OR "emp.var.rate" IS NULL')
    ('emp.var.rate', 'job')
    """
    tokens = list(_tokens(where))
    names = [t.name for t, after in _pairs(tokens) if t.kind == "quoted" or (t.kind == "word" and _is_name(t, after))]
    return tuple(dict.fromkeys(names))


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
        raise _fault(where, 1, f"the predicate cannot be computed on these rows: {_first_line(error)}") from error
    return out


def _expression(where: str, kinds: Mapping[str, Kind]) -> pl.Expr:
    """Parse, with every column quoted so that no name is taken for a keyword, and check types on no rows."""
    tokens = list(_tokens(where))
    words = []
    for token, after in _pairs(tokens):
        if token.kind == "quoted" or (token.kind == "word" and _is_name(token, after)):
            if token.name not in kinds:
                raise _unknown(where, token, after, kinds)
            quoted = token.name.replace('"', '""')
            words.append(f'"{quoted}"')
        else:
            words.append(token.text)
    if not columns(where):
        raise _fault(where, 1, f"the predicate names no column; {_known_columns(kinds)}")
    try:
        expression = pl.sql_expr(" ".join(words)).alias("mask")
        empty = pl.DataFrame(schema={n: pl.Float64 if k is Kind.NUMERIC else pl.String for n, k in kinds.items()})
        kind = empty.select(expression).schema["mask"]
    except pl.exceptions.PolarsError as error:
        raise _fault(where, 1, f"the predicate cannot be read as SQL: {_first_line(error)}") from error
    if kind != pl.Boolean:
        raise _fault(where, 1, f"the predicate gives {kind} per row; it should be true or false, as in age > 30")
    return expression


def _tokens(where: str) -> Iterator[_Token]:
    """Cut the text into words. Raises ClaimError at the first thing that has no place in a predicate."""
    if not where.strip():
        raise _fault(where, 1, "the predicate is empty; write a condition such as age > 30")
    at, opened = 0, []
    while at < len(where):
        found = _TOKEN.match(where, at)
        if found is None:
            raise _fault(where, at + 1, _strange(where, at))
        kind, text = str(found.lastgroup), found.group()
        if kind == "number" and not np.isfinite(float(text)):
            raise _fault(where, at + 1, f"{text} is not a finite number")
        if text == "(":
            opened.append(at)
        if text == ")" and not (opened and opened.pop() >= 0):
            raise _fault(where, at + 1, "this parenthesis closes nothing")
        if kind != "space":
            yield _Token(kind, text, at + 1)
        at = found.end()
    if opened:
        raise _fault(where, opened[-1] + 1, "this parenthesis is never closed")


def _pairs(tokens: list[_Token]) -> Iterator[tuple[_Token, str]]:
    """Each token with the text of the one after it."""
    return zip(tokens, [t.text for t in tokens[1:]] + [""], strict=True)


def _is_name(token: _Token, after: str) -> bool:
    """Whether a word stands for a column rather than for a keyword or a function."""
    word = token.text.upper()
    return word not in KEYWORDS and not (after == "(" and word in FUNCTIONS)


def _unknown(where: str, token: _Token, after: str, kinds: Mapping[str, Kind]) -> ClaimError:
    word = token.text.upper()
    if word in ("SELECT", "EXISTS", "FROM", "OVER"):
        return _fault(
            where, token.column, f"{token.text}: a predicate looks at one row at a time; no subqueries, no windows"
        )
    if after == "(":
        known = ", ".join(sorted(FUNCTIONS))
        return _fault(
            where,
            token.column,
            f"{token.text!r} is not a function a predicate may use; those are {known}{near(word, FUNCTIONS)}",
        )
    hint = near(token.name, kinds)
    if token.kind == "quoted" and not hint:
        hint = "; text goes in single quotes, column names in double quotes"
    return _fault(where, token.column, f"{token.name!r} is not a column; {_known_columns(kinds)}{hint}")


def _strange(where: str, at: int) -> str:
    if where[at] in "'\"":
        return f"this {where[at]} is never closed"
    if where.startswith(("--", "/*"), at):
        return "a predicate holds no comments"
    if where[at] == ";":
        return "a predicate is one condition; nothing follows it"
    if where[at].isdigit():
        return "this is not a number"
    return f"{where[at]!r} has no place in a predicate; names that are not plain words go in double quotes"


def _known_columns(kinds: Mapping[str, Kind]) -> str:
    return f"columns are {', '.join(map(quote, kinds))}"


def quote(column: str) -> str:
    """A column as a predicate must spell it.

    >>> quote("age"), quote("emp.var.rate")
    ('age', '"emp.var.rate"')
    """
    plain = re.fullmatch(r"[^\W\d]\w*", column) and column.upper() not in KEYWORDS
    return column if plain else '"' + column.replace('"', '""') + '"'


def near(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` when a known word is close, else nothing.

    >>> near("acu", ("auc", "gap"))
    "; did you mean 'auc'?"
    """
    found = get_close_matches(word, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _series(values: pd.Series, kind: Kind) -> pl.Series:
    if kind is Kind.NUMERIC:
        return pl.Series(values.to_numpy(dtype=float)).fill_nan(None)
    return pl.Series(values.astype(object).where(values.notna(), None).to_list(), dtype=pl.String)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].replace('"', "'")


def _fault(where: str, column: int, message: str) -> ClaimError:
    return ClaimError(message, text=where, column=column)
