"""What running the steps by hand tells: one class a step, and what waits for its tick."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.models.domain import Check, Drift, Finding, Version
from halflife.models.performance import Performance
from halflife.monitoring.ports import Waiting
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.wording.performance_words import labels_arrived, line
from halflife.monitoring.wording.tick_words import ticks

if TYPE_CHECKING:
    from halflife.monitoring.stages import Stage


ALL = 1 << 30
"""Ticks, more than there are."""


@dataclass(frozen=True, repr=False, eq=False)
class Replayed(Shown):
    """What a replay came to.

    Attributes:
        ticks: of the feed.
        summary: versions, findings by status, half-lives, drifts.
        alerts: that were sent.
        seconds: phase -> wall time.
        home: where everything is kept.
    """

    ticks: int
    summary: dict[str, Any]
    alerts: int
    seconds: dict[str, float]
    home: Path

    @property
    def versions(self) -> int:
        """How many there are."""
        return int(self.summary["versions"])

    def values(self) -> dict[str, Any]:
        seconds = {phase: round(s, 2) for phase, s in self.seconds.items()}
        told = {"ticks": self.ticks, **self.summary, "alerts": self.alerts}
        return {**told, "seconds": seconds, "home": str(self.home)}

    def __rich__(self) -> RenderableType:
        counts = self.summary["findings"]
        told = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
        return Text(f"{self.ticks} ticks, {self.versions} versions; findings: {told or 'none'}")


@dataclass(frozen=True, repr=False, eq=False)
class IngestTold(Shown):
    """What an ingest added, what the store holds, and what the feed has beyond that.

    Attributes:
        rows: added now.
        last_tick: in the store; -1 while it is empty.
        quarantined: rows and labels set aside so far.
        waiting: what is not in the store yet; None where the feed cannot count it.
        late: rows added now that came after their own tick was over.
    """

    rows: int
    last_tick: int
    quarantined: int
    waiting: Waiting | None = None
    late: int = 0

    def values(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "last_tick": self.last_tick,
            "quarantined": self.quarantined,
            "late": self.late,
            **waiting_values(self.waiting),
        }

    def __rich__(self) -> RenderableType:
        late = f", {self.late:,} of them late" if self.late else ""
        held = f"the store holds ticks 0 to {self.last_tick}" if self.last_tick >= 0 else "the store is empty"
        told = f"{self.rows:,} rows{late}" if self.rows or self.last_tick < 0 else "nothing new"
        lines = [f"{told}; {held}; {self.quarantined:,} rows and labels in quarantine", *waiting_lines(self.waiting)]
        return Text("\n".join(lines))


@dataclass(frozen=True, repr=False, eq=False)
class WatchTold(Shown):
    """What a watch found; None before there is a champion.

    Attributes:
        drift: how far the newest ticks have moved.
        performance: how the champion does on them, measured or estimated.
        said: what that supposes, and how such estimates have done.
    """

    drift: Drift | None
    performance: Performance | None = None
    said: tuple[str, ...] = ()

    def values(self) -> dict[str, Any] | None:
        if self.drift is None:
            return None
        told = self.performance
        return {
            **asdict(self.drift),
            "performance": None if told is None else {**asdict(told), "arrived": told.arrived},
        }

    def __rich__(self) -> RenderableType:
        if self.drift is None:
            return "there is no champion to compare with yet; run `halflife retrain`"
        drift = self.drift
        lines = [f"{ticks(drift.first_tick, drift.tick, drift.dates)} against v{drift.against}: {drift.note}"]
        lines += [] if self.performance is None else [line(self.performance, drift.dates), *self.said]
        return Text("\n".join(lines))


@dataclass(frozen=True, repr=False, eq=False)
class Retrained(Shown):
    """The newest version, after a retrain.

    Attributes:
        version: the newest.
        new: it was trained now; False where no tick had come since, and its findings were re-tested instead.
        waiting: rows and labels it was trained without; None where the feed cannot count them.
    """

    version: Version
    new: bool = True
    waiting: Waiting | None = None

    def values(self) -> dict[str, Any]:
        told = {**asdict(self.version), "version": self.version.label, "new": self.new}
        return {**told, **waiting_values(self.waiting)}

    def __rich__(self) -> RenderableType:
        version = self.version
        lines = [f"{version.label} is {version.role}: {version.reason}"]
        if not self.new:
            lines.insert(0, f"No tick has come since {version.label}: its findings were re-tested.")
        lines += [f"  {name:<10} {found}" for name, found in version.metrics.items()]
        lines += [f"  {said}" for said in [labels_arrived(version)] if said]
        return Text("\n".join([*lines, *waiting_lines(self.waiting, "It was trained without them: ")]))


@dataclass(frozen=True, repr=False, eq=False)
class Rechecked(Shown):
    """Every open finding on the newest version.

    Attributes:
        version: the newest.
        checked: findings with their checks on it.
    """

    version: Version
    checked: tuple[tuple[Finding, Check], ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Plain values, a check each."""
        from halflife.monitoring.reports.listing import check_row

        return [check_row(check, finding) for finding, check in self.checked]

    def refutes(self, *, guards: bool = False) -> bool:
        """Whether an open finding, or an open guard, is refuted."""
        return any(check.status.refutes and (finding.guard or not guards) for finding, check in self.checked)

    def values(self) -> dict[str, Any]:
        return {"version": self.version.label, "checks": self.rows}

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.finding_tables import CheckTable

        return CheckTable(self.version, self.rows)


