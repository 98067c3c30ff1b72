"""Flow: compare the newest ticks with the champion's window."""

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.deliver import deliver_alerts
from halflife.flows.prefect_events import drift_detected
from halflife.flows.retries import RETRIED
from halflife.models.domain import Drift
from halflife.monitoring import steps


@task(name="watch", task_run_name="watch tick {tick}", **RETRIED)
async def watch_ticks(home: str, tick: int) -> Drift | None:
    """The drift found, None before there is a champion."""
    return steps.watch(service(home), tick)


@flow(name="watch", flow_run_name="watch")
async def watch(home: str) -> Drift | None:
    """Watch the newest ticks; emits ``halflife.drift.detected``."""
    drift = await watch_ticks(home, service(home).store.last_tick)
    if drift is not None and drift.drifted:
        drift_detected(home, drift)
        steps.warn_of_drift(service(home), drift)
        await deliver_alerts(home)
    return drift
