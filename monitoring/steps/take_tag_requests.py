"""File what tags in the registry ask for, and answer there what cannot be filed."""

from itertools import groupby

from halflife.models.domain import Finding
from halflife.monitoring.context import Context
from halflife.monitoring.filing.tag_requests import WARNING, asked
from halflife.monitoring.steps.investigate_version import file
from halflife.monitoring.wording.fragility_words import fragility

RECENT = 50
"""Newest versions whose tags are read, so that what a retrain costs does not depend on how many there were."""


def take_requests(context: Context) -> list[Finding]:
    """File what tags on the newest registered versions ask for, and answer there what cannot be filed.

    What is born fragile is filed, with a warning beside its tag.

    Returns:
        What was filed, each tested on the version that was tagged.
    """
    versions = context.ledger.versions()[-RECENT:]
    tags = context.registry.tags(versions)
    if not tags:
        return []
    found = asked(tags, context.ledger.findings(), context.store.fixed_schema)
    filed = []
    for number, about in groupby(found.findings, key=lambda f: f.made_on):
        filed += file(context, context.ledger.version(number), list(about))
    for version in versions:
        if version.number in found.answers:
            context.registry.annotate(version, metrics={}, tags=found.answers[version.number])
    for finding in filed:
        (birth,) = context.ledger.checks(finding=finding.id, version=finding.made_on)
        warning = fragility(finding, birth.controls)
        if warning:
            tags_beside = {f"{WARNING}{finding.name}": warning}
            context.registry.annotate(context.ledger.version(finding.made_on), metrics={}, tags=tags_beside)
        told = f"; it is {warning}" if warning else ""
        context.observe(f"{finding.name} filed on v{finding.made_on} from a tag{told}", lasting=True)
    wrong = sum(text is not None for answers in found.answers.values() for text in answers.values())
    if wrong:
        context.observe(
            f"{wrong} tags ask for findings that cannot be filed; the tags beside them say why", lasting=True
        )
    return filed
