"""Re-test findings on a version: one pass of its model over the union of the rows they need."""

import logging
from collections.abc import Sequence

import pandas as pd

from halflife.models.domain import Author, Check, Finding, Milestone, Version
from halflife.models.learner.model import Model
from halflife.monitoring.claims.estimation.retest import recheck as measure
from halflife.monitoring.claims.language.about_case import case_of
from halflife.monitoring.context import Context

LOG = logging.getLogger(__name__)
FRESH = "fresh"
RECENT = 50
"""Newest versions that are looked for in the registry, so that it costs the same however many there were."""


def recheck(context: Context, version: Version) -> list[Check]:
    """Every open finding made before ``version``, on pinned and on fresh rows, recorded in one transaction.

    Those made about ``version`` itself were tested on it when they were filed. The investigator's findings are retired
    after ``policy.investigate.follow`` retrains, so that what a retrain costs does not depend on how many there were before.
    """
    earlier = [f for f in context.ledger.findings(open_only=True) if f.made_on < version.number]
    done = {
        f.id
        for f in earlier
        if f.author == Author.INVESTIGATOR and version.number - f.made_on > context.policy.investigate.follow
    }
    context.ledger.retire(done, version.number)
    findings = [f for f in earlier if f.id not in done]
    model, evidence = context.registry.model(version), context.rows.evidence(version)
    checks = retest(context, version, findings, model, evidence, context.shadows.of(version))
    first_time = context.ledger.stage(version.number) is Milestone.REGISTERED
    if not first_time:  # else the retrain has told them
        tell_remarks(context)
    context.ledger.record_checks(version.number, checks, stage=Milestone.RECHECKED if first_time else None)
    context.observe(f"{version.label}: {len(checks)} findings re-tested")
    return checks


def tell_remarks(context: Context) -> None:
    """Warn of what people changed in the registry."""
    for remark in context.registry.remarks(context.ledger.versions()[-RECENT:], context.ledger.champion()):
        LOG.warning(remark)


def retest(
    context: Context,
    version: Version,
    findings: Sequence[Finding],
    model: Model,
    fresh: pd.DataFrame,
    controls: Sequence[Model] = (),
) -> list[Check]:
    """Checks of ``findings`` on ``version``; nothing is recorded.

    Args:
        context: whose store and ledger hold the pinned rows and the cases.
        version: the version under test.
        findings: what to re-test.
        model: of ``version``.
        fresh: evidence rows of the newest window.
        controls: the version's shadows; without them no claim of process scope can be tested.
    """
    if not findings:
        return []
    versions = {v.number: v for v in context.ledger.versions()}
    born = sorted({f.made_on for f in findings} & set(versions))
    sets = {versions[number].label: context.rows.evidence(versions[number]) for number in born}
    cases = context.store.cases(sorted({case for f in findings if (case := case_of(f)) is not None}))
    return measure(
        findings,
        version,
        model,
        {**sets, FRESH: fresh},
        fresh=FRESH,
        pinned={f.id: f"v{f.made_on}" if f.made_on in versions else FRESH for f in findings},
        cases=cases,
        controls=controls,
        level=context.policy.evidence.level,
        replicates=context.policy.evidence.replicates,
        threads=context.policy.recipe.threads,
    ).checks
