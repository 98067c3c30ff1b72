"""Flow: send what the outbox holds."""

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.retries import RETRIED
from halflife.monitoring import steps


@task(name="deliver", **RETRIED)
async def deliver_alerts(home: str) -> int:
    """How many deliveries succeeded."""
    return len(steps.deliver(service(home)).sent)


@flow(name="deliver", flow_run_name="deliver")
async def deliver(home: str) -> int:
    """Try every delivery that is due."""
    return await deliver_alerts(home)
