"""Where the pages of a home are: files on this machine, or below the address at which a team sees them."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

REPORTS = "reports"
"""The folder of pages in a home."""


@dataclass(frozen=True)
class PageLinks:
    """From a page to what leads to it in a mail, a webhook or MLflow.

    Attributes:
        home: whose pages they are.
        base_url: where `halflife up` is reached, or what else serves ``/reports/NAME`` for a home of that name; empty where
            pages are files on this machine.

    >>> PageLinks(Path("/data/churn"), "https://halflife.example.org").to(Path("/data/churn/reports/v3/drift.html"))
    'https://halflife.example.org/reports/churn/v3/drift.html'
    """

    home: Path
    base_url: str = ""

    @property
    def served(self) -> bool:
        """Whether others can follow them."""
        return bool(self.base_url)

    def to(self, page: Path) -> str:
        """The address of a page, or its path where nobody serves it."""
        below = self.home / REPORTS
        if not self.base_url or not page.is_relative_to(below):
            return str(page)
        return f"{self.base_url}/{REPORTS}/{quote(place(self.home))}/{quote(page.relative_to(below).as_posix())}"


def place(home: Path) -> str:
    """A home's name in addresses: its folder's, of letters and digits that need no escape.

    >>> place(Path("/data/churn (EU)"))
    'churn--EU-'
    """
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in home.name) or "home"
