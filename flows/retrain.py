"""Flow: train, gate and register the version whose window ends at the newest tick."""

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.prefect_events import version_registered
from halflife.flows.retries import RETRIED
from halflife.models.domain import Version
from halflife.monitoring import steps


@task(name="retrain", task_run_name="train on ticks to {tick}", **RETRIED)
async def train_version(home: str, tick: int) -> Version:
    """The registered version."""
    return steps.retrain(service(home), tick)


@flow(name="retrain", flow_run_name="retrain")
async def retrain(home: str) -> Version:
    """Retrain on the newest window; emits ``halflife.version.registered``."""
    version = await train_version(home, service(home).store.last_tick)
    version_registered(home, version)
    return version
