"""Tasks: train a version's shadows side by side, on threads of this process or on Dask's workers."""

import asyncio
from functools import lru_cache
from typing import Any

from prefect import flow, task
from prefect.utilities.annotations import quote

from halflife.flows.bootstrap import opened
from halflife.flows.retries import RETRIED
from halflife.models.errors import ConfigError
from halflife.models.learner.shadow_training import ShadowTrainer
from halflife.monitoring.context import Context
from halflife.monitoring.stages import Stage
from halflife.monitoring.steps.train_shadows import missing_shadows, shadow_trainer
from halflife.monitoring.steps.train_shadows import train_shadow as train

LOCAL = "local"
"""In place of a scheduler's address: workers of our own, on this machine, for as long as the tasks take."""


@task(name="shadow", task_run_name="shadow {shadow} of v{number}", **RETRIED)
async def train_shadow(number: int, shadow: int, given: Any) -> None:
    """On a thread of this process; LightGBM leaves Python's lock while it trains.

    ``given`` is (context, version, trainer), quoted: Prefect does not look into it.
    """
    context, version, trainer = given
    await asyncio.to_thread(train, context, version, shadow, trainer)


@task(name="shadow on Dask", task_run_name="shadow {shadow} of v{number}", **RETRIED)
def train_shadow_apart(home: str, number: int, shadow: int) -> None:
    """In a worker process that sees the same home: what it needs is there."""
    context = opened(home)
    train(context, context.ledger.version(number), shadow, _trainer(home, number))


@lru_cache(maxsize=1)
def _trainer(home: str, number: int) -> ShadowTrainer:
    """One for all shadows of a version that a worker trains."""
    context = opened(home)
    return shadow_trainer(context, context.ledger.version(number))


async def train_shadows(context: Context, stage: Stage) -> None:
    """Every shadow of a version that is not kept yet, as many at once as there are threads."""
    version = context.ledger.version(stage.version)
    todo = missing_shadows(context, version)
    if not todo:
        return
    if context.policy.compute.dask:
        await _on_dask(context, version.number, todo)
    else:
        free = asyncio.Semaphore(context.policy.recipe.threads)
        trainer = await asyncio.to_thread(shadow_trainer, context, version)

        async def one(shadow: int) -> None:
            async with free:
                await train_shadow(version.number, shadow, quote((context, version, trainer)))

        await asyncio.gather(*(one(shadow) for shadow in todo))
    context.observe(f"{version.label}: {len(todo)} shadows trained")


@flow(name="shadows", flow_run_name="shadows of v{number}")
def fan_out(home: str, number: int, todo: list[int]) -> None:
    """One task a shadow, on the flow's task runner."""
    for done in [train_shadow_apart.submit(home, number, shadow) for shadow in todo]:
        done.result()


async def _on_dask(context: Context, number: int, todo: list[int]) -> None:
    """Raises ConfigError when Prefect's Dask runner is not installed."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError:
        raise ConfigError(
            'compute.dask is set, and Prefect\'s Dask runner is not installed: pip install "halflife[dask]"'
        ) from None
    policy = context.policy
    own = {"n_workers": policy.recipe.threads, "threads_per_worker": 1, "dashboard_address": None}
    address = policy.compute.dask
    options: dict[str, Any] = {"cluster_kwargs": own} if address == LOCAL else {"address": address}
    runner: Any = DaskTaskRunner(**options)
    await asyncio.to_thread(fan_out.with_options(task_runner=runner), str(context.home), number, todo)
