"""The one door to Rich: its text and its console, neither of which takes data for markup or for a terminal's commands.

Rich drops some control characters and lets the others pass, and reads square brackets in plain strings as styles. What is
written to a terminal is made of ``Text`` and printed on a ``Terminal``; a test holds all modules to it.
"""

from io import StringIO
from typing import Any, Self

import rich.console
import rich.text
from rich.console import RenderableType
from rich.style import Style

from halflife.monitoring.reports.visible import visible


class Text(rich.text.Text):
    r"""Rich's text, of characters that can be seen.

    >>> Text("a\x1b[2J").append("\x07", style="bold").plain
    'a\\x1b[2J\\x07'
    """

    def __init__(self, text: str = "", style: str | Style = "", **settings: Any) -> None:
        super().__init__(visible(text), style, **settings)

    def append(self, text: rich.text.Text | str, style: str | Style | None = None) -> Self:
        super().append(visible(text) if isinstance(text, str) else text, style)
        return self

    @classmethod
    def assemble(cls, *parts: Any, **settings: Any) -> Self:
        """Of strings, texts, and pairs of a string and its style."""
        text = cls(**settings)
        for part in parts:
            text.append(*part) if isinstance(part, tuple) else text.append(part)
        return text


class Terminal(rich.console.Console):
    r"""Rich's console: a string is that string, as a cell of a table too.

    >>> uncoloured("[/red] :smile: \x1b")
    '[/red] :smile: \\x1b\n'
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **settings)

    def render_str(self, text: str, **settings: Any) -> rich.text.Text:
        return super().render_str(visible(text), **settings)


def uncoloured(said: RenderableType, width: int = 110) -> str:
    """What a terminal of so many columns shows, as text without colour."""
    console = Terminal(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        console.print(said)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def flows(said: RenderableType) -> bool:
    """Whether it is running text, the lines of which a reader may break, and no table."""
    return isinstance(said, str | rich.text.Text)
