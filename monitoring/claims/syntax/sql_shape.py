"""Conditions that Polars' SQL reader takes for something else, or does not survive: found before it sees them.

Two values side by side are read as a value and an alias, so that ``amount > 40 age`` would mean ``amount > 40``. A chain of
operators becomes as deep an expression; deep ones take minutes, then end the process.
"""

from collections.abc import Sequence
from itertools import pairwise

from halflife.monitoring.claims.syntax.sql_words import KEYWORDS, Word, fault

MOST_OPERATORS = 2_000
"""AND, OR, IS, IN, BETWEEN, WHEN, comparisons and arithmetic in one predicate. 1,000 conditions joined by OR take two
seconds, 2,000 twelve, 8,000 are a segmentation fault."""
MOST_JOINED = 200
"""``||`` in one predicate: 500 are a segmentation fault."""
MOST_PATTERNS = 500
"""LIKE and ILIKE in one predicate: 500 take thirteen seconds, 1,000 minutes."""
DEEPEST = 40
"""Parentheses, CASE, NOT and signs inside each other; the reader gives up at 50."""

_OPERATORS = {"AND", "OR", "IS", "IN", "BETWEEN", "LIKE", "ILIKE", "WHEN"}
_VALUES = {"NULL", "TRUE", "FALSE"}
_SYMBOLS = set("<>=+-*/%") | {"<=", ">=", "<>", "!=", "==", "||"}
_PREFIXES = {"NOT", "-", "+"}


def refuse_misread(where: str, found: Sequence[Word]) -> None:
    """Refuse a predicate of these words that would be misread, or is too long or too deep to be read.

    Raises:
        ClaimError: points at the word at fault.

    >>> from halflife.monitoring.claims.syntax.sql_words import words
    >>> refuse_misread("amount > 40 age", words("amount > 40 age"))
    Traceback (most recent call last):
    halflife.models.errors.ClaimError: AND, OR or an operator is missing between 40 and age (column 13)
      amount > 40 age
                  ^
    """
    for before, word in pairwise(found):
        if _ends_value(before) and _begins_value(word) and not (before.called and word.text == "("):
            raise fault(
                where, word.column, f"AND, OR or an operator is missing between {_short(before)} and {_short(word)}"
            )
    _refuse_long(where, found)
    _refuse_deep(where, found)


def _begins_value(word: Word) -> bool:
    return word.text == "(" or word.text.upper() == "CASE" or _is_value(word)


def _ends_value(word: Word) -> bool:
    return word.text == ")" or word.text.upper() == "END" or _is_value(word)


def _is_value(word: Word) -> bool:
    """A column, a literal or a function; what is in double quotes is no keyword, whatever it is called."""
    return word.name is not None or word.text.upper() in _VALUES or not (_is_keyword(word) or _is_sign(word))


def _is_keyword(word: Word) -> bool:
    return word.name is None and word.text.upper() in KEYWORDS


def _is_sign(word: Word) -> bool:
    return word.text in _SYMBOLS or word.text in ("(", ")", ",")


def _refuse_long(where: str, found: Sequence[Word]) -> None:
    plain = [(word, word.text.upper()) for word in found if word.name is None]
    for kind, counted, most in (
        ("||", {"||"}, MOST_JOINED),
        ("LIKE", {"LIKE", "ILIKE"}, MOST_PATTERNS),
        ("operators", _OPERATORS | _SYMBOLS, MOST_OPERATORS),
    ):
        those = [word for word, text in plain if text in counted]
        if len(those) > most:
            message = f"a predicate has at most {most} {kind}; this one has {len(those)}: name many values by IN (…)"
            raise fault(where, those[most].column, message)


def _refuse_deep(where: str, found: Sequence[Word]) -> None:
    """Prefixes count until the value they stand before is over, which an operator or a comma says."""
    outer: list[int] = []
    prefixes = 0
    for before, word in zip((None, *found), found, strict=False):
        text = word.text.upper() if word.name is None else ""
        if text in ("(", "CASE"):
            outer.append(prefixes)
            prefixes = 0
        elif text in (")", "END"):
            prefixes = outer.pop() if outer else 0
        elif text in _PREFIXES and not (before is not None and _ends_value(before)):
            prefixes += 1
        elif text:
            prefixes = 0
        if len(outer) + sum(outer) + prefixes > DEEPEST:
            raise fault(where, word.column, f"a predicate is at most {DEEPEST} parentheses, CASE and NOT deep")


def _short(word: Word) -> str:
    return word.text if len(word.text) <= 30 else f"{word.text[:29]}…"
