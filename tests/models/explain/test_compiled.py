"""Machine code kept on disk."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]

MODULE = """
from halflife.models.explain.compiled import compiled

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
    program = "import sys, halflife.models.explain.attributions; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def compiled_in(source: str) -> set[str]:
    """The compiled functions that a module defines."""
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "compiled" for d in node.decorator_list)
    }


def strangers(source: str, everywhere: set[str]) -> set[str]:
    """What a module's compiled functions call of the compiled functions of other modules."""
    own = compiled_in(source)
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name in own]
    calls = [node.func for f in functions for node in ast.walk(f) if isinstance(node, ast.Call)]
    called = {c.id if isinstance(c, ast.Name) else c.attr for c in calls if isinstance(c, ast.Name | ast.Attribute)}
    return (called & everywhere) - own


def test_compiled_functions_call_those_of_their_own_module_only() -> None:
    """Numba looks at a function's own file to see whether its code on disk is still right, and at no other."""
    sources = {
        p: p.read_text() for folder in ("models", "monitoring", "flows") for p in (PROJECT / folder).rglob("*.py")
    }
    everywhere = {name for source in sources.values() for name in compiled_in(source)}
    assert {"explain", "route", "fill"} <= everywhere
    assert {path: found for path, source in sources.items() if (found := strangers(source, everywhere))} == {}
    assert strangers("@compiled\ndef f(x):\n    return kernel.explain(x) + f(x)", everywhere) == {"explain"}
