"""What import-linter's contracts cannot say of the house: no circle between any two of its modules."""

import ast
import os
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import halflife

ROOT = Path(halflife.__file__).parent


def modules(root: Path) -> dict[str, Path]:
    """Every module of a package by its full name; the folders that are links to others too."""
    found = {}
    for folder, _, names in os.walk(root, followlinks=True):
        for path in (Path(folder) / name for name in names if name.endswith(".py")):
            parts = [root.name, *path.relative_to(root).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(source: str, known: Mapping[str, Path]) -> set[str]:
    """The known modules a text imports anywhere: in functions and for the type checker alone too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else str(node.module) for name in whole}
    return found & set(known)


def circle(root: Path) -> list[str]:
    """The modules of one import circle, in order, the first again at the end; empty where there is none."""
    known = modules(root)
    graph = {name: imports(path.read_text(encoding="utf-8"), known) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_two_modules_need_one_another() -> None:
    """No import circle, be it hidden in a function or behind ``TYPE_CHECKING``: every file can be read before its users."""
    assert circle(ROOT) == []


def test_every_folder_of_the_package_is_looked_at() -> None:
    """The house is read through the package's links, and not past them."""
    assert {"halflife.flows.cli", "halflife.models.rows", "halflife.monitoring.context"} <= set(modules(ROOT))


DOOR = "halflife.monitoring.reports.rich_text"


def past_the_door(source: str) -> set[str]:
    """What of Rich a text makes that takes data for markup, or hands it to a terminal as it is."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module in ("rich.text", "rich.markup"):
            found.add(node.module)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rich"):
            found |= {alias.name for alias in node.names if alias.name in ("print", "Text", "markup")}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("Console", "Text.from_markup", "Text.from_ansi"):
            found.add(ast.unparse(node.func))
    return found


def test_one_module_writes_to_terminals() -> None:
    """Nobody else makes a text or a console of Rich's own, which take data for styles and commands."""
    past = {name: past_the_door(path.read_text(encoding="utf-8")) for name, path in modules(ROOT).items()}
    assert {name: found for name, found in past.items() if found and name != DOOR} == {
        # The channel of that name.
        "halflife.flows.adapters": {"Console"},
    }


@pytest.mark.parametrize(
    "past", ["from rich.text import Text", "from rich.console import Console\nConsole()", "from rich import print"]
)
def test_whoever_goes_past_the_door_is_seen(past: str) -> None:
    """Rich's own text, console and print."""
    assert past_the_door(past)


@pytest.mark.parametrize(
    "hidden",
    [
        "from house.one import One",
        "import house.one",
        "def later():\n    from house import one",
        "if TYPE_CHECKING:\n    from house.one import One",
    ],
)
def test_a_circle_is_found_however_it_hides(hidden: str, tmp_path: Path) -> None:
    """At the top, in a function, for the type checker alone: two files that name one another are a circle."""
    root = tmp_path / "house"
    root.mkdir()
    (root / "__init__.py").touch()
    (root / "one.py").write_text("from house.two import Two\n")
    (root / "two.py").write_text(f"from typing import TYPE_CHECKING\n\n{hidden}\n")
    assert set(circle(root)) == {"house.one", "house.two"}
