"""Lines for a terminal, each folded under its own beginning."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding

from halflife.monitoring.reports.rich_text import Text

LEAST = 20
"""Columns a folded line has at least."""


@dataclass(frozen=True)
class Hanging:
    """Lines, each with how many columns go before its text: what is folded stands under the text.

    Where lines are not to be wrapped, as in a file or a pipe, every line stays whole.

    Attributes:
        lines: in order, each with the columns before its text.
    """

    lines: Sequence[tuple[Text, int]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line, indent in self.lines:
            width = options.max_width - indent
            if options.no_wrap or width < LEAST or line.cell_len <= options.max_width:
                yield line
                continue
            head, rest = line.divide([indent])
            first, *folded = rest.wrap(console, width)
            first.rstrip()
            yield Text.assemble(head, first, no_wrap=True)
            for part in folded:
                yield Padding(part, (0, 0, 0, indent))
