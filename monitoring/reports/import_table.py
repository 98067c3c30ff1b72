"""What an import did, for people."""

from rich.console import Group, RenderableType
from rich.table import Table

from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.terminal import STYLES
from halflife.monitoring.steps.import_findings import Imported
from halflife.monitoring.wording.fragility_words import fragility
from halflife.monitoring.wording.words import measured, plural


def import_table(done: Imported, path: str, *, replace: bool, prune: bool, dry: bool) -> RenderableType:
    """One line for each finding that was touched, and how many were not."""
    plan = done.plan
    total = sum(map(len, (plan.new, plan.changed, plan.revised, plan.unchanged, plan.retired)))
    would = "would be " if dry else ""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for placed in plan.new if dry else ():
        table.add_row("new", placed.entry.name, f"would be filed: {placed.claim}")
    for finding, placed in (*plan.changed, *plan.retired) if dry and replace else ():
        table.add_row("replaced", finding.name, f"would be filed in its place: {placed.claim}")
    old = {finding.name for finding, _ in (*plan.changed, *plan.retired)}
    for finding in done.filed:
        check = done.checks[finding.id]
        figures = f" {measured(check.decides)}"
        said = Text(f" {check.status} ", style=STYLES[check.status]).append(figures, style="none")
        said.append(" stillborn: it did not hold when it was filed" if finding.stillborn else "", style="dim")
        warning = fragility(finding, done.births[finding.id].controls)
        said.append(f"\n{warning}" if warning else "", style="bold")
        table.add_row("replaced" if finding.name in old else "new", finding.name, said)
    for revision in plan.revised:
        keys = ", ".join(revision.keys)
        table.add_row("updated", revision.finding.name, f"{would}changed: {keys}" if keys else "now kept in the file")
    for finding, _ in plan.retired if not replace else ():
        table.add_row(
            "retired",
            finding.name,
            f"on v{finding.retired_on}; remove it from the file, or file it anew with --replace",
        )
    for finding in plan.gone:
        fate = f"{would}retired" if prune else "still re-tested; --prune retires it"
        table.add_row("gone", finding.name, f"no longer in the file, {fate}")
    head = Text.assemble((path, "bold"), f" · {total} {plural('finding', total)}, {len(plan.unchanged)} unchanged")
    return Group(head, table) if table.row_count else head
