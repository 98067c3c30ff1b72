"""``halflife recheck``."""

from collections.abc import Coroutine
from typing import Any

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.commands.steps import fail, run_flow
from halflife.flows.settings import Settings


@click.command(epilog="Example: halflife recheck --fail-on stale")
@click.option("--fail-on", type=click.Choice(["stale", "guard"]), help="Exit with 3 when it occurs.")
@options
def command(settings: Settings, fail_on: str | None, as_json: bool, verbose: bool) -> None:
    """Re-test every open finding on the newest version, on pinned and on fresh rows."""

    def flow(home: str) -> Coroutine[Any, Any, None]:
        from halflife.flows.recheck import recheck

        return recheck(home)

    _, here = run_flow(settings, verbose, flow)
    from halflife.monitoring.reports.listing import check_row

    version = here.version()
    findings = {finding.id: finding for finding in here.ledger.findings(open_only=True)}
    checks = [check for check in here.ledger.checks(version=version.number) if check.finding in findings]
    rows = [check_row(check, findings[check.finding]) for check in checks]
    if as_json:
        emit({"version": version.label, "checks": rows})
    else:
        from halflife.flows.commands.ending import show_checks

        show_checks(version, rows)
    fail(fail_on, here)
