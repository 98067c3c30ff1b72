"""Settings every test runs under: no telemetry, one thread, no spinning beside busy neighbours."""

import os
from pathlib import Path

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


# These machines are shared: a slow example says nothing about the code.
settings.register_profile("halflife", deadline=None, print_blob=True)
settings.load_profile("halflife")
