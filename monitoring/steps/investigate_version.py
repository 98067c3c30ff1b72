"""File what the standard investigation of a version concludes, each finding confirmed or stillborn at once."""

from collections.abc import Sequence
from dataclasses import replace

from halflife.models.domain import Author, Check, Finding, Milestone, Status, Version
from halflife.monitoring.claims.estimation.shadow_agreement import shadow_agreement
from halflife.monitoring.context import Context
from halflife.monitoring.investigator.lead import Investigation
from halflife.monitoring.investigator.session import findings
from halflife.monitoring.investigator.session import investigate as suggest
from halflife.monitoring.reports.investigation_page import Told, page, told
from halflife.monitoring.steps.recheck_findings import retest
from halflife.monitoring.whole_files import write_whole

PAGE = "investigation.html"


def investigate(context: Context, version: Version) -> list[Finding]:
    """Suggest from discovery rows, confirm on evidence rows, write the page, file both outcomes in one transaction.

    A claim that is open already is not filed again: it is being watched.
    """
    session = look(context, version)
    watched = _watched(context, version)
    suggested = findings(version, session.leads, context.policy.investigate.findings)
    new, checks = _tested(context, version, [f for f in suggested if f.claim not in {w.claim for w, _ in watched}])
    _write(context, version, told(session, [*watched, *zip(new, checks, strict=True)]))
    return context.ledger.file(new, checks, stage=(version.number, Milestone.INVESTIGATED))


def look(context: Context, version: Version) -> Investigation:
    """What the discovery rows of a version suggest; nothing is written."""
    policy, model = context.policy, context.registry.model(version)
    return suggest(version, model, context.rows.discovery(version), policy.investigate, threads=policy.recipe.threads)


def review(context: Context, version: Version) -> Told:
    """What the investigation of a version suggests and what the ledger knows of its claims; nothing is written."""
    by_id = {f.id: f for f in context.ledger.findings() if f.made_on <= version.number}
    checks = [c for c in context.ledger.checks(version=version.number) if c.finding in by_id]
    filed = sorted(((by_id[c.finding], c) for c in checks), key=lambda item: item[0].made_on)
    return told(look(context, version), filed)


def file(
    context: Context, version: Version, new: Sequence[Finding], *, stage: tuple[int, Milestone] | None = None
) -> list[Finding]:
    """Test new findings on the version they are about, and file them with that birth check.

    A finding is stillborn when the rows that test it refute it; the investigator's also when they do not confirm it. It is
    born fragile when it fails on too many of the version's own shadows (``Finding.upheld``).
    """
    return context.ledger.file(*_tested(context, version, new), stage=stage)


def _watched(context: Context, version: Version) -> list[tuple[Finding, Check]]:
    """Open findings made before a version, with their checks on it."""
    earlier = {f.id: f for f in context.ledger.findings(open_only=True) if f.made_on < version.number}
    checks = context.ledger.checks(version=version.number)
    return [(earlier[c.finding], c) for c in checks if c.finding in earlier]


def _tested(context: Context, version: Version, new: Sequence[Finding]) -> tuple[list[Finding], list[Check]]:
    numbered = [replace(finding, id=index) for index, finding in enumerate(new)]
    model = context.registry.model(version)
    checks = retest(context, version, numbered, model, context.rows.evidence(version), context.shadows.of(version))
    newest = context.ledger.version().number
    return [_born(finding, check, newest) for finding, check in zip(new, checks, strict=True)], checks


def _write(context: Context, version: Version, what: Told) -> None:
    """Before the ledger says that it was done, and whole or not at all."""
    path = context.home / "reports" / version.label / PAGE
    write_whole(path, page(what, title=context.policy.name))


def _born(finding: Finding, check: Check, newest: int) -> Finding:
    confirmed = check.status is Status.HOLDS
    doubtful = finding.author == Author.INVESTIGATOR and not confirmed
    held, of = shadow_agreement(finding, check)
    return replace(
        finding,
        birth=check.decides.interval,
        stillborn=check.status.refutes or doubtful,
        entered_on=newest,
        upheld=held / of if of else None,
    )
