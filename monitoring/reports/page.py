"""The conclusions page: one HTML file that needs no network and no script, for people who were not there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from halflife.models.domain import Drift, Finding, Status
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.reports import (
    cause_plot,
    foresight_plot,
    half_life_section,
    opacity_page,
    performance_section,
    plots,
)
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.whole_files import write_whole
from halflife.monitoring.wording.cause_words import short
from halflife.monitoring.wording.tick_words import ticks
from halflife.monitoring.wording.words import (
    LETTERS,
    MEANINGS,
    counts_by_version,
    measured,
    plural,
    reason_of,
    sentences,
    telling,
    together,
)

TELLING = 60
EACH = 12
"""Of one statistic before the others have had their turn, so that hundreds of findings about single cases do not crowd out the rest."""
LISTED = 2_000
VERSIONS, WATCHES = 40, 40
CHANGES, MORE_CHANGES = 10, 90
EXPIRED = 20


@dataclass(frozen=True)
class Cell:
    """One finding on one version: ``status`` is empty where it was not tested."""

    status: str
    letter: str
    title: str


@dataclass(frozen=True)
class Row:
    """One finding over the versions shown."""

    finding: Finding
    now: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    """The findings about one statistic.

    Attributes:
        telling: rows of the heat map.
        rest: finding, then its statuses run by run: (status or empty, letters).
        left: findings not even listed.
    """

    statistic: str
    n: int
    overview: Markup
    telling: tuple[Row, ...]
    rest: tuple[tuple[Finding, tuple[tuple[str, str], ...]], ...]
    left: int


@dataclass(frozen=True)
class Moved:
    """One column over the watches shown; a cell is (class, mark, title)."""

    name: str
    cells: tuple[tuple[str, str, str], ...]


def write_page(conclusions: Conclusions, path: Path, *, title: str, links: Mapping[str, str]) -> Path:
    """Write the page, making its folder; whole or not at all.

    Args:
        conclusions: the story.
        path: of the HTML file.
        title: of the page.
        links: name -> address, shown under the title.
    """
    return write_whole(path, render(conclusions, title=title, links=links))


def render(conclusions: Conclusions, *, title: str, links: Mapping[str, str]) -> str:
    """The page as text."""
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = [v.number for v in conclusions.versions][-VERSIONS:]
    watches = conclusions.drifts[-WATCHES:]
    lead, *said = sentences(conclusions)
    told = together(conclusions.changes)
    shown_first = {change.finding.id for change, _ in told[:CHANGES]}
    rest = [change for change in conclusions.changes if change.finding.id not in shown_first]
    return environment.get_template("conclusions.html").render(
        title=title,
        links=links,
        lead=lead,
        said=said,
        newest=shown[-1] if shown else None,
        versions=shown,
        earlier=len(conclusions.versions) - len(shown),
        alive=sum(not f.stillborn for f in conclusions.findings),
        stillborn=conclusions.stillborn,
        statuses=[(status, LETTERS[status], MEANINGS[status]) for status in Status],
        colours={str(status): colour for status, colour in plots.COLOURS.items()},
        changes=[_change(conclusions, change, alike) for change, alike in told[:CHANGES]],
        more_changes=[_change(conclusions, change) for change in rest[:MORE_CHANGES]],
        whys=cause_plot.render(
            [(c.finding, why, c.after) for c, _ in told[:CHANGES] if (why := reason_of(conclusions, c)) is not None]
        ),
        foresight=foresight_plot.render(conclusions, conclusions.scores),
        opacity="" if conclusions.opacity is None else opacity_page.render(conclusions.opacity, conclusions.sensitive),
        expired=conclusions.expired[:EXPIRED],
        more_expired=max(0, len(conclusions.expired) - EXPIRED),
        left_changes=max(0, len(rest) - MORE_CHANGES),
        overview=plots.strip(
            _newest(counts_by_version(conclusions), shown), "All findings by status, version by version"
        ),
        groups=_groups(conclusions, shown),
        half_lives=half_life_section.render(conclusions),
        performance=performance_section.render(conclusions),
        watches=watches,
        skipped=len(conclusions.drifts) - len(watches),
        moved=_moved(watches),
        plural=plural,
    )


def _newest(counts: dict[int, dict[Status, int]], shown: Iterable[int]) -> dict[int, dict[Status, int]]:
    return {number: counts[number] for number in shown}


def _change(conclusions: Conclusions, change: StatusChange, alike: int = 0) -> dict[str, object]:
    """One line of *what changed*; the pinned rows speak only where other rows decided."""
    check, why = change.check, reason_of(conclusions, change)
    return {
        "finding": change.finding,
        "before": change.before,
        "after": change.after,
        "now": measured(check.decides),
        "threshold": f"{check.threshold:g}",
        "why": "" if why is None else short(why),
        "alike": alike,
        "pinned": None if check.fresh is None else measured(check.pinned),
        "pinned_status": check.pinned.status,
    }


def _groups(conclusions: Conclusions, shown: Sequence[int]) -> list[Group]:
    """By statistic, those with a person's or a guard's finding first because ``telling`` ranks those first."""
    chosen = telling(conclusions, TELLING, each=EACH)
    everyone = sorted(
        (f for f in conclusions.findings if not f.stillborn and f.id in conclusions.latest), key=lambda f: f.statistic
    )
    picked = {f.id for f in chosen}
    groups, listed = [], 0
    for statistic, members in groupby(everyone, key=lambda f: f.statistic):
        found = list(members)
        rest = [f for f in found if f.id not in picked]
        kept = rest[: max(0, LISTED - listed)]
        listed += len(kept)
        groups.append(
            Group(
                statistic=statistic,
                n=len(found),
                overview=plots.strip(
                    _newest(counts_by_version(conclusions, statistic), shown),
                    f"Findings about {statistic} by status, version by version",
                ),
                telling=tuple(_row(conclusions, f, shown) for f in chosen if f.statistic == statistic),
                rest=tuple((f, _runs(conclusions.status[f.id], shown)) for f in kept),
                left=len(rest) - len(kept),
            )
        )
    return groups


def _row(conclusions: Conclusions, finding: Finding, shown: Sequence[int]) -> Row:
    history, intervals = conclusions.status[finding.id], conclusions.intervals.get(finding.id, {})
    latest = conclusions.latest[finding.id]
    cells = []
    for number in shown:
        status = history.get(number)
        if status is None:
            cells.append(Cell("", "", ""))
            continue
        said = f" · {intervals[number]}, threshold {latest.threshold:g}" if number in intervals else ""
        born = " · made here" if number == finding.made_on else ""
        cells.append(Cell(status, LETTERS[status], f"v{number} {status}{said}{born}"))
    return Row(finding, measured(latest.decides), tuple(cells))


def _runs(history: Mapping[int, Status], shown: Iterable[int]) -> tuple[tuple[str, str], ...]:
    """Equal statuses in a row as one run, so that hundreds of findings stay small.

    >>> _runs({1: Status.HOLDS, 2: Status.HOLDS, 4: Status.STALE}, [1, 2, 3, 4])
    (('holds', 'HH'), ('', '·'), ('stale', 'S'))
    """
    statuses = [history.get(number) for number in shown]
    return tuple(
        ("" if status is None else str(status), ("·" if status is None else LETTERS[status]) * len(list(run)))
        for status, run in groupby(statuses)
    )


def _moved(watches: Sequence[Drift]) -> list[Moved]:
    """Columns that ever moved in the watches shown, and the prediction and the label in any case."""
    seen: dict[str, bool] = {}
    for watch in watches:
        for column in watch.columns:
            moved = (column.drifted and watch.powered) or column.name in ("prediction", "label")
            seen[column.name] = seen.get(column.name, False) or moved
    return [Moved(name, tuple(_watched(watch, name) for watch in watches)) for name, shown in seen.items() if shown]


def _watched(watch: Drift, name: str) -> tuple[str, str, str]:
    column = next((c for c in watch.columns if c.name == name), None)
    where = f"{ticks(watch.first_tick, watch.tick, watch.dates)} against v{watch.against}"
    if column is None:
        return "", "", f"{where}: {name} could not be compared"
    score = f"{where}: {column.method} {column.score:.3f}, threshold {column.threshold:.3f}"
    if not watch.powered:
        return "weak", "–", f"{score}; too few rows to tell"
    if column.drifted:
        return "moved", "●", f"{score}; moved"
    return ("near" if column.score > column.threshold / 2 else "calm"), "", score
