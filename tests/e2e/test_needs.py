"""Data to collect next, on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]
QUICK = ("--sizes", "3", "--repeats", "2", "--fits", "10", "--segments", "sex")


def test_what_is_told_is_kept_with_the_run(run_in: Run, small: tuple[Path, Any]) -> None:
    """``--json`` gives the document of the artifact, within the budget of fits; a second time says and keeps the same."""
    first, second = (run_in("needs", *QUICK, "--json") for _ in range(2))
    assert first.code == 0, first.err
    assert second.json == first.json
    assert first.json["fits"] <= 10
    assert [point["share"] for point in first.json["whole"]["curve"]][-2:] == [0.5, 1.0]
    assert {need["where"] for need in first.json["segments"]} == {"sex = 'F'", "sex = 'M'"}
    folder, _ = small
    (kept,) = (folder / "halflife-home" / "small" / "artifacts").rglob("needs.json")
    assert json.loads(kept.read_text(encoding="utf-8")) == first.json


def test_what_is_printed_fits_the_terminal(run_in: Run, small: tuple[Path, Any]) -> None:
    """At 110 columns no line is wider, nothing is cut, and an older version can be asked."""
    ran = run_in("needs", *QUICK, "--version", "1", COLUMNS="110")
    assert ran.code == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= 110
    assert "…" not in ran.out
    assert "Labels by segment" in ran.out
    assert "kept with the run of v1" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fits", "10"), "5 sizes × 4 repeats are 20 fits, and the budget is 10"),
        (("--segments", "sexx"), "'sexx' is not a column"),
        (("--version", "99"), "there is no v99"),
    ],
)
def test_what_cannot_be_told_is_said(run_in: Run, words: tuple[str, ...], said: str) -> None:
    """One sentence and exit code 2; no model is trained."""
    ran = run_in("needs", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
