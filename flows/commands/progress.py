"""What a person sees while a replay runs: a bar with the tick, the version and what just went stale; or plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from halflife.flows.commands.common import interactive, note
from halflife.monitoring.reports.rich_text import Terminal
from halflife.monitoring.reports.visible import visible

TICK = "tick "
"""A sentence that begins like this, and goes on with a number, moves the bar."""


class Lines:
    """Plain lines on stderr, for news only."""

    terminal: Terminal | None = None

    def expect(self, total: int) -> None:
        """How many ticks there will be."""

    def __call__(self, sentence: str, *, lasting: bool = False) -> None:
        if lasting:
            note(sentence)


class Bar(Lines):
    """A bar on the terminal. What else prints while it stands must use ``terminal``, or the two overwrite each other."""

    terminal: Terminal

    def __init__(self, progress: Progress, terminal: Terminal) -> None:
        self.progress, self.terminal = progress, terminal
        self.task = progress.add_task("starting Prefect, MLflow and Evidently", total=None)

    def expect(self, total: int) -> None:
        self.progress.update(self.task, total=total)

    def __call__(self, sentence: str, *, lasting: bool = False) -> None:
        tick = sentence.removeprefix(TICK)
        if tick.isdecimal():
            self.progress.update(self.task, completed=int(tick) + 1)
            return
        self.progress.update(self.task, description=shorten(visible(sentence), 60, placeholder=" …"))
        if lasting:
            self.terminal.print(f"  {sentence}", style="dim")


@contextmanager
def progress() -> Iterator[Lines]:
    """An observer for as long as something is going on."""
    if not interactive():
        yield Lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("tick"),
        MofNCompleteColumn(),
        BarColumn(bar_width=28),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    terminal = Terminal(stderr=True)
    with Progress(*columns, console=terminal, transient=True) as bar:
        yield Bar(bar, terminal)
