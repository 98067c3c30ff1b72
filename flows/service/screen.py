"""What a person sees while the service runs: a screen that is drawn again and again, or plain lines."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table

from halflife.flows.commands.common import note
from halflife.flows.service.servers import Address
from halflife.flows.use_cases.standing import ModelStatus, Standing, clock, counted
from halflife.monitoring.reports.rich_text import Terminal, Text

NEWS = 8
"""Sentences on the screen."""


@dataclass
class Screen:
    """What there is to see.

    Attributes:
        addresses: of the servers.
        stand: how the models stand; None before the first look.
        news: time and sentence, the newest last.
    """

    addresses: Sequence[Address]
    stand: Standing | None = None
    news: deque[tuple[datetime, str]] = field(default_factory=lambda: deque(maxlen=NEWS))

    def say(self, sentence: str) -> None:
        """A sentence of news."""
        self.news.append((datetime.now(UTC), sentence))

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = [where(self.addresses), Text()]
        if self.stand is not None:
            parts += [Group(*map(_model, self.stand.models)), Text()]
        for when, sentence in self.news:
            parts.append(
                Text.assemble(
                    (when.astimezone().strftime("%H:%M:%S  "), "dim"), sentence, overflow="ellipsis", no_wrap=True
                )
            )
        return Group(*parts, Text("Ctrl-C ends it all", style="dim"))


def where(addresses: Sequence[Address]) -> Table:
    """A line a server."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for address in addresses:
        table.add_row(Text(address.name, style="bold"), Text(address.url), "" if address.ours else "was running")
    return table


def _model(model: ModelStatus) -> RenderableType:
    run = model.last_run
    lines = [
        Text.assemble(
            (model.model, "bold"),
            f"  {model.champion or 'no version yet'}, {model.versions} versions, {model.ticks} ticks",
        )
    ]
    if model.versions:
        lines.append(Text(f"  findings: {counted(model.findings)}"))
    if run is not None:
        coming = "" if run.next_run is None else f"; next {run.next_run.astimezone():%H:%M:%S}"
        lines.append(Text(f"  last run {run.began.astimezone():%H:%M:%S} ({run.seconds:.0f} s): {run.message}{coming}"))
    if model.last_alert:
        lines.append(Text(f"  last alert: {model.last_alert}", overflow="ellipsis", no_wrap=True))
    lines += [Text(f"  ✗ {trouble}", style="red") for trouble in model.troubles]
    return Group(*lines)


@contextmanager
def shown(screen: Screen, terminal: Terminal | None) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """Show it for as long as this is held; gives what takes news, and what draws it again.

    Args:
        screen: what there is to see.
        terminal: on which it is drawn; None for plain lines on standard error, news alone.
    """
    if terminal is None:

        def line(sentence: str) -> None:
            note(f"{clock(datetime.now(UTC))}  {sentence}")

        yield line, lambda: None
        return
    with Live(screen, console=terminal, auto_refresh=False, screen=False, transient=False) as live:
        yield screen.say, live.refresh
