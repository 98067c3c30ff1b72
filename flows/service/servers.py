"""Which processes a service needs: those that are not running somewhere already."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from halflife.flows import prefect_engine
from halflife.flows.service.child import Child
from halflife.flows.settings import Settings
from halflife.models.errors import Unavailable

FOLDER = "service"
"""Of a home: the logs of its processes, its last run, and the lock of the service itself."""


@dataclass(frozen=True)
class Address:
    """Where something is reached.

    Attributes:
        name: of it.
        url: for a browser.
        ours: it is one of our processes; else it was running already.
    """

    name: str
    url: str
    ours: bool


def prefect(settings: Settings, host: str, port: int) -> tuple[Child | None, Address]:
    """Prefect's server and UI, with its database under the home; None where a server is configured.

    Sets PREFECT_API_URL, for the processes to come.

    Raises:
        Unavailable: somebody listens at that port, or the configured server does not answer.
    """
    configured = prefect_engine.configured()
    if configured:
        prefect_engine.require_answer(configured)
        os.environ["PREFECT_API_URL"] = configured
        return None, Address("Prefect", prefect_engine.redacted(configured).removesuffix("/api"), ours=False)
    listening = listen(host, port, "Prefect", "--prefect-port")
    url = f"http://{shown(host)}:{listening.getsockname()[1]}"
    os.environ["PREFECT_API_URL"] = f"{url}/api"
    home = os.environ.get("PREFECT_HOME", str(settings.home.resolve() / "prefect"))
    Path(home).mkdir(parents=True, exist_ok=True)
    child = Child(
        "Prefect's server",
        (sys.executable, "-m", "halflife.flows.temporary_server", str(listening.fileno())),
        settings.home.resolve() / FOLDER / "prefect.log",
        health=f"{url}/api/health",
        environment={
            "PREFECT_HOME": home,
            "PREFECT_UI_ENABLED": "1",
            "PREFECT_UI_API_URL": f"{url}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            # One write a task would meet the next flow's in SQLite.
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
            # Runs of the next hours are enough of a schedule to see; each is written down, and taken back when it changes.
            "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "3",
            "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "10",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "20",
        },
        sockets=(listening.detach(),),
    )
    return child, Address("Prefect", url, ours=True)


def mlflow(settings: Settings, host: str, port: int) -> tuple[Child | None, Address]:
    """MLflow's server and UI over the home's database; None where the registry is a server already.

    Raises:
        Unavailable: somebody listens at that port.
    """
    from halflife.flows.bootstrap import registry

    home, found = settings.home.resolve(), registry(settings)
    if found.served:
        return None, Address("MLflow", prefect_engine.redacted(found.uri), ours=False)
    with listen(host, port, "MLflow", "--mlflow-port") as listening:
        free = listening.getsockname()[1]
    found.make()  # the server would make it without the settings that we give it
    url = f"http://{shown(host)}:{free}"
    words = ("-m", "mlflow", "server", "--backend-store-uri", found.uri, "--artifacts-destination")
    child = Child(
        f"MLflow's server of {settings.name}",
        (
            *(sys.executable, "-m", "halflife.flows.service.kept", sys.executable, *words, str(home / "artifacts")),
            *("--host", host, "--port", str(free), "--workers", "1"),
        ),
        home / FOLDER / "mlflow.log",
        health=f"{url}/health",
        environment={"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
    )
    return child, Address("MLflow", url, ours=True)


def worker(homes: list[Path], tick: float, heard: Callable[[str], None]) -> Child:
    """What runs what is due; each line of its output is news."""
    return Child(
        "the worker",
        (sys.executable, "-m", "halflife.flows.service.worker", "--tick", str(tick), *map(str, homes)),
        homes[0] / FOLDER / "worker.log",
        environment={"PREFECT_LOGGING_LEVEL": "INFO"},
        heard=heard,
    )


def pages(homes: list[Path], host: str, port: int) -> tuple[Child, Address]:
    """The pages, ``/health`` and ``/metrics``. Raises Unavailable when somebody listens at that port."""
    listening = listen(host, port, "the pages", "--port")
    url = f"http://{shown(host)}:{listening.getsockname()[1]}"
    child = Child(
        "the server of the pages",
        (sys.executable, "-m", "halflife.flows.service.pages", str(listening.fileno()), *map(str, homes)),
        homes[0] / FOLDER / "pages.log",
        health=f"{url}/alive",
        sockets=(listening.detach(),),
    )
    return child, Address("Halflife", url, ours=True)


def listen(host: str, port: int, what: str, option: str) -> socket.socket:
    """A socket that listens. Raises Unavailable, with what to do, when somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unavailable(
            f"{what} cannot listen on {host} port {port}: {error.strerror}; choose another with {option}, 0 for any"
        ) from None


def shown(host: str) -> str:
    """A host as addresses have it."""
    return f"[{host}]" if ":" in host else host
