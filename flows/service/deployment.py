"""A model's deployment on a Prefect server: the flow of `halflife.flows.service.scheduled` on a schedule."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from halflife.flows.schedule_settings import ScheduleSettings, seconds
from halflife.flows.service.scheduled import scheduled

MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
"""Where intervals are counted from, so that a deployment made anew keeps its hours."""
TAGS = ("halflife",)


def schedule(said: ScheduleSettings) -> CronSchedule | IntervalSchedule:
    """As Prefect has it."""
    if said.cron:
        return CronSchedule(cron=said.cron, timezone=said.time_zone)
    return IntervalSchedule(interval=timedelta(seconds=seconds(said.every)), anchor_date=MIDNIGHT)


async def deployment(
    model: str, said: ScheduleSettings, parameters: dict[str, Any], *, pool: str = "", tags: tuple[str, ...] = ()
) -> RunnerDeployment:
    """Of a model, not registered yet.

    A worker finds the flow in the package, so it needs no code of anybody's; Prefect's concurrency limits stay out of
    it, since the home's own lock decides.

    Args:
        model: its name, and the deployment's.
        said: when it runs.
        parameters: of the flow besides the model's name.
        pool: work pool whose workers run it; empty for the process that serves it.
        tags: of its runs, besides the model's.
    """
    return await scheduled.ato_deployment(
        name=model,
        parameters={"model": model, **parameters},
        schedules=[schedule(said)],
        tags=[*TAGS, *tags],
        description=f"Retrains {model} and re-tests its findings: takes in what is over, does what is due, {said.shown}.",
        work_pool_name=pool or None,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
