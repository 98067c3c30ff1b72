"""What the documents and the comments name is there: files, folders and modules."""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("flows", "models", "monitoring", "halflife", "infra", "tests")
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("infra/docs/*.md")})
PATH = re.compile(r"(?<![\w./*-])((?:[\w-]+/)+(?:[\w-]+\.(?:py|toml|yaml|html|md|json|txt|ipynb))?|\w+\.py)(?![\w*{<])")
"""``tests/conftest.py``, ``monitoring/causes/``, ``plan.py``; not ``TICK/*.json``, nor an address."""
DOTTED = re.compile(r"(?<![\w./])halflife\.(?:flows|models|monitoring|testing)(?:\.\w+)+")
ELSEWHERE = re.compile(
    r"^(halflife-home|store|shadows|prefect|reports|trials|alerts|artifacts|profiles)/|\b[A-Z]+(_\w+)?(/|\.py)"
)
"""What a run makes, and what only stands for a name, as in ``commands/NAME.py``: not in the checkout."""


@cache
def there() -> tuple[str, ...]:
    """Every file and folder of the checkout, from its root; folders end in ``/``. The package's links are read through."""
    found = []
    for top in TOPS:
        for folder, folders, names in os.walk(ROOT / top, followlinks=True):
            folders[:] = [name for name in folders if name != "__pycache__"]
            here = Path(folder).relative_to(ROOT).as_posix()
            found += [f"/{here}/", *(f"/{here}/{name}" for name in names)]
    return (*found, *(f"/{path.name}" for path in ROOT.iterdir() if path.is_file()))


def exists(path: str) -> bool:
    """Whether a path ends one in the checkout: ``causes/shares.py`` will do for ``monitoring/causes/shares.py``."""
    return any(whole.endswith(f"/{path}") for whole in there())


def module_has(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to a name that a module defines or imports; nothing is imported.

    What follows such a name (a method, a field) is not looked at.
    """
    path, *rest = ROOT / "halflife", *dotted.split(".")[1:]
    for name in rest:
        if (path / name).is_dir():
            path = path / name
        elif (path / f"{name}.py").is_file():
            path = path / f"{name}.py"
        else:
            source = path if path.is_file() else path / "__init__.py"
            return name.startswith("__") or name in defined(source.read_text(encoding="utf-8"))
    return True


def defined(source: str) -> set[str]:
    """The names at the top of a module."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def named(text: str) -> Iterator[str]:
    """Paths in a document's code spans that are meant to be in the checkout."""
    for span in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield from (path for path in PATH.findall(span) if not ELSEWHERE.search(path))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_and_module_of_a_document_is_there(document: Path) -> None:
    """A module that was renamed is renamed where it is written of."""
    text = document.read_text(encoding="utf-8")
    assert [path for path in named(text) if not exists(path)] == []
    assert [name for name in DOTTED.findall(text) if not module_has(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    """No picture, no page and no heading of a page is missing."""
    for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([\w-]+))?\)", document.read_text(encoding="utf-8")):
        page = document.parent / target if target else document
        assert page.is_file(), target
        titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in {title.lower().replace(" ", "-") for title in titles}, f"{target}#{heading}"


@pytest.mark.parametrize("top", ["flows", "models", "monitoring", "halflife/testing", "tests", "infra"])
def test_every_module_that_code_speaks_of_is_there(top: str) -> None:
    """In comments, docstrings and strings too: a dotted name of ours leads somewhere, and so does a path from the top."""
    wrong = []
    for folder, _, names in os.walk(ROOT / ("halflife" if top in TOPS[:3] else "") / top):
        for file in (Path(folder) / name for name in names if name.endswith(".py")):
            if file == Path(__file__):
                continue
            text = file.read_text(encoding="utf-8")
            paths = {path for path in PATH.findall(text) if path.split("/")[0] in TOPS and not ELSEWHERE.search(path)}
            wrong += [(file.name, path) for path in sorted(paths) if not exists(path)]
            wrong += [(file.name, name) for name in DOTTED.findall(text) if not module_has(name)]
    assert wrong == []


def test_what_is_gone_is_noticed() -> None:
    """The checks above can fail: a path and a module that never were are not there, those beside them are."""
    assert list(named("`monitoring/nowhere.py` over `plan.py`, `store/` and\n```\nflows/x.py\n```\n")) == [
        "monitoring/nowhere.py",
        "plan.py",
    ]
    assert [exists(path) for path in ("monitoring/nowhere.py", "monitoring/plan.py", "causes/")] == [False, True, True]
    names = ["halflife.models.rows", "halflife.models.rows.Split", "halflife.models.rows.Nobody", "halflife.flows.gone"]
    assert [module_has(name) for name in names] == [True, True, False, False]
