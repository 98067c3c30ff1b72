"""What cannot be known about a version, for a terminal: sentences, a table and the curve."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.models.opacity import Opacity
from halflife.monitoring.reports.opacity_plot import chart
from halflife.monitoring.reports.rich_text import Text, uncoloured
from halflife.monitoring.wording.opacity_words import HEADINGS, LEGEND, figures, sentence, whose


def terminal(now: Opacity, measured: Opacity | None = None) -> RenderableType:
    """Sentences, the table and the curve, readable at 100 columns and without colour; arguments as `sentences`."""
    parts: list[RenderableType] = [Text(_unbroken(sentence(now, measured)))]
    rows = figures(now)
    if rows:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column(no_wrap=True)
        for name in HEADINGS:
            table.add_column(name, justify="right")
        for row in rows:
            table.add_row(*map(_unbroken, row))
        parts += [Text(), table, Text(LEGEND, style="dim")]
    sensitive = whose(now, measured)
    drawn = chart(sensitive.sensitivity) if sensitive and sensitive.sensitivity else []
    if drawn and sensitive:
        heading = f"Gap of raw scores in log-odds when one row is left out of v{sensitive.version}, tree by tree"
        whole = Text("\n".join(drawn), no_wrap=True, overflow="ignore")
        parts += [Text(), Text(heading, style="bold"), Padding(whole, (0, 0, 0, 1), expand=False)]
    return Group(*parts)


def plain(now: Opacity, measured: Opacity | None = None, width: int = 110) -> str:
    """The same as text without colour."""
    return uncoloured(terminal(now, measured), width)


def _unbroken(text: str) -> str:
    """Percent signs close to their figures: a terminal's lines may end at any space, even one that should not break."""
    return text.replace("\N{NO-BREAK SPACE}%", "%")
