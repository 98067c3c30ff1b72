"""The page that stands first: every model, how it stands, and where its pages are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from halflife.flows.opened import Opened
from halflife.flows.use_cases.standing import ModelStatus, clock, counted, findings_of, standing
from halflife.models.domain import Role, Version
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.tick_words import ticks

SHOWN = 50
"""Newest versions of each model."""
PAGES = {
    "conclusions": "conclusions.html",
    "drift": "drift.html",
    "investigation": "investigation.html",
}
"""Name -> file in a version's folder of pages."""


@dataclass(frozen=True)
class Row:
    """One version."""

    label: str
    role: str
    window: str
    findings: str
    pages: tuple[tuple[str, str], ...]


def home_page(every: Mapping[str, Opened], links: Iterable[tuple[str, str]], now: datetime) -> str:
    """HTML.

    Args:
        every: name in addresses -> the model's home.
        links: name and address of what else there is to look at.
        now: the time it is.
    """
    environment = Environment(
        loader=PackageLoader("halflife.flows.service"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stand = standing(every.values(), now).models
    models = [_model(one, place, now) for one, place in zip(stand, every, strict=True)]
    return environment.get_template("home.html").render(models=models, links=list(links), now=clock(now))


def _model(status: ModelStatus, place: str, now: datetime) -> dict[str, object]:
    run = status.last_run
    return {
        "model": status.model,
        "troubles": status.troubles,
        "champion": status.champion,
        "versions": status.versions,
        "ticks": status.ticks,
        "findings": counted(status.findings),
        "last_run": None if run is None else clock(run.began),
        "last_run_said": None if run is None else run.message,
        "next_run": clock(run.next_run)
        if run is not None and run.next_run is not None and run.next_run > now
        else None,
        "last_alert": status.last_alert,
        "rows": _rows(place, status),
    }


def _rows(place: str, status: ModelStatus) -> list[Row]:
    if status.story is None:
        return []
    folder = status.home / "reports"
    newest = reversed(status.story.versions[-SHOWN:])
    return [_row(version, status.story, place, folder, status.champion) for version in newest]


def _row(version: Version, story: Conclusions, place: str, folder: Path, champion: str | None) -> Row:
    pages = tuple(
        (name, f"/reports/{quote(place, safe='')}/{version.label}/{file}")
        for name, file in PAGES.items()
        if (folder / version.label / file).exists()
    )
    was = "was " if version.role is Role.CHAMPION and version.label != champion else ""
    return Row(
        version.label,
        f"{was}{version.role.value}",
        ticks(version.first, version.last, version.dates),
        counted(findings_of(story, version.number)),
        pages,
    )
