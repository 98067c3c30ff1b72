"""File what the standard investigation of a version concludes, each finding confirmed or stillborn at once."""

from collections.abc import Sequence
from dataclasses import replace

from models.domain import Author, Check, Finding, Stage, Status, Version
from models.rows import Part
from monitoring.investigate import Agenda
from monitoring.investigate import investigate as suggest
from monitoring.service import Service
from monitoring.steps.recheck import retest
from monitoring.steps.timing import timed


@timed
def investigate(service: Service, version: Version) -> list[Finding]:
    """Suggest from discovery rows, confirm on evidence rows, file both outcomes in one transaction.

    A claim that is open already is not filed again: it is being watched.
    """
    policy = service.policy
    agenda = Agenda(policy.attributions, policy.errors, policy.gaps, policy.segments)
    rows = service.window(version).part(Part.DISCOVERY)
    watched = {f.claim for f in service.ledger.findings(open_only=True) if f.made_on < version.number}
    model = service.registry.model(version)
    found = [f for f in suggest(version, model, service.capped(rows), agenda) if f.claim not in watched]
    return file(service, version, found, stage=(version.number, Stage.INVESTIGATED))


def file(
    service: Service, version: Version, findings: Sequence[Finding], *, stage: tuple[int, Stage] | None = None
) -> list[Finding]:
    """Test new findings on the version they are about, and file them with that birth check.

    A finding is stillborn when the rows that test it refute it; the investigator's also when they do not confirm it.
    """
    numbered = [replace(finding, id=index) for index, finding in enumerate(findings)]
    model = service.registry.model(version)
    checks = retest(service, version, numbered, model, service.evidence(version))
    born = [_born(finding, check) for finding, check in zip(findings, checks, strict=True)]
    return service.ledger.file(born, checks, stage=stage)


def _born(finding: Finding, check: Check) -> Finding:
    confirmed = check.status is Status.HOLDS
    doubtful = finding.author == Author.INVESTIGATOR and not confirmed
    return replace(finding, birth=check.decides.interval, stillborn=check.status.refutes or doubtful)
