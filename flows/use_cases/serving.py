"""Run the service: servers, schedule and pages for one model or several, until told to end."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from halflife.flows.opened import Opened
from halflife.flows.schedule_settings import seconds
from halflife.flows.service import servers, supervisor, up_file
from halflife.flows.service.child import Child
from halflife.flows.service.servers import Address
from halflife.flows.up_settings import UpSettings
from halflife.models.errors import UsageError

LOOK = 2.0
"""Seconds between two looks at how the models stand."""


@dataclass(frozen=True)
class Told:
    """Who is told what.

    Attributes:
        ready: every address, once everything answers; gives what takes sentences of news, and what is called some
            times a second.
    """

    ready: Callable[[Sequence[Address]], tuple[Callable[[str], None], Callable[[], None]]]


def serve(
    every: Sequence[Opened], at: UpSettings, told: Told, *, speed: float = 1.0, lasts: float = float("inf")
) -> None:
    """Start what is not running, and keep it alive until interrupted or the time is over; nothing of it is left then.

    Args:
        every: a home a model; Prefect's database is under the first.
        at: where to listen.
        told: who is told.
        speed: times as fast a synthetic world's ticks pass.
        lasts: seconds after which it ends by itself.

    Raises:
        UsageError: two of them have the same home or name.
        Held: a service of one of these homes runs already.
        Unavailable: a port is taken, or a server does not come up.
    """
    _require_apart(every)
    from halflife.flows.bootstrap import remember

    with ExitStack() as stack:
        homes = [remember(opened.settings) for opened in every]
        for home in homes:
            stack.enter_context(supervisor.only_one(home))
        news: list[str] = []
        children: list[Child] = []
        stack.enter_context(supervisor.kept_alive(children))
        first = every[0].settings
        tick = seconds(first.schedule.tick) / speed
        prefect, addresses = servers.prefect(first, at.host, at.prefect_port), []
        mlflows = [
            servers.mlflow(opened.settings, at.host, at.mlflow_port and at.mlflow_port + k)
            for k, opened in enumerate(every)
        ]
        pages = servers.pages(homes, at.host, at.port)
        addresses = [pages[1], prefect[1], *(address for _, address in mlflows)]
        for home, (_, mlflow) in zip(homes, mlflows, strict=True):
            up_file.note(home, {"halflife": pages[1].url, "prefect": prefect[1].url + "/api", "mlflow": mlflow.url})
        worker = servers.worker(homes, tick, news.append)
        children += [child for child in (prefect[0], worker, pages[0], *(mlflow[0] for mlflow in mlflows)) if child]
        supervisor.bring_up(children)
        say, beat = told.ready(addresses)

        def pulse() -> None:
            while news:
                say(news.pop(0))
            beat()

        supervisor.watch_over(children, time.monotonic() + lasts, say, pulse)


def _require_apart(every: Sequence[Opened]) -> None:
    for what, values in (
        ("home", [str(opened.settings.home.resolve()) for opened in every]),
        ("name", [opened.settings.name for opened in every]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise UsageError(f"two of these models have the {what} {twice[0]!r}; give each one of its own")
