"""``halflife finding list`` and ``halflife finding show``."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.commands.steps import book, story
from halflife.flows.settings import Settings
from halflife.models.domain import Status

if TYPE_CHECKING:
    from halflife.monitoring.conclusions import Conclusions

FLAGS = ("expired", "stillborn", "retired")
"""What a finding can be beside its status."""


@click.command("list", epilog="Example: halflife finding list --status stale --author ann")
@click.option("--status", type=click.Choice([*(s.value for s in Status), *FLAGS]), help="Only these.")
@click.option("--author", help="Only this author's; 'investigator' for the automatic ones.")
@click.option("--statistic", help="Only those about this statistic.")
@click.option("--guard", is_flag=True, help="Only guards.")
@click.option("--version", "number", type=click.IntRange(min=1), help="As things stood on this version.")
@click.option("--open/--all", "wanted", default=None, help="Only what is re-tested; or everything, every case too.")
@options
def list_(
    settings: Settings,
    status: str | None,
    author: str | None,
    statistic: str | None,
    guard: bool,
    number: int | None,
    wanted: bool | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Every finding, what became of it, and since when."""
    from halflife.monitoring.claims.statistics import STATISTICS
    from halflife.monitoring.claims.syntax.sql_words import near
    from halflife.monitoring.reports.listing import finding_rows

    if statistic is not None and statistic not in STATISTICS:
        known = f"statistics are {', '.join(STATISTICS)}{near(statistic, STATISTICS)}"
        raise click.UsageError(f"{statistic!r} is not a statistic; {known}")
    rows = [
        row
        for row in finding_rows(story(settings) if number is None else earlier(settings, number))
        if status is None or has(row, status)
        if author in (None, row["author"])
        if statistic in (None, row["statistic"])
        if row["guard"] or not guard
        if not wanted or not (row["stillborn"] or row["retired_on"])
    ]
    if as_json:
        emit(rows)
        return
    from halflife.flows.commands.ending import show_findings

    chosen = any((status, author, statistic, guard, wanted is not None))
    show_findings(rows, everything=chosen)


def earlier(settings: Settings, number: int) -> "Conclusions":
    """The story as it could be told when this version had been re-tested. Raises NotFound."""
    from halflife.monitoring.conclude import conclude
    from halflife.monitoring.reports.ledger_until import until

    ledger = book(settings)
    return conclude(*until(number, ledger.versions(), ledger.findings(), ledger.checks()), ())


def has(row: dict[str, Any], status: str) -> bool:
    """Whether a row of ``finding list`` has this status, or this flag.

    >>> has({"status": "holds", "retired_on": "v3"}, "retired"), has({"status": "holds", "stillborn": False}, "holds")
    (True, True)
    """
    return bool(
        row["retired_on"] if status == "retired" else row[status] if status in FLAGS else row["status"] == status
    )


@click.command(epilog="Example: halflife finding show v3-calibration")
@click.argument("key")
@options
def show(settings: Settings, key: str, as_json: bool, verbose: bool) -> None:
    """One finding, by name or number: its life and its verdict.

    A chart of every version, and every number behind the newest verdict.
    """
    from halflife.monitoring.conclusions import outlived
    from halflife.monitoring.reports.listing import check_row
    from halflife.monitoring.reports.verdict_details import verdict_details
    from halflife.monitoring.survival.lives import lives

    ledger = book(settings)
    finding = ledger.finding(key)
    checks, whys = ledger.checks(finding=finding.id), ledger.causes(finding=finding.id)
    newest = max((version.number for version in ledger.versions()), default=0)
    history = {c.version: c.status for c in checks}
    level, expired = settings.evidence.level, outlived(finding, history, newest)
    recurrences = sum(life.recurrences for life in lives([finding], {finding.id: history}))
    if as_json:
        from halflife.monitoring.reports.cause_words import shares

        rows = [{"version": f"v{c.version}", **check_row(c, finding)} for c in checks]
        causes = [{"since": f"v{w.since}", "version": f"v{w.version}", "z": w.z, "shares": shares(w)} for w in whys]
        found = asdict(verdict_details(finding, checks[-1], level=level)) if checks else None
        plain = {**asdict(finding), "made_on": f"v{finding.made_on}", "expired": expired, "recurrences": recurrences}
        emit({**plain, "checks": rows, "causes": causes, "behind": found})
        return
    from halflife.flows.commands.ending import terminal
    from halflife.monitoring.reports.finding_terminal import portrait

    console = terminal()
    unit = "entity" if settings.evidence.cluster else "row"
    console.print(
        portrait(
            finding,
            checks,
            level=level,
            width=console.width,
            expired=expired,
            recurrences=recurrences,
            unit=unit,
            why=whys[-1] if whys else None,
            forecast=next((f for f in ledger.forecasts(since=newest) if f.finding == finding.id), None),
        )
    )
