"""Register schedules on a Prefect server of the team's own."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from halflife.flows import prefect_engine
from halflife.flows.opened import Opened
from halflife.flows.resolution import Resolved
from halflife.flows.service import up_file
from halflife.models.errors import NotFound, Unavailable, UsageError
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True)
class Registered:
    """One deployment.

    Attributes:
        name: flow and deployment, as Prefect's commands take it.
        schedule: in words.
        pool: work pool; empty for the process that serves it.
        url: of its page; None where the server has no UI.
    """

    name: str
    schedule: str
    pool: str
    url: str | None


@dataclass(frozen=True, repr=False, eq=False)
class Deployed(Shown):
    """Every deployment that was registered."""

    deployments: tuple[Registered, ...]
    served: bool

    def values(self) -> Any:
        return [vars(one) for one in self.deployments]

    def __rich__(self) -> RenderableType:
        table = Table("deployment", "runs", "by", box=None, pad_edge=False)
        for one in self.deployments:
            table.add_row(one.name, one.schedule, f"work pool {one.pool}" if one.pool else "whoever serves it")
        urls = [Text(one.url, overflow="fold") for one in self.deployments if one.url]
        idle = not self.served and any(not one.pool for one in self.deployments)
        then = [Text("Nobody runs it yet: add --serve to run it here, or --pool NAME.", style="yellow")] if idle else []
        return Group(table, *urls, *then)


def deploy(
    every: Sequence[Resolved], *, pool: str = "", serve: bool = False, paused: bool = False, tags: Sequence[str] = ()
) -> Deployed:
    """Register a deployment a model; registering again changes it.

    Args:
        every: settings and where they come from: runs read the same file, or the same home.
        pool: work pool whose workers run them.
        serve: this process will.
        paused: the schedule is not started.
        tags: of their runs.

    Raises:
        UsageError: no server is configured, it is that of a ``halflife up`` of the same home, or both ``pool`` and
            ``serve`` are said.
        NotFound: the server has no such work pool.
        Unavailable: the server does not answer.
    """
    if pool and serve:
        raise UsageError("runs are picked up by a work pool's workers or here: say --pool or --serve, not both")
    url = prefect_engine.configured()
    if not url:
        raise UsageError(
            "no Prefect server is configured: set PREFECT_API_URL, as in http://prefect:4200/api; "
            "`halflife up` brings a server of its own, with the schedule"
        )
    prefect_engine.require_answer(url)
    for one in every:
        up = up_file.addresses(one.settings.home.resolve()).get("prefect")
        if up is not None and up.rstrip("/") == url.rstrip("/"):
            raise UsageError(
                f"halflife up runs {one.settings.name!r} on that server already; deploy to a server of your own, or end it first"
            )
    os.environ["PREFECT_API_URL"] = url
    return Deployed(asyncio.run(_register(every, pool, paused, tags)), serve)


def run_here(every: Sequence[Opened]) -> None:
    """Pick up their runs in this process, one at a time, until interrupted."""
    from halflife.flows.bootstrap import remember
    from halflife.flows.schedule_settings import seconds
    from halflife.flows.service.worker import work

    tick = seconds(every[0].settings.schedule.tick)
    asyncio.run(work([remember(opened.settings) for opened in every], tick, registered=True))


async def _register(every: Sequence[Resolved], pool: str, paused: bool, tags: Sequence[str]) -> tuple[Registered, ...]:
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

    from halflife.flows.service.deployment import deployment

    try:
        if pool:
            async with get_client() as client:
                await client.read_work_pool(pool)
        return tuple([await _one(one, pool, paused, tags, deployment) for one in every])
    except ObjectNotFound:
        raise NotFound(
            f"the Prefect server has no work pool {pool!r}; make it with: prefect work-pool create {pool} --type process"
        ) from None
    except PrefectHTTPStatusError as error:
        why = "it wants to know who asks: set PREFECT_API_KEY, or PREFECT_API_AUTH_STRING"
        code = error.response.status_code
        raise Unavailable(
            f"the Prefect server refused the deployment ({code}{': ' + why if code in (401, 403) else ''})"
        ) from None


async def _one(one: Resolved, pool: str, paused: bool, tags: Sequence[str], deployment: Any) -> Registered:
    from prefect.utilities.urls import url_for

    settings = one.settings
    made = await deployment(settings.name, settings.schedule, _place(one), pool=pool, tags=tuple(tags))
    if paused:
        made.paused = True
    found = await made.aapply()
    url = url_for("deployment", found)
    return Registered(made.full_name, "paused" if paused else settings.schedule.shown, pool, url)


def _place(one: Resolved) -> dict[str, str]:
    """What a run is told of where it works: the file, or the home."""
    if one.file is not None:
        return {"config": str(one.file.resolve()), "home": str(one.settings.home.resolve())}
    return {"home": str(one.settings.home.resolve())}
