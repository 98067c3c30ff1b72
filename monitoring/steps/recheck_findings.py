"""Re-test findings on a version: one pass of its model over the union of the rows they need."""

from collections.abc import Sequence

import pandas as pd

from halflife.models.domain import Author, Check, Finding, Milestone, Version
from halflife.models.learner.model import Model
from halflife.monitoring.claims.estimation.retest import recheck as measure
from halflife.monitoring.claims.language.about_case import case_of
from halflife.monitoring.service import Service
from halflife.monitoring.steps.timing import timed

FRESH = "fresh"


@timed
def recheck(service: Service, version: Version) -> list[Check]:
    """Every open finding made before ``version``, on pinned and on fresh rows, recorded in one transaction.

    Those made about ``version`` itself were tested on it when they were filed. The investigator's findings are retired
    after ``policy.investigate.follow`` retrains, so that what a retrain costs does not depend on how many there were before.
    """
    earlier = [f for f in service.ledger.findings(open_only=True) if f.made_on < version.number]
    done = {
        f.id
        for f in earlier
        if f.author == Author.INVESTIGATOR and version.number - f.made_on > service.policy.investigate.follow
    }
    service.ledger.retire(done, version.number)
    findings = [f for f in earlier if f.id not in done]
    model, evidence = service.registry.model(version), service.evidence(version)
    checks = retest(service, version, findings, model, evidence, service.controls(version))
    first_time = service.ledger.stage(version.number) is Milestone.REGISTERED
    service.ledger.record_checks(version.number, checks, stage=Milestone.RECHECKED if first_time else None)
    service.observe(f"{version.label}: {len(checks)} findings re-tested")
    return checks


def retest(
    service: Service,
    version: Version,
    findings: Sequence[Finding],
    model: Model,
    fresh: pd.DataFrame,
    controls: Sequence[Model] = (),
) -> list[Check]:
    """Checks of ``findings`` on ``version``; nothing is recorded.

    Args:
        service: whose store and ledger hold the pinned rows and the cases.
        version: the version under test.
        findings: what to re-test.
        model: of ``version``.
        fresh: evidence rows of the newest window.
        controls: the version's shadows; without them no claim of process scope can be tested.
    """
    if not findings:
        return []
    versions = {v.number: v for v in service.ledger.versions()}
    born = sorted({f.made_on for f in findings} & set(versions))
    sets = {versions[number].label: service.evidence(versions[number]) for number in born}
    cases = service.store.cases(sorted({case for f in findings if (case := case_of(f)) is not None}))
    return measure(
        findings,
        version,
        model,
        {**sets, FRESH: fresh},
        fresh=FRESH,
        pinned={f.id: f"v{f.made_on}" if f.made_on in versions else FRESH for f in findings},
        cases=cases,
        controls=controls,
        level=service.policy.evidence.level,
        replicates=service.policy.evidence.replicates,
        threads=service.policy.recipe.threads,
    ).checks
