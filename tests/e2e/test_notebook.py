"""The example notebook runs from its first cell to its last, and every answer shows itself."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

NOTEBOOK = Path(__file__).parents[2] / "infra" / "examples" / "conclusions.ipynb"
BOOK = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
CODE = [cell for cell in BOOK["cells"] if cell["cell_type"] == "code"]


def run(source: str, names: dict[str, Any]) -> Any:
    """A cell as Jupyter runs it: gives the value of its last expression, None where it ends with a semicolon."""
    *body, last = ast.parse(source).body
    silent = not isinstance(last, ast.Expr) or source.rstrip().endswith(";")
    exec(compile(ast.Module([*body, last] if silent else body, []), "cell", "exec"), names)  # noqa: S102 - our own notebook
    return None if silent else eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - as above


def test_the_notebook_tells_a_finding_from_its_filing_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell runs and shows something; what was filed holds at first, and is found out when the world has changed."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for cell in CODE:
        shown = run("".join(cell["source"]), names)
        if shown is not None:
            assert repr(shown)
            assert shown._repr_html_()
    story = {row["name"]: row for row in names["home"].findings(author="ann")}
    assert story["visits-decide"]["made_on"] == "v1"
    assert story["visits-decide"]["status"] in ("stale", "reversed")
    assert names["home"].finding("visits-decide").checks[0].status == "holds"
    assert story["visits-decide"]["cause"]
    assert (tmp_path / "halflife-home").is_dir()


def test_the_notebook_is_kept_without_what_it_showed() -> None:
    """Outputs are made by whoever runs it; in git they would be noise."""
    assert (BOOK["nbformat"], len(CODE) > 8) == (4, True)
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CODE)
    assert len({cell["id"] for cell in BOOK["cells"]}) == len(BOOK["cells"])
