"""What the checks assert with: each failure is an AssertionError with a sentence, whatever the thing under check raised."""

from collections.abc import Callable
from typing import Any

import pandas as pd

MOST = 1000
"""Characters of a value that a sentence shows."""


def refused(error: type[Exception], ask: Callable[[], object], what: str) -> Exception:
    """What is raised when something is asked for that there is not.

    Args:
        error: what has to be raised.
        ask: asks for it.
        what: was asked for, for the sentence.

    Raises:
        AssertionError: nothing was raised, or something else.

    >>> str(refused(KeyError, lambda: {}[7], "a key that is not there"))
    '7'
    >>> refused(KeyError, lambda: [][7], "a key that is not there")
    Traceback (most recent call last):
    AssertionError: a key that is not there: IndexError (list index out of range) was raised, not KeyError
    """
    try:
        answer = ask()
    except error as raised:
        return raised
    except Exception as raised:
        raise AssertionError(f"{what}: {type(raised).__name__} ({raised}) was raised, not {error.__name__}") from raised
    raise AssertionError(f"{what}: {error.__name__} was due, and the answer was {answer!r}")


def same_rows(one: pd.DataFrame, other: pd.DataFrame, sentence: str) -> None:
    """Two frames are equal to the bit, in columns, types and order. Raises AssertionError with the sentence and the difference.

    >>> same_rows(pd.DataFrame({"x": [1.0]}), pd.DataFrame({"x": [2.0]}), "the rows stay")
    Traceback (most recent call last):
    AssertionError: the rows stay: DataFrame.iloc[:, 0] (column name="x") are different...
    """
    try:
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    except AssertionError as error:
        raise AssertionError(f"{sentence}: {error}") from None


def equal(found: Any, expected: Any, sentence: str) -> None:
    """Two values are equal; NaN is itself. Raises AssertionError with the sentence and both values.

    >>> equal([1], [2], "ids count from 1")
    Traceback (most recent call last):
    AssertionError: ids count from 1; expected [2], found [1]
    """
    if found != expected and repr(found) != repr(expected):
        raise AssertionError(f"{sentence}; expected {_short(expected)}, found {_short(found)}")


def _short(value: Any) -> str:
    """A value as text, its middle left out where it is long."""
    text = repr(value)
    return text if len(text) <= MOST else f"{text[: MOST // 2]} ... {text[-MOST // 2 :]}"
