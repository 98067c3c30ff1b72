"""File what the standard investigation of a version concludes, each finding confirmed or stillborn at once."""

from collections.abc import Sequence
from dataclasses import replace

from halflife.models.domain import Author, Check, Finding, Milestone, Status, Version
from halflife.monitoring.claims.estimation.shadow_agreement import shadow_agreement
from halflife.monitoring.investigator.lead import Investigation
from halflife.monitoring.investigator.session import findings
from halflife.monitoring.investigator.session import investigate as suggest
from halflife.monitoring.reports.investigation_page import Told, page, told
from halflife.monitoring.service import Service
from halflife.monitoring.steps.recheck_findings import retest
from halflife.monitoring.steps.timing import timed

PAGE = "investigation.html"


@timed
def investigate(service: Service, version: Version) -> list[Finding]:
    """Suggest from discovery rows, confirm on evidence rows, write the page, file both outcomes in one transaction.

    A claim that is open already is not filed again: it is being watched.
    """
    session = look(service, version)
    watched = _watched(service, version)
    suggested = findings(version, session.leads, service.policy.investigate.findings)
    new, checks = _tested(service, version, [f for f in suggested if f.claim not in {w.claim for w, _ in watched}])
    _write(service, version, told(session, [*watched, *zip(new, checks, strict=True)]))
    return service.ledger.file(new, checks, stage=(version.number, Milestone.INVESTIGATED))


def look(service: Service, version: Version) -> Investigation:
    """What the discovery rows of a version suggest; nothing is written."""
    policy, model = service.policy, service.registry.model(version)
    return suggest(version, model, service.discovery(version), policy.investigate, threads=policy.recipe.threads)


def review(service: Service, version: Version) -> Told:
    """What the investigation of a version suggests and what the ledger knows of its claims; nothing is written."""
    by_id = {f.id: f for f in service.ledger.findings() if f.made_on <= version.number}
    checks = [c for c in service.ledger.checks(version=version.number) if c.finding in by_id]
    filed = sorted(((by_id[c.finding], c) for c in checks), key=lambda item: item[0].made_on)
    return told(look(service, version), filed)


def file(
    service: Service, version: Version, new: Sequence[Finding], *, stage: tuple[int, Milestone] | None = None
) -> list[Finding]:
    """Test new findings on the version they are about, and file them with that birth check.

    A finding is stillborn when the rows that test it refute it; the investigator's also when they do not confirm it. It is
    born fragile when it fails on too many of the version's own shadows (``Finding.upheld``).
    """
    return service.ledger.file(*_tested(service, version, new), stage=stage)


def _watched(service: Service, version: Version) -> list[tuple[Finding, Check]]:
    """Open findings made before a version, with their checks on it."""
    earlier = {f.id: f for f in service.ledger.findings(open_only=True) if f.made_on < version.number}
    checks = service.ledger.checks(version=version.number)
    return [(earlier[c.finding], c) for c in checks if c.finding in earlier]


def _tested(service: Service, version: Version, new: Sequence[Finding]) -> tuple[list[Finding], list[Check]]:
    numbered = [replace(finding, id=index) for index, finding in enumerate(new)]
    model = service.registry.model(version)
    checks = retest(service, version, numbered, model, service.evidence(version), service.controls(version))
    newest = service.version().number
    return [_born(finding, check, newest) for finding, check in zip(new, checks, strict=True)], checks


def _write(service: Service, version: Version, what: Told) -> None:
    """Before the ledger says that it was done, and whole or not at all."""
    path = service.home / "reports" / version.label / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(page(what, title=service.policy.name), encoding="utf-8")
    draft.replace(path)


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
