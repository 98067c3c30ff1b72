"""What cannot be known about a version, on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]


def test_what_is_told_is_kept_with_the_run(run_in: Run, small: tuple[Path, Any]) -> None:
    """``--json`` gives the document of the artifact; a second time says and keeps the same."""
    first, second = (run_in("opacity", "--refits", "1", "--json") for _ in range(2))
    assert first.code == 0, first.err
    assert second.json == first.json
    assert first.json["sensitivity"]["refits"] == 1
    assert first.json["seed"]["ambiguity"]["share"] >= first.json["seed"]["discrepancy"]["share"]
    folder, _ = small
    kept = (folder / "halflife-home" / "small" / "artifacts").rglob("opacity.json")
    assert first.json in [json.loads(path.read_text(encoding="utf-8")) for path in kept]


def test_what_is_printed_fits_the_terminal(run_in: Run, small: tuple[Path, Any]) -> None:
    """At 110 columns no line is wider, nothing is cut, and an older version can be asked."""
    ran = run_in("opacity", "--version", "1", "--refits", "1", COLUMNS="110")
    assert ran.code == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= 110
    assert "…" not in ran.out
    assert ran.out.startswith("v1: on ")
    assert "not yet known" in " ".join(ran.out.split())
    assert "tree by tree" in ran.out
    assert "kept with the run of v1" in ran.err


def test_a_version_there_is_not_is_said(run_in: Run) -> None:
    """One sentence and exit code 2."""
    ran = run_in("opacity", "--version", "99")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no v99" in ran.err
    assert "Traceback" not in ran.err
