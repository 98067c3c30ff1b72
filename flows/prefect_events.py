"""What Prefect's users can react to: events with the model as resource, and the version's card as an artifact."""

import re

from prefect.artifacts import acreate_markdown_artifact
from prefect.events import emit_event

from halflife.models.domain import Drift, Version
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import Learned
from halflife.monitoring.reports.card import card
from halflife.monitoring.stages import Report, Retrain, Stage, Watch


async def announce(context: Context, stage: Stage, learned: Learned) -> None:
    """Tell Prefect what came of a stage."""
    if isinstance(stage, Watch) and learned.drift is not None and learned.drift.drifted:
        drift_detected(context, learned.drift)
    elif isinstance(stage, Retrain) and learned.version is not None and learned.failure is None:
        version_registered(context, learned.version)
    elif isinstance(stage, Report) and learned.story is not None:
        version = context.ledger.version(stage.version)
        stale = [change.finding.name for change in learned.story.changes if change.after.refutes]
        findings_stale(context, version.number, stale)
        await show_card(context, version, learned.story)


def drift_detected(context: Context, drift: Drift) -> None:
    """``halflife.drift.detected``."""
    payload = {"tick": drift.tick, "columns": [c.name for c in drift.columns if c.drifted], "note": drift.note}
    emit_event("halflife.drift.detected", resource=_resource(context), payload=payload)


def version_registered(context: Context, version: Version) -> None:
    """``halflife.version.registered``."""
    payload = {"version": version.number, "role": version.role.value, "reason": version.reason}
    emit_event("halflife.version.registered", resource=_resource(context), payload=payload)


def findings_stale(context: Context, number: int, names: list[str]) -> None:
    """One ``halflife.finding.stale`` a version, and ``halflife.guard.broken`` when a guard is among them."""
    if not names:
        return
    emit_event("halflife.finding.stale", resource=_resource(context), payload={"version": number, "findings": names})
    guards = sorted({f.name for f in context.ledger.findings() if f.guard} & set(names))
    if guards:
        emit_event(
            "halflife.guard.broken", resource=_resource(context), payload={"version": number, "findings": guards}
        )


async def show_card(context: Context, version: Version, story: Conclusions) -> None:
    """The version's card as a Markdown artifact of the run."""
    key = re.sub(r"[^a-z0-9]+", "-", f"halflife-{context.policy.name}".lower()).strip("-")  # all that Prefect allows
    await acreate_markdown_artifact(card(version, story), key=key)


def _resource(context: Context) -> dict[str, str]:
    name = context.policy.name
    return {"prefect.resource.id": f"halflife.model.{name}", "prefect.resource.name": name}
