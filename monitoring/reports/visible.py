"""Text as a terminal may have it: characters that would steer it, or that nobody would see, are spelled out."""

import re
from typing import Any

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_WIDTH = r"\u00ad\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f"
_NO_CHARACTERS = r"\ud800-\udfff"
_HIDDEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_NO_WIDTH}{_NO_CHARACTERS}]")


def visible(text: str) -> str:
    r"""The text with an escape, as Python writes it, for each such character; tabs, emoji and ends of lines stay.

    Those are the control characters C0 and C1, which begin a terminal's commands (ECMA-48), those that change the
    direction of writing, characters without width, and halves of surrogate pairs, which no encoding takes.

    >>> visible("[/red] \x1b]0;owned\x07 \u202e é 👩‍🔧")
    '[/red] \\x1b]0;owned\\x07 \\u202e é 👩\u200d🔧'
    """
    return _HIDDEN.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text.replace("\r\n", "\n"))


def finished(value: Any) -> Any:
    r"""For ``finalize`` of Jinja: a string as it is `visible`; what templates made of markup is left.

    >>> finished("\x07"), finished(3)
    ('\\x07', 3)
    """
    return visible(value) if type(value) is str else value
