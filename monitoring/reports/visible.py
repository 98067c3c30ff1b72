"""Text as a terminal may have it: characters that would steer it, or that nobody would see, are spelled out."""

import re
from typing import Any
from unicodedata import category

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_WIDTH = r"\u00ad\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f"
_NO_CHARACTERS = r"\ud800-\udfff"
_CHANGING = re.compile("[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7ff]")
_HIDDEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_NO_WIDTH}{_NO_CHARACTERS}]")


def visible(text: str) -> str:
    r"""The text with an escape, as Python writes it, for each such character; tabs, emoji and ends of lines stay.

    Those are the control characters C0 and C1, which begin a terminal's commands (ECMA-48), those that change the
    direction of writing, characters without width, those that only change another where there is none, and halves of
    surrogate pairs, which no encoding takes.

    >>> visible("[/red] \x1b]0;owned\x07 \u202e é 👩‍🔧")
    '[/red] \\x1b]0;owned\\x07 \\u202e é 👩\u200d🔧'
    >>> visible("\u0301")
    '\\u0301'
    """
    shown = _HIDDEN.sub(lambda match: _spelled(match.group()), text.replace("\r\n", "\n"))
    alone = shown.strip()
    return shown.replace(alone, _spelled(alone)) if alone and all(map(_changes, alone)) else shown


def _changes(character: str) -> bool:
    """Whether it has no width of its own: marks, joiners, colours of skin, the middle and the end of a Korean syllable."""
    return category(character) in ("Mn", "Me", "Cf") or _CHANGING.match(character) is not None


def _spelled(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def finished(value: Any) -> Any:
    r"""For ``finalize`` of Jinja: a string as it is `visible`; what templates made of markup is left.

    >>> finished("\x07"), finished(3)
    ('\\x07', 3)
    """
    return visible(value) if type(value) is str else value
