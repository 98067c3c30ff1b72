"""The service as a person runs it: servers, schedule and pages up, one of them killed, and all of it ended."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prefect.flows import load_flow_from_entrypoint

pytestmark = pytest.mark.e2e

CONFIG = """
name = "{name}"
home = "{name}-home"
[feed]
scenario = "sudden"
rows_per_tick = 300
ticks = 5
[retrain]
window = 4
every = 3
[recipe]
trees = 10
leaves = 5
[shadows]
count = 2
[opacity]
refits = 2
[investigate]
errors = 1
[compute]
threads = 1
"""
PATIENCE = 240
SOON = 20


@dataclass(frozen=True)
class Up:
    """A service that runs: its process, where it was started, and its addresses."""

    process: "subprocess.Popen[str]"
    folder: Path
    halflife: str
    prefect: str
    mlflow: str

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        """Flow runs of a deployment, the newest first."""
        asked = {"deployments": {"name": {"any_": [deployment]}}, "sort": "START_TIME_DESC"}
        answer = httpx.post(f"{self.prefect}/api/flow_runs/filter", json=asked)
        return list(answer.raise_for_status().json())


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait for something that is true; gives it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := true():
                return found
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.3)


def processes(home: Path) -> dict[int, str]:
    """Every process whose command names a home: number -> command."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in words:
            found[int(path.parent.name)] = words
    return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Up]:
    """``halflife up`` over a small world, on ports that are free; ended as the last test leaves it."""
    folder = tmp_path_factory.mktemp("up")
    (folder / "halflife.toml").write_text(CONFIG.format(name="small"), encoding="utf-8")
    (folder / "other.toml").write_text(CONFIG.format(name="other"), encoding="utf-8")
    ports = ("--port", "0", "--prefect-port", "0", "--mlflow-port", "0")
    everything = {**os.environ, **environment, "PREFECT_HOME": str(folder / "small-home" / "prefect")}
    with (
        (folder / "said.log").open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "halflife.flows.cli", "up", "--json", *ports],
            cwd=folder,
            env=everything,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        text = ""
        while line := process.stdout.readline():
            text += line
            if line.startswith("}"):
                break
        assert text, (folder / "said.log").read_text()
        try:
            yield Up(process, folder, **json.loads(text))
        finally:
            process.kill()


def test_everything_answers_and_what_is_due_is_done(up: Up) -> None:
    """Servers on loopback, a deployment with its schedule, a run that is Completed, and its version on every page."""
    for url in (up.halflife, up.prefect, up.mlflow):
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(url, follow_redirects=True).status_code == 200
    run = until(lambda: [run for run in up.runs("small") if run["state_type"] == "COMPLETED"])[-1]
    assert run["name"] == "small"
    assert "v1 registered" in run["state"]["message"]
    deployment = httpx.get(f"{up.prefect}/api/deployments/name/halflife/small").json()
    assert deployment["schedules"][0]["schedule"]["interval"] == 600
    assert httpx.get(f"{up.halflife}/health").json() == {"ok": True, "models": {"small": []}}
    assert "Champion v1" in httpx.get(up.halflife).text
    named = httpx.get(
        f"{up.mlflow}/api/2.0/mlflow/registered-models/alias", params={"name": "small", "alias": "champion"}
    )
    assert named.json()["model_version"]["version"] == "1"


def test_a_run_asked_for_in_prefect_is_done_and_readable(up: Up) -> None:
    """With nothing due it is Completed at once, and says so in its message and its log."""
    made = httpx.get(f"{up.prefect}/api/deployments/name/halflife/small").json()["id"]
    asked = httpx.post(f"{up.prefect}/api/deployments/{made}/create_flow_run", json={}).raise_for_status().json()

    def run() -> Any:
        found = httpx.get(f"{up.prefect}/api/flow_runs/{asked['id']}").json()
        return found if found["state_type"] not in ("SCHEDULED", "PENDING", "RUNNING") else None

    ended = until(run)
    assert (ended["state_type"], ended["state"]["message"]) == ("COMPLETED", "nothing was due")


def test_a_second_service_and_other_commands(up: Up, command: Callable[..., Any]) -> None:
    """A second one is one sentence that leads to the first; a command uses the server that runs."""
    second = command("up", cwd=up.folder)
    assert second.code == 1
    assert f"small-home already; its pages are at {up.halflife}" in second.err
    before = len(up.runs("small"))
    checked = command("recheck", "--json", cwd=up.folder)
    assert checked.code == 0, checked.err
    assert checked.json["version"] == "v1"
    flows = httpx.post(f"{up.prefect}/api/flows/filter", json={}).json()
    assert "recheck" in {flow["name"] for flow in flows}
    assert len(up.runs("small")) >= before


