"""Settings every test runs under: no telemetry, one thread, no spinning beside busy neighbours."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

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
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
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
                assert server.poll() is None, "moto.server has ended"
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
