"""Threads: how many, and that waiting ones sleep. What OpenMP took is asked of the library itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from halflife.models import threads
from halflife.models.threads import SPINS, cores, limit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks GNU's OpenMP, which comes with Linux wheels")

LIBRARIES = "import sklearn.ensemble, lightgbm"
"""Each brings an OpenMP runtime of its own."""
ENTRIES = {
    "the command": "import halflife.flows.cli",
    "a Prefect worker": "import halflife.flows.cycle",
    "a step": "import halflife.monitoring.steps.retrain_version",
    "a model alone": "from halflife.models.learner.model import Model",
    "attributions alone": "import halflife.models.explain.attributions",
}


def spins(program: str, **environment: str) -> set[str]:
    """How often waiting threads spin before they sleep, as OpenMP runtimes report it when ``program`` loads them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "OMP_DISPLAY_ENV": "verbose", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split("'")[1] for line in ran.stderr.splitlines() if "GOMP_SPINCOUNT" in line}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_waiting_threads_sleep_whichever_way_a_process_came_in(entry: str) -> None:
    """No entry loads an OpenMP runtime before the policy stands: each runtime says itself how briefly it spins."""
    assert spins(f"{entry}\n{LIBRARIES}") == {str(SPINS)}


def test_without_halflife_the_runtimes_would_spin() -> None:
    """The check above can fail: left alone, the same libraries spin far longer."""
    assert min(map(int, spins(LIBRARIES))) > 10 * SPINS


def test_a_policy_someone_chose_stands() -> None:
    """``OMP_WAIT_POLICY`` in the environment is not overridden."""
    assert min(map(int, spins(f"import halflife.flows.cli\n{LIBRARIES}", OMP_WAIT_POLICY="active"))) > 10 * SPINS
    assert spins(f"import halflife.flows.cli\n{LIBRARIES}", OMP_WAIT_POLICY="passive") == {"0"}
    assert spins(f"import halflife.flows.cli\n{LIBRARIES}", GOMP_SPINCOUNT="7") == {"7"}


@pytest.mark.parametrize(
    ("asked", "quota", "expected"),
    [
        ("", None, 4),
        ("", "max 100000\n", 4),
        ("", "150000 100000\n", 2),
        ("", "50000 100000\n", 1),
        ("", "800000 100000\n", 4),
        ("3", "50000 100000\n", 3),
        ("3,2", None, 3),
        ("0", None, 4),
        ("many", None, 4),
    ],
)
def test_cores_are_those_this_process_may_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str, quota: str | None, expected: int
) -> None:
    """Of four cores: what OpenMP was told, else the affinity, held down by the container's quota rounded up."""
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(4)), raising=False)
    monkeypatch.setattr(threads, "QUOTA", tmp_path / "cpu.max")
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    assert cores() == expected


def test_a_limit_is_what_libraries_read_unless_someone_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools are limited through the environment, and a number that is there already stays."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("POLARS_MAX_THREADS", "")
    monkeypatch.delenv("POLARS_MAX_THREADS")
    limit(3)
    assert (os.environ["OMP_NUM_THREADS"], os.environ["POLARS_MAX_THREADS"]) == ("7", "3")


def test_pools_are_as_large_as_the_setting_says() -> None:
    """One setting reaches OpenMP, OpenBLAS, Arrow and Polars, each of which would take all cores by itself."""
    program = (
        "import json; from halflife.models.threads import limit; limit(3)\n"
        "import numpy, sklearn.ensemble, lightgbm, polars, pyarrow\n"
        "from threadpoolctl import threadpool_info\n"
        "pools = [p['num_threads'] for p in threadpool_info() if p['internal_api'] == 'openmp']\n"
        "print(json.dumps([*pools, polars.thread_pool_size(), pyarrow.cpu_count()]))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "POLARS_"))}
    ran = subprocess.run([sys.executable, "-c", program], env=kept, capture_output=True, text=True, check=True)
    assert set(ran.stdout.strip("[]\n").split(", ")) == {"3"}
