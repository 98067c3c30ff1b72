"""What ships for tests of other packages: complete, free of pytest, and shown by an example that runs."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import halflife.testing

FOLDER = Path(halflife.testing.__file__).parent
CHECKED = sorted(path.stem for path in FOLDER.glob("*_checks.py"))


def listed(module: str) -> set[str]:
    """The names of the checks that some list of the package's names."""
    source = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    lists = [node for name, node in functions.items() if name.endswith("_checks")]
    return {inner.id for one in lists for inner in ast.walk(one) if isinstance(inner, ast.Name)}


@pytest.mark.parametrize("module", CHECKED)
def test_every_check_is_listed(module: str) -> None:
    """A check that somebody writes is run: each one of a module stands in its list, and states its fact in one line."""
    found = {
        name: function
        for name, function in vars(import_module(f"halflife.testing.{module}")).items()
        if inspect.isfunction(function)
        and function.__module__ == f"halflife.testing.{module}"
        and function.__annotations__.get("return") is None
        and not name.startswith("_")
    }
    assert found
    assert set(found) <= listed(module)
    for name, function in found.items():
        assert function.__doc__, name
        assert function.__doc__.strip().endswith("."), name
        assert "\n" not in function.__doc__.strip(), name


def test_nothing_of_it_needs_pytest() -> None:
    """Who ships no tests installs no pytest: every module is imported without it, and without hypothesis."""
    modules = [f"halflife.testing.{path.stem}" for path in FOLDER.glob("*.py") if path.stem != "__init__"]
    code = f"import sys; {'; '.join(f'import {name}' for name in modules)}; print({{'pytest', 'hypothesis'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_package_names_all_its_modules() -> None:
    """Its docstring is the list of what there is."""
    told = halflife.testing.__doc__ or ""
    assert [path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__" and f"`{path.stem}`" not in told] == []
