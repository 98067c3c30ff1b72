"""The words of an SQL condition: what a predicate may be made of, and where in it each word stands.

Words are held to a list before any SQL parser sees them, so that nothing but columns, literals, operators and functions
of one row's values can be meant: no subqueries, aggregates, windows, clocks, casts or comments.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from math import isinf

from halflife.models.errors import ClaimError

_CONDITIONS = {"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "ILIKE", "TRUE", "FALSE"}
_BRANCHES = {"CASE", "WHEN", "THEN", "ELSE", "END"}
KEYWORDS = frozenset(_CONDITIONS | _BRANCHES)

_OF_NUMBERS = {"ABS", "CEIL", "EXP", "FLOOR", "LN", "MOD", "POWER", "ROUND", "SIGN", "SQRT"}
_OF_TEXT = {"ENDS_WITH", "LENGTH", "LOWER", "STARTS_WITH", "SUBSTR", "TRIM", "UPPER"}
_OF_ANY = {"COALESCE", "GREATEST", "LEAST", "NULLIF"}
FUNCTIONS = frozenset(_OF_NUMBERS | _OF_TEXT | _OF_ANY)

_WORD = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")+")
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<operator><=|>=|<>|!=|==|\|\||-(?!-)|/(?!\*)|[+*%<>=(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Word:
    """One word of a predicate.

    Attributes:
        text: as it was typed.
        column: 1-based, where it begins.
        name: of the column of the frame it stands for; None for anything else.
        called: a parenthesis follows it.
        quoted: it stands in double quotes.
    """

    text: str
    column: int
    name: str | None = None
    called: bool = False
    quoted: bool = False


def words(where: str) -> list[Word]:
    """Cut a predicate into its words, in order.

    Raises:
        ClaimError: at the first thing that has no place in a predicate, and at parentheses that do not match.

    >>> [word.text for word in words("UPPER(job) = 'COOK'") if word.name]
    ['job']
    """
    if not where.strip():
        raise fault(where, 1, "the predicate is empty; write a condition such as age > 30")
    found, at = [], 0
    while at < len(where):
        match = _WORD.match(where, at)
        if match is None:
            raise fault(where, at + 1, _strange(where, at))
        if match.lastgroup == "number" and isinf(float(match.group())):
            raise fault(where, at + 1, f"{match.group()} is not a finite number")
        at = match.end()
        if match.lastgroup != "space":
            found.append(_word(match, called=where[at:].lstrip().startswith("(")))
    _balance(where, found)
    return found


def _word(match: re.Match[str], *, called: bool) -> Word:
    text, column = match.group(), match.start() + 1
    if match.lastgroup == "quoted":
        return Word(text, column, text[1:-1].replace('""', '"'), called, quoted=True)
    meant = text.upper() in KEYWORDS or (called and text.upper() in FUNCTIONS)
    return Word(text, column, text if match.lastgroup == "word" and not meant else None, called)


def _balance(where: str, found: Iterable[Word]) -> None:
    opened: list[Word] = []
    for word in found:
        if word.text == "(":
            opened.append(word)
        elif word.text == ")":
            if not opened:
                raise fault(where, word.column, "this parenthesis closes nothing")
            opened.pop()
    if opened:
        raise fault(where, opened[-1].column, "this parenthesis is never closed")


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


def quote(column: str) -> str:
    """A column as a predicate should spell it.

    >>> quote("age"), quote("emp.var.rate")
    ('age', '"emp.var.rate"')
    """
    plain = re.fullmatch(r"[^\W\d]\w*", column) and column.upper() not in KEYWORDS
    return column if plain else in_quotes(column)


def in_quotes(column: str) -> str:
    """A column as SQL cannot take it for anything else."""
    return '"' + column.replace('"', '""') + '"'


def near(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` when a known word is close, else nothing.

    >>> near("acu", ("auc", "gap"))
    "; did you mean 'auc'?"
    """
    found = get_close_matches(word, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def fault(where: str, column: int, message: str) -> ClaimError:
    """An error that points into a predicate."""
    return ClaimError(message, text=where, column=column)
