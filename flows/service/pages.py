"""What the service shows: ``python -m halflife.flows.service.pages FD HOME…``; pages, ``/health`` and ``/metrics``.

Nothing is changed by looking: there are no addresses but those that are read.
"""

import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.flows import logs
from halflife.flows.bootstrap import recall
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.prefect_database import die_with_parent
from halflife.flows.service import up_file
from halflife.flows.use_cases.standing import Standing, standing
from halflife.monitoring.page_links import REPORTS, place

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
"""Of our own page; Evidently's pages bring scripts of their own."""


def application(homes: list[Path]) -> "Starlette":
    """The pages of these homes, an ASGI application without side effects."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    from halflife.flows.service.home_page import home_page
    from halflife.flows.service.metrics import exposition

    places = named(homes)

    def now_standing() -> Standing:
        return standing(_opened(homes))

    async def home(request: "Request") -> "Response":
        def drawn() -> str:
            every = dict(zip(places, _opened(homes), strict=True))
            return home_page(every, _links(homes[0]), datetime.now(UTC))

        return HTMLResponse(await run_in_threadpool(drawn), headers={"content-security-policy": POLICY})

    async def health(request: "Request") -> "Response":
        stand = await run_in_threadpool(now_standing)
        models = {model.model: list(model.troubles) for model in stand.models}
        return JSONResponse({"ok": stand.healthy, "models": models}, 200 if stand.healthy else 503)

    async def metrics(request: "Request") -> "Response":
        stand = await run_in_threadpool(now_standing)
        return Response(exposition(stand), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def alive(request: "Request") -> "Response":
        return PlainTextResponse("ok")

    reports = [
        Mount(f"/{REPORTS}/{name}", StaticFiles(directory=path / REPORTS, check_dir=False))
        for name, path in places.items()
    ]
    return Starlette(
        routes=[
            Route("/", home),
            Route("/health", health),
            Route("/alive", alive),
            Route("/metrics", metrics),
            *reports,
        ]
    )


def named(homes: list[Path]) -> dict[str, Path]:
    """Name in addresses -> home: the folder's name, numbered where several have the same.

    >>> named([Path("/a/churn"), Path("/b/churn")])
    {'churn': PosixPath('/a/churn'), 'churn-2': PosixPath('/b/churn')}
    """
    places: dict[str, Path] = {}
    for home in homes:
        name, number = place(home), 1
        while (free := name if number == 1 else f"{name}-{number}") in places:
            number += 1
        places[free] = home
    return places


def _opened(homes: list[Path]) -> list[Opened]:
    """Read anew: settings and ledgers change while pages are looked at."""
    return [Opened(recall(home), PlainRunner()) for home in homes]


def _links(home: Path) -> list[tuple[str, str]]:
    said = up_file.addresses(home)
    links = {"Prefect": said.get("prefect", "").removesuffix("/api"), "MLflow": said.get("mlflow", "")}
    pages = {"MLflow": "/#/models"}  # its front page speaks of other things
    return [(name, url + pages.get(name, "")) for name, url in links.items() if url]


def main(descriptor: int, homes: list[Path]) -> None:
    """Serve until told to stop, on a listening socket inherited from the process that starts this one."""
    die_with_parent()
    logs.configure()
    import uvicorn

    config = uvicorn.Config(application(homes), log_level="warning", lifespan="off", server_header=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(home) for home in sys.argv[2:]])
