"""Tasks: train a version's shadows side by side, on threads of this process or on Dask's workers."""

import asyncio
from typing import Any

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.retries import RETRIED
from halflife.models.errors import ConfigError
from halflife.monitoring import steps
from halflife.monitoring.steps.timing import clocked

LOCAL = "local"
"""In place of a scheduler's address: workers of our own, on this machine, for as long as the tasks take."""


def _train(home: str, number: int, shadow: int) -> None:
    """One shadow, wherever this runs: what it needs is in the home."""
    here = service(home)
    steps.train_shadow(here, here.version(number), shadow)


@task(name="shadow", task_run_name="shadow {shadow} of v{number}", **RETRIED)
async def train_shadow(home: str, number: int, shadow: int) -> None:
    """On a thread of this process; LightGBM leaves Python's lock while it trains."""
    await asyncio.to_thread(_train, home, number, shadow)


@task(name="shadow on Dask", task_run_name="shadow {shadow} of v{number}", **RETRIED)
def train_shadow_apart(home: str, number: int, shadow: int) -> None:
    """In a worker process that sees the same home."""
    _train(home, number, shadow)


async def train_shadows(home: str, number: int) -> None:
    """Every shadow of a version that is not kept yet, as many at once as there are threads."""
    here = service(home)
    version = here.version(number)
    todo = steps.missing_shadows(here, version)
    with clocked(here, "shadows"):
        if todo and here.policy.compute.dask:
            await _on_dask(home, number, todo)
        else:
            free = asyncio.Semaphore(here.policy.recipe.threads)

            async def one(shadow: int) -> None:
                async with free:
                    await train_shadow(home, number, shadow)

            await asyncio.gather(*(one(shadow) for shadow in todo))
    if todo:
        here.observe(f"v{number}: {len(todo)} shadows trained")


@flow(name="shadows", flow_run_name="shadows of v{number}")
def fan_out(home: str, number: int, todo: list[int]) -> None:
    """One task a shadow, on the flow's task runner."""
    for done in [train_shadow_apart.submit(home, number, shadow) for shadow in todo]:
        done.result()


async def _on_dask(home: str, number: int, todo: list[int]) -> None:
    """Raises ConfigError when Prefect's Dask runner is not installed."""
    policy = service(home).policy
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError:
        raise ConfigError(
            'compute.dask is set, and Prefect\'s Dask runner is not installed: pip install "halflife[dask]"'
        ) from None
    own = {"n_workers": policy.recipe.threads, "threads_per_worker": 1, "dashboard_address": None}
    options: dict[str, Any] = (
        {"cluster_kwargs": own} if policy.compute.dask == LOCAL else {"address": policy.compute.dask}
    )
    runner: Any = DaskTaskRunner(**options)
    await asyncio.to_thread(fan_out.with_options(task_runner=runner), home, number, todo)
