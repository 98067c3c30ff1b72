"""Flow: drive the other steps over history; in Prefect each cycle is the task runs tagged with its tick."""

from prefect import flow, tags

from halflife.flows.bootstrap import service
from halflife.flows.deliver import deliver_alerts
from halflife.flows.ingest import ingest_ticks
from halflife.flows.prefect_events import drift_detected, version_registered
from halflife.flows.recheck import after_retrain
from halflife.flows.retrain import train_version
from halflife.flows.watch import watch_ticks
from halflife.models.domain import Drift, Milestone, Version
from halflife.models.errors import NotTrainable
from halflife.monitoring import steps
from halflife.monitoring.ports import Ledger


async def cycle(home: str, tick: int) -> int | None:
    """Ingest to ``tick``; watch and retrain if they are due; then everything that follows a new version.

    Returns:
        The new version's number; None when none was due.
    """
    here = service(home)
    await ingest_ticks(home, tick)
    versions, drift = here.ledger.versions(), None
    if steps.watch_due(here.policy, versions, tick):
        drift = await watch_ticks(home, tick)
        if drift is not None and drift.drifted:
            drift_detected(home, drift)
    if not steps.retrain_due(here.policy, versions, here.ledger.drifts(since=tick), tick):
        if drift is not None:
            steps.warn_of_drift(here, drift)
            await deliver_alerts(home)
        return None
    version = await train_version(home, tick)
    version_registered(home, version)
    await after_retrain(home, version.number)
    return version.number


@flow(name="replay", flow_run_name="replay")
async def replay(home: str, until: int) -> int:
    """Every cycle due up to and including tick ``until``; goes on where an earlier run stopped, however it stopped.

    A window that cannot be trained on is told and passed over; a feed that cannot be read stops the replay.

    Returns:
        How many versions there are now.
    """
    here = service(home)
    versions = here.ledger.versions()
    if versions and here.ledger.stage(versions[-1].number) is not Milestone.REPORTED:
        await after_retrain(home, versions[-1].number)
    failed = -1
    while (tick := max(failed + 1, steps.next_tick(here.policy, *_known(here.ledger)))) <= until:
        try:
            with tags(f"tick {tick}"):
                await cycle(home, tick)
        except NotTrainable as error:
            steps.warn_of_failure(here, tick, error)
            await deliver_alerts(home)
            failed = tick
    await ingest_ticks(home, until)
    return len(here.ledger.versions())


def _known(ledger: Ledger) -> tuple[list[Version], list[Drift]]:
    """Every version, and the watches since the newest."""
    versions = ledger.versions()
    return versions, ledger.drifts(since=versions[-1].last if versions else 0)
