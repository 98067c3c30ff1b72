"""How each model stands: its champion, what holds of what is believed, and whether its service is well."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from halflife.flows.opened import Opened
from halflife.flows.run_record import RunRecord, last_run
from halflife.flows.schedule_settings import seconds
from halflife.flows.service import up_file
from halflife.flows.settings import Settings
from halflife.models.domain import Role, Status
from halflife.models.errors import NotFound, Unavailable
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown

WORST_FIRST = (Status.REVERSED, Status.STALE, Status.WEAKENED, Status.UNCLEAR, Status.UNTESTABLE, Status.HOLDS)
OVERDUE = timedelta(minutes=5)
"""After a run was due before it is missed, besides one interval of the schedule."""


@dataclass(frozen=True)
class ModelStatus:
    """One model.

    Attributes:
        model: its name.
        home: its folder.
        champion: its version, as in ``v3``; None before there is one.
        versions: registered.
        ticks: stored.
        findings: open ones by status.
        rows_waiting: that came and are not stored yet, as of the last run; None where it cannot be counted.
        last_run: None where nothing was run by a schedule, or by ``halflife run``.
        last_alert: subject of the newest alert; empty for none.
        troubles: what is not as it should be, a sentence each.
        story: what its ledger concludes; None before there is one.
    """

    model: str
    home: Path
    champion: str | None
    versions: int
    ticks: int
    findings: dict[str, int]
    rows_waiting: int | None
    last_run: RunRecord | None
    last_alert: str
    troubles: tuple[str, ...]
    story: Conclusions | None = None

    @property
    def healthy(self) -> bool:
        """Whether there is no trouble."""
        return not self.troubles

    def values(self) -> dict[str, Any]:
        """As ``--json`` has it."""
        run = self.last_run
        return {
            "model": self.model,
            "home": str(self.home),
            "champion": self.champion,
            "versions": self.versions,
            "ticks": self.ticks,
            "findings": self.findings,
            "rows_waiting": self.rows_waiting,
            "last_run": None if run is None else run.began.isoformat(),
            "last_run_said": None if run is None else run.message,
            "next_run": None if run is None or run.next_run is None else run.next_run.isoformat(),
            "last_alert": self.last_alert or None,
            "healthy": self.healthy,
            "troubles": list(self.troubles),
        }


@dataclass(frozen=True, repr=False, eq=False)
class Standing(Shown):
    """Every model that was asked for."""

    models: tuple[ModelStatus, ...]

    @property
    def healthy(self) -> bool:
        """Whether every model is."""
        return all(model.healthy for model in self.models)

    def values(self) -> Any:
        return [model.values() for model in self.models]

    def __rich__(self) -> RenderableType:
        table = Table("model", "champion", "versions", "findings", "waiting", "last run", "next run", box=None)
        for model in self.models:
            run = model.last_run
            table.add_row(
                model.model,
                model.champion or "–",
                str(model.versions),
                counted(model.findings),
                "–" if model.rows_waiting is None else f"{model.rows_waiting:,}",
                "never" if run is None else clock(run.began),
                "–" if run is None or run.next_run is None else clock(run.next_run),
            )
        troubles = [Text(f"✗ {m.model}: {said}", style="red") for m in self.models for said in m.troubles]
        return Group(table, *troubles)


def standing(every: Iterable[Opened], now: datetime | None = None) -> Standing:
    """Of these homes; one that was never used has no versions.

    Args:
        every: homes, one a model. Nothing is written in them.
        now: the time it is; read from the clock when left out.
    """
    return Standing(tuple(_status(opened, now or datetime.now(UTC)) for opened in every))


def _status(opened: Opened, now: datetime) -> ModelStatus:
    settings, run, story, ticks, alert = opened.settings, last_run(opened.settings.home), None, 0, ""
    troubles = list(_troubles(settings, run, now))
    try:
        story = opened.story()
        ticks = opened.last_tick + 1
        alert = next((delivery.alert.subject for delivery in opened.ledger.deliveries()), "")
    except NotFound:
        pass
    except Unavailable as error:
        troubles.append(str(error))
    versions = () if story is None else story.versions
    champions = [version.label for version in versions if version.role is Role.CHAMPION]
    return ModelStatus(
        model=settings.name,
        home=settings.home.resolve(),
        champion=champions[-1] if champions else None,
        versions=len(versions),
        ticks=ticks,
        findings={} if story is None else findings_of(story, rechecked(story)),
        rows_waiting=run.done.get("waiting") if run is not None else None,
        last_run=run,
        last_alert=alert,
        troubles=tuple(troubles),
        story=story,
    )


def _troubles(settings: Settings, run: RunRecord | None, now: datetime) -> Iterator[str]:
    """What is known of the service, and what its last run says."""
    if up_file.died(settings.home.resolve()):
        yield "halflife up was killed and runs no more; start it again"
    if run is None:
        return
    if run.failed:
        yield f"the last run, of {clock(run.began)}, failed: {run.message}"
    slack = OVERDUE if settings.schedule.cron else OVERDUE + timedelta(seconds=seconds(settings.schedule.every))
    if run.next_run is not None and now > run.next_run + slack:
        yield f"a run was due at {clock(run.next_run)} and has not ended"


def rechecked(story: Conclusions) -> int:
    """The newest version on which findings were re-tested; 0 before the first."""
    return max((number for by_version in story.status.values() for number in by_version), default=0)


def findings_of(story: Conclusions, version: int) -> dict[str, int]:
    """Findings that were tested on a version by their status there, worst first; stillborn ones are left out."""
    statuses = [
        story.status[finding.id][version]
        for finding in story.findings
        if not finding.stillborn and version in story.status.get(finding.id, {})
    ]
    return {status.value: statuses.count(status) for status in WORST_FIRST if status in statuses}


def counted(findings: Mapping[str, int]) -> str:
    """Findings by status in words.

    >>> counted({"stale": 2, "holds": 12})
    '2 stale, 12 hold'
    """
    words = [f"{n} {'hold' if status == Status.HOLDS and n > 1 else status}" for status, n in findings.items()]
    return ", ".join(words) or "none"


def clock(moment: datetime) -> str:
    """A moment, by this machine's clock."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
