"""``halflife finding add | list | show``."""

from dataclasses import asdict
from typing import Any

import click

from flows.commands.common import alone, emit, note, options
from flows.commands.steps import book, opened, story
from flows.settings import Settings
from models.domain import Finding, Status


@click.group(epilog="Example: halflife finding add 'auc() > 0.7' --note 'good enough to act on'")
def command() -> None:
    """Add, list and show findings: conclusions about a version that are re-tested on every later one."""


@command.command(
    epilog="""Example: halflife finding add 'attribution_share("income") > 0.1' --note 'it is all income'"""
)
@click.argument("claim")
@click.option("--name", help="What to call it; default made from the claim.")
@click.option("--note", "text", default="", help="How you came to think so, for those who read it later.")
@click.option("--author", default="", envvar="USER", help="Who says so; default $USER.")
@click.option("--guard", is_flag=True, help="A version that breaks it is not promoted.")
@click.option("--scope", type=click.Choice(["artifact", "population"]), help="Default: the statistic's own.")
@click.option("--ttl", type=click.IntRange(min=1), help="Retrains without a valid re-test after which it expires.")
@click.option("--on", "number", type=click.IntRange(min=1), help="Version it is about; default the newest.")
@options
def add(
    settings: Settings,
    claim: str,
    name: str | None,
    text: str,
    author: str,
    guard: bool,
    scope: str | None,
    ttl: int | None,
    number: int | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """File a finding and test it at once on the version it is about."""
    from models.domain import Author, Scope
    from monitoring import steps
    from monitoring.claims.grammar import parse
    from monitoring.claims.statistics import STATISTICS
    from monitoring.reports.listing import check_row

    with alone(settings.home):
        _, here = opened(settings)
        version = here.version(number)
        parsed = parse(claim, schema=here.schema)
        taken = {f.name for f in here.ledger.findings()}
        finding = Finding(
            name=name or _free(f"{parsed.statistic}-{version.label}", taken),
            claim=str(parsed),
            statistic=parsed.statistic,
            scope=Scope(scope) if scope else STATISTICS[parsed.statistic].scope,
            made_on=version.number,
            author=author or Author.PERSON,
            note=text,
            guard=guard,
            ttl=ttl,
        )
        if finding.name in taken:
            raise click.UsageError(f"there is a finding {finding.name!r} already; choose another --name")
        (filed,) = steps.file(here, version, [finding])
        (check,) = here.ledger.checks(finding=filed.id, version=version.number)
    row = {"id": filed.id, "name": filed.name, "stillborn": filed.stillborn, **check_row(check, filed)}
    if as_json:
        emit(row)
        return
    from flows.commands.ending import show_checks

    show_checks(version, [row])
    if filed.stillborn:
        note(f"{filed.name} does not hold on {version.label}: it is kept as stillborn and not re-tested")
    elif check.status is not Status.HOLDS:
        note(f"{filed.name} is {check.status} on {version.label}; it is re-tested on every later version")


@command.command("list", epilog="Example: halflife finding list --status stale")
@click.option("--status", type=click.Choice([s.value for s in Status]), help="Only these.")
@click.option("--author", help="Only this author's; 'investigator' for the automatic ones.")
@click.option("--all", "everything", is_flag=True, help="Stillborn and retired ones, and every case, too.")
@options
def list_(
    settings: Settings, status: str | None, author: str | None, everything: bool, as_json: bool, verbose: bool
) -> None:
    """Every finding, what became of it, and since when."""
    from monitoring.reports.listing import finding_rows

    said = story(settings)
    rows = [row for row in finding_rows(said) if status in (None, row["status"]) and author in (None, row["author"])]
    if as_json:
        emit(rows)
        return
    from flows.commands.ending import show_findings

    show_findings(said, rows, everything=everything)


@command.command(epilog="Example: halflife finding show v3-calibration")
@click.argument("key")
@options
def show(settings: Settings, key: str, as_json: bool, verbose: bool) -> None:
    """One finding, by name or number, with every re-test on pinned and on fresh rows."""
    from monitoring.reports.listing import check_row

    ledger = book(settings)
    finding = ledger.finding(key)
    checks = ledger.checks(finding=finding.id)
    rows: list[dict[str, Any]] = [{"version": f"v{c.version}", **check_row(c, finding)} for c in checks]
    if as_json:
        emit({**asdict(finding), "made_on": f"v{finding.made_on}", "checks": rows})
        return
    from flows.commands.ending import show_finding

    show_finding(finding, rows)


def _free(name: str, taken: set[str]) -> str:
    number = next(k for k in range(1, len(taken) + 2) if f"{name}-{k}" not in taken)
    return f"{name}-{number}"
