"""Alerts on the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halflife.models.alert import Alert, Severity
from halflife.models.errors import Unavailable
from halflife.monitoring.ports import Channel

if TYPE_CHECKING:
    from halflife.monitoring.reports.rich_text import Terminal

STYLE = {Severity.CRITICAL: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
MOST = 5
"""Items shown; the terminal is for noticing, the report for reading."""


@dataclass(frozen=True)
class Console(Channel):
    """A compact message on stderr, or on a terminal that somebody else is drawing on too.

    Attributes:
        terminal: where to print; None for stderr. Give the one of a running progress bar, or the two overwrite
            each other.
    """

    terminal: "Terminal | None" = field(default=None, repr=False)
    name: str = "console"

    def send(self, alert: Alert) -> None:
        from halflife.monitoring.reports.rich_text import Terminal

        terminal = self.terminal or Terminal(file=sys.stderr)
        with _answering(terminal):
            _show(terminal, alert)


def _show(terminal: "Terminal", alert: Alert) -> None:
    """Subject, items and links."""
    from rich.padding import Padding

    from halflife.monitoring.reports.rich_text import Text

    terminal.print(Text.assemble((f"● {alert.severity} ", STYLE[alert.severity]), (alert.subject, "bold")))
    for item in alert.items[:MOST]:
        label = Text.assemble((f"{item.finding}  ", "bold") if item.finding else "", item.sentence)
        terminal.print(Padding(label, (0, 0, 0, 2), expand=False))
    if (rest := len(alert.items) - MOST) > 0:
        terminal.print(Text(f"  and {rest} more", style="dim"))
    for name, target in alert.links.items():
        terminal.print(Text(f"  {name}: {target}", style="dim"), soft_wrap=True)


@contextmanager
def _answering(terminal: "Terminal") -> Iterator[None]:
    """A closed terminal is told as one; left to itself, rich ends the process over it, and closes standard output too."""

    def broken() -> None:
        raise

    terminal.on_broken_pipe = broken  # type: ignore[method-assign]
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the terminal takes no text: {error.strerror or error}") from error
    finally:
        terminal.__dict__.pop("on_broken_pipe", None)
