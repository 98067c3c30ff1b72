"""What a person sees while a replay runs: a bar with the tick, the version and what just went stale; or plain lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.commands.common import interactive, note

TICK = "tick "


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """Gives the function to be told each sentence: a ``tick k`` moves the bar, anything else is said.

    Args:
        total: ticks there will be.
    """
    if not interactive():
        yield lambda sentence: None if sentence.startswith(TICK) else note(sentence)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("tick"),
        MofNCompleteColumn(),
        BarColumn(bar_width=28),
        TimeElapsedColumn(),
        TextColumn("{task.description}", table_column=None),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting Prefect, MLflow and Evidently …", total=total)

        def observe(sentence: str) -> None:
            if sentence.startswith(TICK):
                bar.update(task, completed=int(sentence.removeprefix(TICK)) + 1)
            else:
                bar.update(task, description=sentence[:90])
                bar.console.print(f"  [dim]{sentence}[/dim]", highlight=False)

        yield observe