def test_a_deployment_on_a_server_of_ones_own(up: Up, command: Callable[..., Any]) -> None:
    """Registered, and changed by registering again; a pool that is not there is named; nobody configured is said."""
    server = {"PREFECT_API_URL": f"{up.prefect}/api"}
    first = command("deploy", "--config", "other.toml", "--tag", "credit", "--json", cwd=up.folder, **server)
    assert first.code == 0, first.err
    assert first.json[0]["name"] == "halflife/other"
    found = httpx.get(f"{up.prefect}/api/deployments/name/halflife/other").json()
    assert set(found["tags"]) == {"halflife", "credit"}
    assert found["parameters"]["config"] == str(up.folder / "other.toml")
    again = command("deploy", "--config", "other.toml", "--paused", cwd=up.folder, **server)
    assert again.code == 0, again.err
    assert httpx.get(f"{up.prefect}/api/deployments/name/halflife/other").json()["paused"]
    pool = command("deploy", "--config", "other.toml", "--pool", "ml", cwd=up.folder, **server)
    assert (pool.code, "prefect work-pool create ml --type process" in pool.err) == (2, True)
    nobody = command("deploy", "--config", "other.toml", cwd=up.folder, PREFECT_HOME=str(up.folder / "elsewhere"))
    assert (nobody.code, "set PREFECT_API_URL" in nobody.err) == (2, True)


def test_a_work_pools_worker_needs_only_the_configuration(up: Up, command: Callable[..., Any]) -> None:
    """Prefect's own worker runs the deployment in a process of its own; it is Completed, and the home is made by it."""
    server = {**os.environ, "PREFECT_API_URL": f"{up.prefect}/api", "PREFECT_HOME": str(up.folder / "worker")}
    httpx.post(f"{up.prefect}/api/work_pools/", json={"name": "ml", "type": "process"}).raise_for_status()
    ran = command(
        "deploy", "--config", "other.toml", "--pool", "ml", cwd=up.folder, PREFECT_API_URL=f"{up.prefect}/api"
    )
    assert ran.code == 0, ran.err
    made = httpx.get(f"{up.prefect}/api/deployments/name/halflife/other").json()["id"]
    httpx.post(f"{up.prefect}/api/deployments/{made}/create_flow_run", json={}).raise_for_status()
    words = ["prefect", "worker", "start", "--pool", "ml", "--type", "process", "--run-once"]
    worker = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=up.folder,
        env=server,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert worker.returncode == 0, worker.stderr
    run = until(lambda: [run for run in up.runs("other") if run["state_type"] == "COMPLETED"])[0]
    assert "v1 registered" in run["state"]["message"]
    assert command("status", "--config", "other.toml", "--json", cwd=up.folder).json[0]["champion"] == "v1"


def test_the_files_for_prefects_own_commands_are_understood(up: Up) -> None:
    """``infra/prefect.yaml`` makes the deployment that ``halflife deploy`` makes; the automation is one to the server."""
    infra = Path(__file__).parents[2] / "infra"
    automation = yaml.safe_load((infra / "automation.yaml").read_text(encoding="utf-8"))
    httpx.post(f"{up.prefect}/api/automations/", json=automation).raise_for_status()
    said = yaml.safe_load((infra / "prefect.yaml").read_text(encoding="utf-8"))["deployments"][0]
    assert load_flow_from_entrypoint(said["entrypoint"]).name == "halflife"
    made = httpx.get(f"{up.prefect}/api/deployments/name/halflife/other").json()
    assert (made["entrypoint"], set(made["parameters"])) == (said["entrypoint"], {*said["parameters"], "home"})
    schedule = made["schedules"][0]["schedule"]
    assert schedule["interval"] == said["schedules"][0]["interval"]
    assert schedule["anchor_date"].startswith(said["schedules"][0]["anchor_date"][:19])


def test_a_server_that_is_killed_comes_back(up: Up) -> None:
    """MLflow's is killed outright, with what it started: said, started again, and it answers at the same address."""
    (keeper,) = [
        number
        for number, words in processes(up.folder / "small-home").items()
        if "service.kept" in words and "mlflow" in words
    ]
    os.kill(keeper, signal.SIGKILL)
    until(lambda: "MLflow's server of small is started again" in (up.folder / "said.log").read_text())
    until(lambda: httpx.get(f"{up.mlflow}/health").status_code == 200)
    assert "MLflow's server of small was killed by SIGKILL" in (up.folder / "said.log").read_text()


def test_it_ends_within_seconds_and_leaves_nothing(up: Up) -> None:
    """On SIGTERM: exit code 0, no process, no address; the same command goes on from there."""
    began = time.monotonic()
    up.process.terminate()
    assert up.process.wait(60) == 0
    assert time.monotonic() - began < SOON
    until(lambda: not processes(up.folder / "small-home"), 10)
    assert not (up.folder / "small-home" / "service" / "up.json").exists()
    for url in (up.halflife, up.prefect, up.mlflow):
        with pytest.raises(httpx.TransportError):
            httpx.get(url)
