"""Flows: the cycle under Prefect, one task a stage. Each flow can run alone, be scheduled, be killed and run again."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect import flow, tags, task
from prefect.utilities.annotations import quote

from halflife.flows.bootstrap import opened
from halflife.flows.home_lock import locked
from halflife.flows.prefect_events import announce
from halflife.flows.retries import RETRIED
from halflife.flows.train_shadows import train_shadows
from halflife.models.domain import Drift, Version
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import Learned, due, perform
from halflife.monitoring.stages import Deliver, Ingest, Recheck, Retrain, Stage, TrainShadows, Watch
from halflife.monitoring.steps.ingest_ticks import next_closed


@dataclass
class Run:
    """One run of stages: what they are given, what they have learned, and how long each took.

    Attributes:
        seconds: stage's name -> wall time.
    """

    context: Context
    learned: Learned = field(default_factory=Learned)
    seconds: dict[str, float] = field(default_factory=dict)


@task(name="stage", task_run_name="{stage}", **RETRIED)
async def do(stage: Stage, run: Any) -> None:
    """One stage of a `Run`, which is quoted: Prefect does not look into it."""
    run.learned = perform(run.context, stage, run.learned)


async def through(run: Run, stages: Generator[tuple[Stage, Learned], Learned, Learned]) -> Learned:
    """Do stages as they become due, telling Prefect what came of each."""
    try:
        stage, run.learned = next(stages)
        while True:
            started = time.perf_counter()
            with tags(f"tick {stage.tick}"):
                if isinstance(stage, TrainShadows):
                    await train_shadows(run.context, stage)
                else:
                    await do.with_options(name=stage.name)(stage, quote(run))
                await announce(run.context, stage, run.learned)
            run.seconds[stage.name] = run.seconds.get(stage.name, 0.0) + time.perf_counter() - started
            stage, run.learned = stages.send(run.learned)
    except StopIteration as done:
        end: Learned = done.value
        return end


async def alone(home: str, stage: Stage) -> Context:
    """Do one stage that depends on no other."""
    run = Run(opened(home))
    await do.with_options(name=stage.name)(stage, quote(run))
    return run.context


@flow(name="replay", flow_run_name="replay")
async def replay(home: str, until: int) -> dict[str, float]:
    """Every cycle due up to and including tick ``until``; goes on where an earlier run stopped, however it stopped.

    A window that cannot be trained on is told and passed over; a feed that cannot be read stops the replay.

    Returns:
        Stage's name -> seconds it took.
    """
    with locked(Path(home)):
        run = Run(opened(home))
        await through(run, due(run.context, until))
    return run.seconds


@flow(name="run", flow_run_name="run to tick {until}")
async def run(home: str, until: int) -> None:
    """Everything that is due up to and including tick ``until``, and every delivery that is; safe to repeat."""
    with locked(Path(home)):
        done = Run(opened(home))
        await through(done, due(done.context, until, catch_up=done.context.policy.catch_up))


@flow(name="ingest", flow_run_name="ingest {ticks} ticks")
async def ingest(home: str, ticks: int = 1) -> int:
    """Ingest the next ``ticks`` ticks, as far as they are over; returns the last one stored."""
    with locked(Path(home)):
        context = await alone(home, Ingest(next_closed(opened(home), ticks), "asked for"))
    return context.store.last_tick


@flow(name="watch", flow_run_name="watch")
async def watch(home: str) -> Drift | None:
    """Watch the newest ticks; emits ``halflife.drift.detected``. None before there is a champion."""
    with locked(Path(home)):
        run = Run(opened(home))
        learned = await through(run, due(run.context, -1, asked=Watch))
    return learned.drift


@flow(name="retrain", flow_run_name="retrain")
async def retrain(home: str) -> Version:
    """Retrain on the newest window, with all that follows; emits ``halflife.version.registered`` for a new version.

    Where no tick has come since the newest version, its findings are re-tested.

    Raises:
        NotTrainable: too few labelled rows to train on.
    """
    with locked(Path(home)):
        run = Run(opened(home))
        await through(run, due(run.context, -1, asked=Retrain))
        if run.learned.failure is not None:
            raise run.learned.failure
    return run.context.ledger.version()


@flow(name="recheck", flow_run_name="recheck")
async def recheck(home: str) -> None:
    """Re-test every open finding on the newest version, finishing its cycle first if it was cut short."""
    with locked(Path(home)):
        run = Run(opened(home))
        run.context.ledger.version()
        await through(run, due(run.context, -1, asked=Recheck))


@flow(name="deliver", flow_run_name="deliver")
async def deliver(home: str) -> None:
    """Try every delivery that is due."""
    with locked(Path(home)):
        await alone(home, Deliver(opened(home).store.last_tick, "asked for"))
