"""Forecasts for a terminal: the findings to re-check first."""

from rich import box
from rich.console import RenderableType
from rich.table import Table

from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.foresight.recheck_first import first
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.wording.foresight_words import SHOWN, why
from halflife.monitoring.wording.words import percent


def first_table(conclusions: Conclusions, n: int = SHOWN) -> RenderableType | None:
    """The findings to re-check first, for a terminal; None where none is likely to be refuted."""
    chosen = first(conclusions, n)
    if not chosen:
        return None
    table = Table(box=box.SIMPLE_HEAD, title="Re-check these first", title_justify="left", pad_edge=False)
    table.add_column("finding", overflow="fold", max_width=52)
    table.add_column("refuted\nnext", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for finding, forecast in chosen:
        text = Text.assemble(("guard ", "bold") if finding.guard else "", finding.claim)
        table.add_row(text, percent(forecast.probability), why(finding, forecast, conclusions.drifts))
    return table
