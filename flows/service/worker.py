"""What runs scheduled flow runs: ``python -m halflife.flows.service.worker [--tick SECONDS] HOME…``, in one warm process.

Prefect's own workers start a process a run, which imports for longer than most runs last. Runs come from the server all
the same, so those that somebody asks for in its UI are run too.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from halflife.flows import logs
from halflife.flows.cli import send_nothing_home
from halflife.flows.prefect_database import die_with_parent
from halflife.flows.run_record import last_run
from halflife.flows.service.pace import Pace

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, State

LOG = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks for runs, and until a server that does not answer is asked again."""


@dataclass
class Served:
    """One model.

    Attributes:
        home: its home.
        model: its name.
        id: of its deployment.
        pace: the clock of a world that has no end; None where the feed says itself what is over.
    """

    home: Path
    model: str
    id: UUID
    pace: Pace | None


async def work(homes: Sequence[Path], tick: float, *, registered: bool = False) -> None:
    """Run what is scheduled for homes, until told to stop.

    Args:
        homes: that were used before.
        tick: seconds that a tick of a synthetic world without end lasts.
        registered: their deployments are; else they are registered, and each has a run at once.
    """
    from prefect.client.orchestration import get_client

    import halflife.flows.service.scheduled  # noqa: F401 - loads while the server comes up

    async with get_client() as client:
        await _answering(client)
        logging.getLogger("prefect.flow_runs").addHandler(_News())  # importing Prefect sets up its loggers anew
        served = [await _serve(client, home, tick, registered=registered) for home in homes]
        while True:
            try:
                for one in served:
                    await _round(client, one)
            except Exception as error:
                if await client.api_healthcheck() is None:
                    raise
                LOG.warning("Prefect's server does not answer: %s", error)
                await _answering(client)
            await asyncio.sleep(PAUSE)


async def _answering(client: "PrefectClient") -> None:
    """Until the server answers; whoever started this sees to it that there is one."""
    while await client.api_healthcheck() is not None:
        await asyncio.sleep(PAUSE)


async def _serve(client: "PrefectClient", home: Path, tick: float, *, registered: bool) -> Served:
    """Find or register a home's deployment, and settle the runs that a killed process left."""
    from prefect.states import Crashed

    from halflife.flows.bootstrap import opened, recall
    from halflife.flows.service.deployment import deployment
    from halflife.flows.service.runs import unfinished
    from halflife.flows.service.scheduled import NAME

    settings = recall(home)
    if registered:
        made = (await client.read_deployment_by_name(f"{NAME}/{settings.name}")).id
    else:
        made = await (await deployment(settings.name, settings.schedule, {"home": str(home)})).aapply()
    for run in await unfinished(client, made):
        await client.set_flow_run_state(run.id, Crashed(message="the process that ran it ended"), force=True)
    context = opened(str(home))
    pace = None
    if context.feed.closed is None:
        pace = Pace(max(context.store.last_tick, settings.retrain.window - 1), tick)
    if not registered:
        await client.create_flow_run_from_deployment(made)
    return Served(home, settings.name, made, pace)


async def _round(client: "PrefectClient", one: Served) -> None:
    """Run the newest run of a model that is due, if there is one; it does what those before it would have done."""
    from prefect.states import Cancelled

    now = datetime.now(UTC)
    runs = await client.get_scheduled_flow_runs_for_deployments([one.id], scheduled_before=now)
    if not runs:
        return
    *older, newest = sorted(runs, key=lambda run: run.expected_start_time or now)
    for run in older:
        state: State[Any] = Cancelled(name="Skipped", message="a later run does what was due then")
        await client.set_flow_run_state(run.id, state, force=True)
    await _run(newest, one)
    await note_next(client, one)


async def note_next(client: "PrefectClient", one: Served) -> None:
    """Keep, beside what the last run did, when the next one is scheduled."""
    now = datetime.now(UTC)
    runs = await client.get_scheduled_flow_runs_for_deployments([one.id])
    coming = [run.expected_start_time for run in runs if run.expected_start_time and run.expected_start_time > now]
    record = last_run(one.home)
    if record is not None:
        record.before(min(coming, default=None)).keep(one.home)


async def _run(run: "FlowRun", one: Served) -> None:
    """Run it in this process; an error that is nobody's becomes its state."""
    from prefect.flow_engine import run_flow_async

    from halflife.flows.service.scheduled import scheduled

    until = None if one.pace is None else one.pace.over
    parameters = {**run.parameters, "model": one.model, "home": str(one.home), "until": until}
    await run_flow_async(scheduled, flow_run=run, parameters=parameters, return_type="state")


class _News(logging.Handler):
    """Lines of a run's log that are news, on standard output: to whoever started this."""

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "halflife", False):
            print(record.getMessage(), flush=True)  # noqa: T201 - as said


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@click.command()
@click.option("--tick", type=float, default=60.0, help="Seconds a tick of a synthetic world lasts.")
@click.option("-v", "--verbose", count=True)
@click.argument("homes", nargs=-1, type=click.Path(path_type=Path))
def main(homes: tuple[Path, ...], tick: float, verbose: int) -> None:
    """Run what is due for the models of these homes; PREFECT_API_URL names the server."""
    die_with_parent()
    send_nothing_home()
    logs.configure(verbose)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    signal.signal(signal.SIGTERM, _stop)
    try:
        asyncio.run(work(homes, tick))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