@dataclass(frozen=True, repr=False, eq=False)
class Planned(Shown):
    """What is to be done: what can be done now, then what comes next.

    Attributes:
        now: stages whose rows are there, in their order.
        later: the watch and the retrain that follow.
        at_once: whether drift brings a retrain forward.
    """

    now: tuple["Stage", ...]
    later: tuple["Stage", ...]
    at_once: bool

    def values(self) -> list[dict[str, Any]]:
        stages = [*((stage, True) for stage in self.now), *((stage, False) for stage in self.later)]
        return [{"stage": stage.name, "tick": stage.tick, "why": stage.why, "due": due} for stage, due in stages]

    def __rich__(self) -> RenderableType:
        after = "; ".join(f"{stage.name} at tick {stage.tick}" for stage in self.later)
        after = f"next: {after}{', or at once on drift' if self.at_once and len(self.later) > 1 else ''}"
        if not self.now:
            return Text(f"nothing is due\n{after}")
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for stage, why in _lines(self.now):
            table.add_row(Text(stage), Text(why, style="dim"))
        return Group(Text("due now", style="bold"), Padding(table, (0, 0, 0, 2)), Text(after))


def _lines(stages: Sequence["Stage"]) -> Iterator[tuple[str, str]]:
    """A stage and why it is due; those that follow a version in one line."""
    for (version, why), together in groupby(stages, key=lambda stage: (stage.until and stage.version, stage.why)):
        if version:
            said = "" if why == f"follows v{version}" else f": {why}"
            yield f"then for v{version}", f"{', '.join(stage.name for stage in together)}{said}"
        else:
            yield from ((str(stage), why) for stage in together)


def waiting_values(waiting: Waiting | None) -> dict[str, int]:
    """Plain values; nothing where it cannot be counted."""
    return {} if waiting is None else {"waiting": waiting.rows, "labels_waiting": waiting.labels}


def waiting_lines(waiting: Waiting | None, then: str = "") -> list[str]:
    """What waits, in a line, and ``then`` what follows from it; none where nothing does.

    >>> waiting_lines(Waiting(rows=100, labels=300))
    ['100 rows and 300 labels wait for their tick to be over.']
    """
    counts = [] if waiting is None else [(waiting.rows, "row"), (waiting.labels, "label")]
    told = [f"{n:,} {what}{'s' if n > 1 else ''}" for n, what in counts if n]
    if not told:
        return []
    one = len(told) == 1 and told[0].startswith("1 ")
    line = f"{' and '.join(told)} wait{'s' if one else ''}"
    return [f"{line}. {then}`halflife ingest` takes in what is over." if then else f"{line} for their tick to be over."]
