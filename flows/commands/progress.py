"""What a person sees while a replay runs: a bar with the tick, the version and what just went stale; or plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from halflife.flows.commands.common import interactive, note

TICK = "tick "
"""A sentence that begins like this, and goes on with a number, moves the bar."""


class Lines:
    """Plain lines on stderr, for news only."""

    terminal: Console | None = None

    def expect(self, total: int) -> None:
        """How many ticks there will be."""

    def __call__(self, sentence: str, *, lasting: bool = False) -> None:
        if lasting:
            note(sentence)


class Bar(Lines):
    """A bar on the terminal. What else prints while it stands must use ``terminal``, or the two overwrite each other."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.terminal = progress, progress.console
        self.task = progress.add_task("starting Prefect, MLflow and Evidently", total=None)

    def expect(self, total: int) -> None:
        self.progress.update(self.task, total=total)

    def __call__(self, sentence: str, *, lasting: bool = False) -> None:
        tick = sentence.removeprefix(TICK)
        if tick.isdecimal():
            self.progress.update(self.task, completed=int(tick) + 1)
            return
        self.progress.update(self.task, description=shorten(sentence, 60, placeholder=" …"))
        if lasting:
            self.progress.console.print(f"  {sentence}", style="dim", highlight=False, markup=False)


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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Bar(bar)
