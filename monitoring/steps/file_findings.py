"""File findings people wrote, and bring them up to the newest version at once."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from halflife.models.domain import Finding, Milestone
from halflife.monitoring.context import Context
from halflife.monitoring.steps.investigate_version import file
from halflife.monitoring.steps.recheck_findings import retest


def enroll(context: Context, findings: Sequence[Finding]) -> list[Finding]:
    """File each finding on the version it is about, and re-test on the newest version those about an earlier one.

    A name that is taken is left as it is. Safe to kill and run again: what lacks its re-test gets it.

    Returns:
        All, as the ledger has them, in order.
    """
    for number, about in groupby(sorted(findings, key=lambda f: f.made_on), key=lambda f: f.made_on):
        file(context, context.ledger.version(number), list(about))
    names = {finding.name for finding in findings}
    filed = {finding.name: finding for finding in context.ledger.findings() if finding.name in names}
    catch_up(context, filed.values())
    return [filed[finding.name] for finding in findings]


def catch_up(context: Context, findings: Iterable[Finding]) -> None:
    """Re-test on the newest version the open findings that have no check there, unless its own re-test is still to come."""
    newest = context.ledger.version()
    if context.ledger.stage(newest.number) is Milestone.REGISTERED:
        return
    tested = {check.finding for check in context.ledger.checks(version=newest.number)}
    untested = [f for f in findings if not f.stillborn and f.retired_on is None and f.id not in tested]
    if untested:
        model, evidence = context.registry.model(newest), context.rows.evidence(newest)
        checks = retest(context, newest, untested, model, evidence, context.shadows.of(newest))
        context.ledger.record_checks(newest.number, checks)
