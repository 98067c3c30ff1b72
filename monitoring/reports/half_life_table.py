"""How long findings live, for a terminal: what was seen beside what retraining noise alone would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from halflife.models.half_life import HalfLife
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.survival.half_lives import ALL, ARRIVALS
from halflife.monitoring.wording.figures import retrains
from halflife.monitoring.wording.half_life_words import arrived, below, by_noise, cell, named

WIDE, NARROW = 99, (1, 4)
"""Columns of the whole table, and what a narrower terminal shows of arrivals."""
WITH_NOISE = (
    "Stale after d: of 100 conclusions, those gone stale when an investigation of d retrains ends; in brackets, and under"
    " noise alone, what retraining noise would do without any drift."
)
WITHOUT = (
    "Stale after d: of 100 conclusions, those gone stale when an investigation of d retrains ends. How much of"
    " this is retraining noise is not known."
)


def table(half_lives: Sequence[HalfLife], lengths: Sequence[int] = ARRIVALS) -> Table:
    """Half-life of each statistic, and the chance that a conclusion is stale when its investigation ends.

    Args:
        half_lives: of all kinds.
        lengths: of an investigation, in retrains, among `ARRIVALS`.
    """
    compared = any(half.alone is not None for half in half_lives)
    found = Table(
        box=box.SIMPLE_HEAD,
        title="How long findings live, in retrains",
        title_justify="left",
        caption=WITH_NOISE if compared else WITHOUT,
        caption_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    found.add_column("findings about", no_wrap=True, max_width=19, overflow="ellipsis")
    found.add_column("gone stale", justify="right", no_wrap=True)
    found.add_column("half-life [95 %]", no_wrap=True)
    if compared:
        found.add_column("noise\nalone", justify="right", no_wrap=True)
    for retrain in lengths:
        found.add_column(f"stale\nafter {retrain}", justify="right", no_wrap=True)
    for half in half_lives:
        noise = [by_noise(half)] if compared else []
        found.add_row(
            named(half),
            f"{half.deaths:,} of {half.n:,}",
            retrains(half),
            *noise,
            *(cell(arrival) for arrival in arrived(half, lengths)),
            style="bold" if half.kind == ALL else "",
        )
    return found


@dataclass(frozen=True)
class Panel:
    """The table, as wide as the terminal allows, and what is said of all findings below it."""

    conclusions: Conclusions

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        half_lives = self.conclusions.half_lives
        yield table(half_lives, ARRIVALS if options.max_width >= WIDE else NARROW)
        if said := below(self.conclusions):
            yield Text(" ".join(said))
