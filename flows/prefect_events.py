"""What Prefect's users can react to: events with the model as resource, and the version's card as an artifact."""

import re

from prefect.artifacts import acreate_markdown_artifact
from prefect.events import emit_event

from halflife.flows.bootstrap import service
from halflife.models.domain import Drift, Version


def _resource(home: str) -> dict[str, str]:
    name = service(home).policy.name
    return {"prefect.resource.id": f"halflife.model.{name}", "prefect.resource.name": name}


def drift_detected(home: str, drift: Drift) -> None:
    """``halflife.drift.detected``."""
    payload = {"tick": drift.tick, "columns": [c.name for c in drift.columns if c.drifted], "note": drift.note}
    emit_event("halflife.drift.detected", resource=_resource(home), payload=payload)


def version_registered(home: str, version: Version) -> None:
    """``halflife.version.registered``."""
    payload = {"version": version.number, "role": version.role.value, "reason": version.reason}
    emit_event("halflife.version.registered", resource=_resource(home), payload=payload)


def findings_stale(home: str, number: int, names: list[str]) -> None:
    """One ``halflife.finding.stale`` a version, and ``halflife.guard.broken`` when a guard is among them."""
    if not names:
        return
    emit_event("halflife.finding.stale", resource=_resource(home), payload={"version": number, "findings": names})
    guards = sorted({f.name for f in service(home).ledger.findings() if f.guard} & set(names))
    if guards:
        emit_event("halflife.guard.broken", resource=_resource(home), payload={"version": number, "findings": guards})


async def show_card(home: str, markdown: str) -> None:
    """The version's card as a Markdown artifact of the run."""
    name = service(home).policy.name
    key = re.sub(r"[^a-z0-9]+", "-", f"halflife-{name}".lower()).strip("-")  # all that Prefect allows
    await acreate_markdown_artifact(markdown, key=key)
