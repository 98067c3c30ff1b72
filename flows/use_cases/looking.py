"""Look at versions and findings; nothing is written, and nothing but the ledger is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from halflife.flows.opened import Opened
from halflife.models.causes import Why
from halflife.models.domain import Check, Finding, Status, Version
from halflife.models.errors import UsageError
from halflife.models.forecast import Forecast
from halflife.monitoring.reports.shown import Shown, plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

FLAGS = ("expired", "stillborn", "retired")
"""What a finding can be beside its status."""


@dataclass(frozen=True, repr=False, eq=False)
class Versions(Shown, Sequence[Version]):
    """Every version, oldest first."""

    all: tuple[Version, ...]

    def __getitem__(self, index: Any) -> Any:
        return Versions(self.all[index]) if isinstance(index, slice) else self.all[index]

    def __len__(self) -> int:
        return len(self.all)

    def values(self) -> list[dict[str, Any]]:
        return [{**asdict(version), "version": version.label} for version in self.all]

    def __rich__(self) -> RenderableType:
        from rich.table import Table

        from halflife.monitoring.reports.rich_text import Text
        from halflife.monitoring.wording.figures import percent
        from halflife.monitoring.wording.tick_words import ticks

        table = Table(box=None, header_style="bold", pad_edge=False)
        for name, justify in (
            ("version", "left"),
            ("ticks", "left"),
            ("rows", "right"),
            ("labels", "right"),
            ("AUC", "right"),
        ):
            table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type] # one of rich's words
        table.add_column("role", no_wrap=True)
        table.add_column("why", overflow="fold")
        for v in self.all:
            auc = v.metrics.get("auc")
            told = "–" if auc is None else f"{auc.estimate:.3f}"
            span = ticks(v.first, v.last, v.dates, short=True)
            table.add_row(v.label, span, f"{v.rows:,}", percent(v.labelled), told, v.role.value, Text(v.reason))
        return table if self.all else Text("no version yet")


@dataclass(frozen=True, repr=False, eq=False)
class Findings(Shown, Sequence[Mapping[str, Any]]):
    """Findings with what became of them, as plain values.

    Attributes:
        rows: as ``finding list --json`` gives them.
        everything: shown are stillborn, retired and single cases too.
    """

    rows: tuple[Mapping[str, Any], ...]
    everything: bool = False

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Findings(self.rows[index], self.everything)
        return dict(plain(self.rows[index]))  # a copy: an answer does not change

    def __len__(self) -> int:
        return len(self.rows)

    def values(self) -> Sequence[Mapping[str, Any]]:
        return self.rows

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.finding_tables import FindingTable

        return FindingTable(self.rows, everything=self.everything)


@dataclass(frozen=True, repr=False, eq=False)
class Portrait(Shown):
    """One finding: its life and its verdict.

    Attributes:
        finding: as the ledger has it.
        checks: every re-test, oldest first.
        whys: why it changed, oldest first.
        forecast: of its next re-test; None where none was told.
        level: of the intervals.
        unit: what is counted: rows or entities.
        labelled: share of labels that had come when it was tested last; None where that was not kept.
    """

    finding: Finding
    checks: tuple[Check, ...]
    whys: tuple[Why, ...]
    forecast: Forecast | None
    expired: bool
    recurrences: int
    level: float
    unit: str
    labelled: float | None = None

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.reports.listing import check_row
        from halflife.monitoring.reports.verdict_details import verdict_details
        from halflife.monitoring.wording.cause_words import shares

        finding, checks = self.finding, self.checks
        rows = [{"version": f"v{c.version}", **check_row(c, finding)} for c in checks]
        causes = [
            {"since": f"v{w.since}", "version": f"v{w.version}", "z": w.z, "shares": shares(w)} for w in self.whys
        ]
        found = asdict(verdict_details(finding, checks[-1], level=self.level)) if checks else None
        plain = {**asdict(finding), "made_on": f"v{finding.made_on}", "expired": self.expired}
        plain |= {"labels_arrived": self.labelled}
        return {**plain, "recurrences": self.recurrences, "checks": rows, "causes": causes, "behind": found}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from halflife.monitoring.reports.finding_terminal import portrait

        yield portrait(
            self.finding,
            self.checks,
            level=self.level,
            width=options.max_width,
            expired=self.expired,
            recurrences=self.recurrences,
            unit=self.unit,
            why=self.whys[-1] if self.whys else None,
            forecast=self.forecast,
            labelled=self.labelled,
        )

    def __rich__(self) -> RenderableType:
        return self


def versions(opened: Opened) -> Versions:
    """Every version, oldest first. Raises NotFound where there is no ledger yet."""
    return Versions(tuple(opened.ledger.versions()))


def findings(
    opened: Opened,
    *,
    status: str | None = None,
    author: str | None = None,
    statistic: str | None = None,
    guard: bool = False,
    version: int | None = None,
    open_only: bool | None = None,
) -> Findings:
    """Findings, what became of them, and since when.

    Args:
        opened: the home.
        status: only these; a status, or one of `FLAGS`.
        author: only this author's.
        statistic: only those about this statistic.
        guard: only guards.
        version: as things stood on this version.
        open_only: only what is re-tested; False for everything, every case too, when it is shown.

    Raises:
        NotFound: there is no ledger yet, or no such version.
        UsageError: no such status or statistic.
    """
    if status is not None and status not in (words := (*(s.value for s in Status), *FLAGS)):
        raise UsageError(f"{status!r} is no status; it is one of {', '.join(words)}")
    from halflife.monitoring.claims.statistics import STATISTICS
    from halflife.monitoring.claims.statistics.registry import not_known
    from halflife.monitoring.reports.listing import finding_rows

    if statistic is not None and statistic not in STATISTICS:
        raise UsageError(not_known(statistic, STATISTICS))
    rows = [
        row
        for row in finding_rows(opened.story() if version is None else _earlier(opened, version))
        if status is None or has(row, status)
        if author in (None, row["author"])
        if statistic in (None, row["statistic"])
        if row["guard"] or not guard
        if not open_only or not (row["stillborn"] or row["retired_on"])
    ]
    chosen = any((status, author, statistic, guard, open_only is not None))
    return Findings(tuple(rows), everything=chosen)


def finding(opened: Opened, key: str) -> Portrait:
    """One finding, by name or number: its life and its verdict. Raises NotFound."""
    from halflife.monitoring.conclusions import outlived
    from halflife.monitoring.survival.lives import lives

    ledger, evidence = opened.ledger, opened.settings.evidence
    found = ledger.finding(key)
    checks = ledger.checks(finding=found.id)
    newest = max((version.number for version in ledger.versions()), default=0)
    history = {c.version: c.status for c in checks}
    return Portrait(
        finding=found,
        checks=tuple(checks),
        whys=tuple(ledger.causes(finding=found.id)),
        forecast=next((f for f in ledger.forecasts(since=newest) if f.finding == found.id), None),
        expired=outlived(found, history, newest),
        recurrences=sum(life.recurrences for life in lives([found], {found.id: history})),
        level=evidence.level,
        unit="entity" if evidence.cluster else "row",
        labelled=ledger.version(checks[-1].version).labelled if checks else None,
    )


def has(row: Mapping[str, Any], status: str) -> bool:
    """Whether a row of `findings` has this status, or this flag.

    >>> has({"status": "holds", "retired_on": "v3"}, "retired"), has({"status": "holds", "stillborn": False}, "holds")
    (True, True)
    """
    return bool(
        row["retired_on"] if status == "retired" else row[status] if status in FLAGS else row["status"] == status
    )


def _earlier(opened: Opened, number: int) -> Any:
    """The story as it could be told when this version had been re-tested. Raises NotFound."""
    from halflife.monitoring.conclude import conclude
    from halflife.monitoring.reports.ledger_until import until

    ledger = opened.ledger
    return conclude(*until(number, ledger.versions(), ledger.findings(), ledger.checks()), ())
