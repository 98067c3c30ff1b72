"""What goes to a terminal: any characters are shown as what they are, none is obeyed."""

import logging
import re
import unicodedata
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.flows.logs import configure
from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.monitoring.adapters.channels.console import Console
from halflife.monitoring.reports.mail import compose
from halflife.monitoring.reports.rich_text import Terminal, Text, uncoloured
from halflife.monitoring.reports.visible import visible

STEERING = [
    "\x1b[2J",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\r",
    "\x08",
    "\x7f",
    "\u202e",
    "\ud800",
    "[/red]",
    "[red]",
    ":smile:",
    "\\[",
    "\U0001f3fb",
    "\u200d",
    "\u0301",
]
ANY = st.text(st.characters() | st.sampled_from("[]/\\{}:\x1b\r\b"), max_size=30) | st.sampled_from(STEERING)
STYLE = re.compile(r"\x1b\[[\d;]*m")


def steers(text: str) -> bool:
    """Whether a terminal would do anything but show it and begin new lines."""
    return any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text)


def squeezed(text: str) -> str:
    """Without the blanks that lay a text out."""
    return "".join(text.split())


def cell(text: RenderableType) -> Table:
    """A table of one cell."""
    table = Table(box=None, show_header=False)
    table.add_column(overflow="fold")
    table.add_row(text)
    return table


def head(text: str) -> Table:
    """A table with nothing but a heading."""
    table = Table(box=None)
    table.add_column(text, overflow="fold")
    table.add_row("")
    return table


@given(ANY)
def test_what_is_visible_steers_nothing_and_is_all_there(text: str) -> None:
    """No control character and no half of a pair is left; a plain text is left as it is; nothing vanishes."""
    shown = visible(text)
    assert not steers(shown)
    assert len(shown) >= len(text) - text.count("\r\n")
    assert shown.encode("utf-8").decode("utf-8") == shown
    if text.isprintable() and (cell_len(text) or not text.strip()):
        assert shown == text


@pytest.mark.parametrize("text", ["👩‍🔧 é ü 漢字 ع", "a\tb\nc", "می‌خواهم", "\\x1b"])
def test_what_people_write_is_left_as_it_is(text: str) -> None:
    """Emoji that are joined, letters of any language with their joiners, tabs, lines and backslashes."""
    assert visible(text) == text


@pytest.mark.parametrize(
    "made",
    [
        str,
        Text,
        lambda text: Text("").append(text),
        lambda text: Text("", style="bold").append(text, style="red"),
        lambda text: Text.assemble((text, "bold")),
        lambda text: Text.assemble(Text.assemble(text)),
        lambda text: Text(" ").join([Text(text)]),
        lambda text: Padding(text, (0, 0, 0, 2)),
        lambda text: Group(text),
        lambda text: cell(text),
        lambda text: cell(Text(text, style="bold")),
        head,
    ],
    ids=["str", "text", "append", "styled", "assemble", "text of text", "join", "padding", "group", "cell", "text cell", "head"],
)  # fmt: skip
@given(text=ANY)
def test_a_terminal_shows_any_text_and_obeys_none(made: Callable[[str], RenderableType], text: str) -> None:
    """In a line, a cell, a heading, with a style or without: every character arrives, and but for styles no command."""
    terminal = Terminal(file=StringIO(), force_terminal=True, color_system="truecolor", width=60)
    terminal.print(made(text))
    written = STYLE.sub("", terminal.file.getvalue())
    assert not steers(written)
    assert squeezed(written) == squeezed(visible(text))
    assert squeezed(uncoloured(made(text))) == squeezed(visible(text))


@given(ANY, ANY)
def test_an_alert_on_the_console_and_by_mail_is_what_was_written(subject: str, sentence: str) -> None:
    """Whatever findings, categories and notes it quotes."""
    item = AlertItem(AlertKind.TEST, Severity.INFO, sentence, subject)
    alert = Alert("k", Severity.CRITICAL, 1, subject, sentence, (item,), {subject: sentence})
    terminal = Terminal(file=StringIO(), force_terminal=True, width=60)
    Console(terminal).send(alert)
    written = STYLE.sub("", terminal.file.getvalue())
    assert not steers(written)
    assert squeezed(visible(sentence)) in squeezed(written)
    body = compose(alert, sender="h@example.org", recipients=["a@example.org"]).get_body(("plain",)).get_content()
    body = body.replace("\r\n", "\n")  # a mail's line ends
    assert not steers(body)
    assert squeezed(visible(sentence)) in squeezed(body)


@given(ANY)
def test_a_log_line_is_one_line_of_what_was_said(said: str) -> None:
    """No character of a name steers the terminal, and no text within a message looks like a line of its own."""
    tree = logging.getLogger("halflife")
    before = tree.handlers
    try:
        configure(json=False)
        made = tree.handlers[0].format(logging.makeLogRecord({"name": "halflife", "levelname": "WARNING", "msg": said}))
    finally:
        tree.handlers = before
    assert not steers(made)
    assert all(line.startswith("  ") for line in made.split("\n")[1:])
    assert squeezed(made).endswith(squeezed(visible(f"x{said}"))[1:])
