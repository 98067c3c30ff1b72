"""Flow: pull the next ticks into the store."""

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.retries import RETRIED
from halflife.monitoring import steps


@task(name="ingest", task_run_name="ingest to tick {upto}", **RETRIED)
async def ingest_ticks(home: str, upto: int) -> int:
    """Rows added."""
    return sum(done.rows for done in steps.ingest(service(home), upto))


@flow(name="ingest", flow_run_name="ingest {ticks} ticks")
async def ingest(home: str, ticks: int = 1) -> int:
    """Ingest the next ``ticks`` ticks; returns the rows added."""
    return await ingest_ticks(home, service(home).store.last_tick + ticks)
