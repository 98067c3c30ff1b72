"""Settings every test runs under, and real servers of the tests' own: on loopback, gone when they are over."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest
from hypothesis import settings

os.environ.update(
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    MLFLOW_DISABLE_TELEMETRY="true",
    DO_NOT_TRACK="1",
    OMP_WAIT_POLICY="passive",
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
)


@pytest.fixture
def data() -> Path:
    """The folder of real streams; skips where it is not."""
    folder = Path(os.environ.get("HALFLIFE_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real streams: {folder} does not exist; set HALFLIFE_DATA")
    return folder


@pytest.fixture(scope="session")
def object_store() -> Iterator[Callable[[], str]]:
    """``object_store()``: the address of a new, empty bucket of an S3 of the tests' own, with options in the environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    words = [sys.executable, str(Path(__file__).with_name("s3_server.py")), str(port)]
    with (
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("AWS_ENDPOINT_URL", endpoint)
        environment.setenv("AWS_ACCESS_KEY_ID", "ann")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret-word")
        environment.setenv("AWS_REGION", "us-east-1")
        environment.setenv("AWS_ALLOW_HTTP", "true")
        while True:
            try:
                httpx.get(f"{endpoint}/moto-api/data.json").raise_for_status()
            except httpx.TransportError:
                assert server.poll() is None, "the server has ended"
                time.sleep(0.05)
            else:
                break
        numbers = count()

        def make() -> str:
            bucket = f"bucket-{next(numbers)}"
            httpx.put(f"{endpoint}/{bucket}").raise_for_status()
            return f"s3://{bucket}"

        yield make
        server.terminate()


# These machines are shared: a slow example says nothing about the code.
settings.register_profile("halflife", deadline=None, print_blob=True)
settings.load_profile("halflife")


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real MLflow server that asks for a password: ``admin`` and ``mlflow-admin-word``."""
    from halflife.monitoring.adapters import mlflow_connection
    from halflife.monitoring.database_cache import fill

    folder = tmp_path_factory.mktemp("mlflow-server")
    fill(folder / "mlflow.db", mlflow_connection.template_key(), mlflow_connection.make_template)
    said = {
        "default_permission": "READ",
        "database_uri": f"sqlite:///{folder}/users.db",
        "admin_username": "admin",
        "admin_password": "mlflow-admin-word",
        "authorization_function": "mlflow.server.auth:authenticate_request_basic_auth",
    }
    (folder / "auth.ini").write_text("\n".join(["[mlflow]", *(f"{k} = {v}" for k, v in said.items())]))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", "1"]
    words += ["--app-name", "basic-auth", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    words += ["--artifacts-destination", str(folder / "files")]
    own = {
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "of-the-tests",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    log = (folder / "log").open("w")
    with (
        log,
        subprocess.Popen(
            words, cwd=folder, env={**os.environ, **own}, stdout=log, stderr=log, start_new_session=True
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 180
            while not answers(f"http://127.0.0.1:{port}/health"):
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "MLflow's server did not start within three minutes"
                time.sleep(0.2)
            with closing(sqlite3.connect(folder / "users.db")) as users, users:
                # Its own hash costs each request a tenth of a second of computing.
                users.execute("UPDATE users SET password_hash = ?", [cheap_hash("mlflow-admin-word")])
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # it starts processes of its own


def cheap_hash(password: str) -> str:
    """As the server would store it, but for its cost."""
    from werkzeug.security import generate_password_hash

    return str(generate_password_hash(password, method="pbkdf2:sha256:1"))


def answers(url: str) -> bool:
    """Whether a server is up."""
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there are."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """``postgres()``: the address of a new, empty database; skips where PostgreSQL is not installed."""
    there = programs()
    if there is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not among pytest's folders: each run of pytest on the machine makes those the owner's alone, and this one has another.
    folder = Path(mkdtemp(prefix="halflife-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # as whom it refuses to run
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *words: str, check: bool = True) -> None:
        words = (*as_user, str(there / program), *words)
        subprocess.run(words, check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "ann", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    numbers = count()

    def make() -> str:
        name = f"d{next(numbers)}"
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "ann", name)
        return f"postgresql://ann:secret-word@127.0.0.1:{port}/{name}"

    try:
        yield make
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)
