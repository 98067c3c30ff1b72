"""Window to registered version: fit, evaluate, gate."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from halflife.models.domain import Check, Finding, Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.evaluate import evaluate, row_log_loss
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.shadow_training import plan
from halflife.models.learner.starting_points import starting_point
from halflife.models.rows import LABEL, Array, Part, entities
from halflife.monitoring.context import Context
from halflife.monitoring.gate import gate
from halflife.monitoring.steps.assess_performance import arrived
from halflife.monitoring.steps.recheck_findings import retest, tell_remarks


def retrain(context: Context, tick: int) -> Version:
    """Train, evaluate, gate and register the version whose window ends at ``tick``.

    The same tick again gives the same version: what a killed run left undone is done, nothing is done twice.

    Raises:
        NotTrainable: too few labelled rows to train on.
    """
    versions = context.ledger.versions()
    known = [v for v in versions if v.last == tick]
    if known:
        return known[0]
    policy, number = context.policy, len(versions) + 1
    window = context.store.window(max(0, tick - policy.retrain.window + 1), tick)
    seed = seed_of(policy.seed, number)
    recipe = policy.recipe_at(tick)
    model = fit(
        window,
        context.store.fixed_schema,
        recipe,
        seed,
        before=starting_point(context.ledger.versions(), number, recipe, context.registry.model),
    )
    rows, evidence = window.count(Part.TRAIN), window.part(Part.EVIDENCE)
    shadowed = policy.shadows.count and (number - 1) % policy.shadows.every == 0
    probability, label = model.probability(evidence), evidence[LABEL].to_numpy(dtype=float)
    version = Version(
        number=number,
        first=window.first,
        last=window.last,
        source=window.source,
        recipe=recipe.digest,
        seed=seed,
        data_digest=window.digest,
        model_digest=model.digest,
        metrics=evaluate(
            probability, label, level=policy.evidence.level, threshold=recipe.threshold, entities=entities(evidence)
        ),
        role=Role.CHALLENGER,
        reason="",
        rows=rows,
        parameters=recipe.to_dict(),
        shadows=plan(recipe, policy.shadows.count, rows) if shadowed else (),
        labelled=arrived(context, window),
        dates=context.store.dates(window.first, window.last),
    )
    role, reason = _judge(context, version, model, evidence, row_log_loss(probability, label))
    version = context.registry.register(replace(version, role=role, reason=reason), model, window)
    context.registry.promote(version, role)
    context.ledger.add_version(version)
    if role is Role.CHALLENGER:
        context.observe(f"{version.label} was not promoted: {reason}", lasting=True)
    else:
        context.observe(f"{version.label} trained")
    return version


def _judge(context: Context, version: Version, model: Model, evidence: pd.DataFrame, loss: Array) -> tuple[Role, str]:
    """The gate: not worse than the champion on the same rows, and every guard holds.

    Args:
        context: whose champion and guards they are.
        version: the candidate.
        model: of the candidate.
        evidence: labelled evidence rows of its window.
        loss: the candidate's log loss on each of them, shape (n,).
    """
    champion, before = context.ledger.champion(), None
    if champion is not None:
        tell_remarks(context)
        label = evidence[LABEL].to_numpy(dtype=float)
        try:
            before = row_log_loss(context.registry.model(champion).probability(evidence), label)
        except NotFound as error:
            context.observe(f"{version.label} is compared with no champion: {error}", lasting=True)
    policy = context.policy
    role, reason = gate(
        loss, before, margin=policy.retrain.margin, level=policy.evidence.level, entities=entities(evidence)
    )
    guards = [f for f in context.ledger.findings(open_only=True) if f.guard]
    broken = _broken(guards, retest(context, version, guards, model, context.rows.capped(evidence))) if guards else []
    if role is Role.CHAMPION and broken:
        return Role.CHALLENGER, f"guard broken: {'; '.join(broken)}"
    return role, reason


def _broken(guards: Sequence[Finding], checks: Sequence[Check]) -> list[str]:
    refuted = {check.finding for check in checks if check.status.refutes}
    return [f"{guard.name} ({guard.claim})" for guard in guards if guard.id in refuted]
