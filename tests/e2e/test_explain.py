"""Explaining a case on the command line, and filing what it concludes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]


def test_a_case_is_explained_filed_and_kept_with_the_run(run_in: Run, small: tuple[Path, Any]) -> None:
    """The figures told are those ``finding show`` has of the filed finding; both artifacts are on the version's run."""
    ran = run_in("explain", "--worst", "--file", "1", "--file", "2", "--author", "ann", "--json")
    assert ran.code == 0, ran.err
    told = ran.json
    assert told["label"] == 1 - told["prediction"]["decision"]
    assert [row["status"] for row in told["filed"]] == ["holds", "holds"]
    shown = run_in("finding", "show", told["filed"][0]["finding"], "--json").json
    assert (shown["author"], shown["claim"]) == ("ann", told["claims"][0]["claim"])
    assert shown["checks"][-1]["estimate"] == told["prediction"]["margin"]
    folder, _ = small
    artifacts = folder / "halflife-home" / "small" / "artifacts"
    assert len(list(artifacts.rglob(f"{told['artifact']}.json"))) == 1
    (text,) = artifacts.rglob(f"{told['artifact']}.txt")
    assert f"for case {told['case']}" in text.read_text(encoding="utf-8")


def test_what_is_printed_fits_and_explaining_alone_files_nothing(run_in: Run, small: tuple[Path, Any]) -> None:
    """Every heading is there at 80 columns, an older version can be asked, and the ledger stays as it was."""
    folder, _ = small
    with closing(sqlite3.connect(folder / "halflife-home" / "small" / "ledger.db")) as ledger:
        before = ledger.execute("select count(*) from findings").fetchone()
        ran = run_in("explain", "--worst", "--version", "1", COLUMNS="80")
        assert ran.code == 0, ran.err
        assert ledger.execute("select count(*) from findings").fetchone() == before
    assert max(map(len, ran.out.splitlines())) <= 80
    for heading in ("v1 decides", "Why", "What moved it most", "Closest match", "What would flip it", "Say so"):
        assert heading in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-row",), "there is no case 'no-such-row' in the store"),
        (("--worst", "--version", "99"), "there is no v99; versions go from v1 to"),
        (("--worst", "--file", "77"), "there is no conclusion 77; they go from 1 to"),
        ((), "give the id of one case, or --worst"),
        (("--worst", "some-row"), "give the id of one case, or --worst"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_explained_is_said(run_in: Run, words: tuple[str, ...], said: str) -> None:
    """One sentence and exit code 2, whatever was wrong with the request."""
    ran = run_in("explain", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
