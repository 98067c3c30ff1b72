"""Machine code kept on disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]

MODULE = """
from models.explain.compiled import compiled

@compiled
def _half(x: float) -> float:
    return x / 2.0

@compiled
def quarter(x: float) -> float:
    return _half(_half(x))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with a module of compiled functions that no process has used."""
    (tmp_path / "quarters.py").write_text(MODULE)
    return tmp_path


def start(folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Use the module in a process of its own."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": "", "PYTHONPATH": str(PROJECT), **environment}
    command = [sys.executable, "-c", "from quarters import quarter; print(quarter(3.0))"]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.e2e
def test_processes_may_compile_at_the_same_time(installed: Path) -> None:
    """Two first uses at once give the same values and leave code that a third one finds."""
    for process in [start(installed), start(installed)]:
        assert process.communicate(timeout=300)[0] == "0.75\n"
    kept = {path: path.stat().st_mtime_ns for path in installed.rglob("*.nb[ic]")}
    assert kept
    assert start(installed).communicate(timeout=300)[0] == "0.75\n"
    assert {path: path.stat().st_mtime_ns for path in installed.rglob("*.nb[ic]")} == kept


@pytest.mark.e2e
def test_an_installation_that_cannot_be_written_still_computes(installed: Path) -> None:
    """With no folder to keep code in, it is compiled in memory."""
    (installed / "__pycache__").write_text("a file where the folder of compiled code would be made")
    out, error = start(installed, HOME="/dev/null", XDG_CACHE_HOME="/dev/null").communicate(timeout=300)
    assert out == "0.75\n", error
    assert not list(installed.rglob("*.nbi"))


def test_numba_is_loaded_by_the_first_explanation_only() -> None:
    """Importing the seam costs what importing NumPy costs."""
    program = "import sys, models.explain.attributions; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
