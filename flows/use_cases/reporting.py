"""The conclusions page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType


from halflife.flows.opened import Opened
from halflife.models.errors import NotFound
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True, repr=False, eq=False)
class Page(Shown):
    """A page that was written.

    Attributes:
        path: of the file.
        bytes: of its content.
    """

    path: Path
    bytes: int

    def values(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.rich_text import Text

        return Text(str(self.path))

    def _repr_html_(self) -> str:
        """The page itself, in a frame that keeps it apart from the notebook; its path where it is gone."""
        from html import escape

        try:
            text = self.path.read_text(encoding="utf-8")
        except OSError:
            return super()._repr_html_()
        style = "width:100%;height:720px;border:0"
        return f'<iframe srcdoc="{escape(text)}" sandbox="allow-popups" style="{style}"></iframe>'


def report(opened: Opened, output: Path | None = None) -> Page:
    """Write the conclusions page: what holds, what went stale and when, and how long conclusions live.

    Args:
        opened: the home.
        output: where to write it; in the home when left out.

    Raises:
        NotFound: there is no version yet.
    """
    said = opened.story(scored=True)
    if not said.versions:
        raise NotFound("there is no version yet; run `halflife retrain` or `halflife replay` first")
    from halflife.monitoring.page_links import REPORTS, PageLinks
    from halflife.monitoring.reports.page import write_page

    home = opened.settings.home.resolve()
    reports = home / REPORTS
    path = output or reports / "conclusions.html"
    drift = reports / said.versions[-1].label / "drift.html"
    links = {"drift": PageLinks(home, opened.settings.links.base_url).to(drift)} if drift.exists() else {}
    with opened.alone():
        write_page(said, path, title=opened.settings.name, links=links)
    return Page(path, path.stat().st_size)
