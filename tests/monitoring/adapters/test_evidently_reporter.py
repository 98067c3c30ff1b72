import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import (
    Check,
    ColumnDrift,
    Drift,
    Finding,
    Interval,
    Measurement,
    Role,
    Scope,
    Status,
    Version,
)
from halflife.monitoring.adapters import evidently_reporter
from halflife.monitoring.adapters.evidently_reporter import EvidentlyReporter
from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions

Sides = tuple[pd.DataFrame, pd.DataFrame]
COLUMNS = (
    ColumnDrift("age", "wasserstein", 0.61234, 0.1, True, 0.0004),
    ColumnDrift("income", "missing share", 0.25, 0.1, True),
    ColumnDrift("job", "jensenshannon", 0.0123, 0.1, False),
)
MOVED = tuple(replace(column, drifted=True) for column in COLUMNS)


def frame(seed: int, n: int = 1_500, **columns: object) -> pd.DataFrame:
    """Rows to draw, some columns replaced."""
    rng = np.random.default_rng(seed)
    own = {"age": rng.normal(40, 9, n), "income": rng.lognormal(size=n), "job": rng.choice(list("abcd"), n)}
    return pd.DataFrame({**own, **columns})


def watch(columns: tuple[ColumnDrift, ...] = COLUMNS, note: str = "age and income moved (2 of 3 columns).") -> Drift:
    """What a watch found on all rows."""
    return Drift(9, 2, 7, columns, bool(columns), bool(columns), note, {}, (1_000_000, 300_000))


def story() -> Conclusions:
    """Twelve findings over three versions, one with a name that would end a script."""
    versions = [Version(n, 0, 9, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 1_000) for n in (1, 2, 3)]
    names = ["</script><script>alert(1)", *(f"f{i}" for i in range(1, 12))]
    findings = [Finding(n, "auc() > 0.8", "auc", Scope.ARTIFACT, 1, id=i) for i, n in enumerate(names)]
    said = {s: Measurement(9, Interval(0.7, 0.7, 0.7), s) for s in (Status.HOLDS, Status.STALE)}
    checks = [
        Check(f.id, v.number, 0.8, said[Status.STALE if v.number == 3 and f.id < 3 else Status.HOLDS], None)
        for v in versions
        for f in findings
    ]
    return conclude(versions, findings, checks, [])


def drawn(path: Path, sides: Sides, drift: Drift | None = None) -> str:
    """The page's text, with quotes as they are read."""
    page = EvidentlyReporter().page(watch() if drift is None else drift, story(), sides, path / "pages" / "drift.html")
    return page.read_text().replace("\\u0027", "'")


def shown(text: str) -> list[str]:
    """What the page says of each column, in order."""
    return re.findall(r"Data drift (?:not )?detected\. Drift detection method: [^\"\\]*", text)


def test_page_shows_the_scores_of_the_watch_whatever_the_rows_drawn(tmp_path: Path) -> None:
    """Score, method and decision are those found on all rows, farthest first; the sample's own are never computed."""
    text = drawn(tmp_path, (frame(1), frame(2)))
    assert shown(text) == [
        "Data drift detected. Drift detection method: Wasserstein distance over the standard deviation of all rows. Drift score: 0.612",
        "Data drift detected. Drift detection method: change of the share of missing values of all rows. Drift score: 0.25",
    ]


@pytest.mark.parametrize(
    ("moved", "plotted"), [(0, [0, 1]), (1, [0]), (12, list(range(8)))], ids=["none", "one", "many"]
)
def test_page_lists_every_column_and_plots_what_moved(tmp_path: Path, moved: int, plotted: list[int]) -> None:
    """A plot for each column that moved, eight at most, farthest first; for two that did not where none did.

    The table has all twenty, with what a score may be wrong by: a plot of a column that stayed says nothing more.
    """
    names = [f"x{i}" for i in range(20)]
    columns = tuple(ColumnDrift(n, "wasserstein", 0.5 - 0.01 * i, 0.1, i < moved, 0.0002) for i, n in enumerate(names))
    sides = tuple(pd.DataFrame(np.random.default_rng(s).normal(size=(300, 20)), columns=names) for s in (0, 1))
    text = drawn(tmp_path, (sides[0], sides[1]), watch(columns, "Some moved."))
    assert re.findall(r"Drift in column '(\w+)'", text) == [f"x{i}" for i in plotted]
    assert all(f"{0.5 - 0.01 * i:.4f} \\u00b1 0.0002" in text for i in range(20))


def test_page_shows_drift_and_conclusions_together(tmp_path: Path) -> None:
    """One file holds our metric, the note and Evidently's plots, needs no network, and escapes what people typed."""
    text = drawn(tmp_path, (frame(1), frame(2)))
    assert "Of 12 findings, 9 hold and 3 are stale on the newest version." in text
    assert "age and income moved (2 of 3 columns)." in text
    assert "ticks 7 to 9 against v2" in text
    assert "Drift in column 'income'" in text
    assert "</script><script>alert" not in text
    assert r"\u2039/script>\u2039script>alert(1)" in text
    assert not [tag for tag in ('<script src="http', '<link href="http') if tag in text]


@pytest.mark.parametrize(
    "bad",
    [
        {"age": np.nan},
        {"age": np.inf},
        {"age": 3.0},
        {"job": None},
        {"job": "one"},
        {"income": np.r_[np.full(1_499, np.nan), 1.0]},
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_columns_that_cannot_be_drawn_leave_the_others(tmp_path: Path, bad: dict[str, object], side: int) -> None:
    """Empty, infinite, constant and nearly empty columns on either side: the page is drawn with the rest."""
    sides = frame(1, **(bad if side == 0 else {})), frame(2, **(bad if side == 1 else {}))
    text = drawn(tmp_path, sides, watch(MOVED))
    assert len(shown(text)) >= 2
    assert "age and income moved" in text


def test_page_without_columns_or_rows_says_why(tmp_path: Path) -> None:
    """A watch that could compare nothing has a page all the same, and so has one whose sample is empty."""
    few = watch((), "Too few rows to tell: 40 in the reference and 30 now, where 1,000 a side are needed.")
    assert "Too few rows to tell" in drawn(tmp_path, (frame(1, 40), frame(2, 30)), few)
    assert shown(drawn(tmp_path, (frame(1, 0), frame(2, 0)))) == []


def test_one_column_that_evidently_cannot_take_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the whole report fails, each column is tried alone and only the failing one is left out."""
    run = evidently_reporter._run

    def fails(story: object, columns: list[ColumnDrift], sides: Sides) -> object:
        if "income" in [column.name for column in columns]:
            raise ValueError("empty bins")
        return run(story, columns, sides)

    monkeypatch.setattr(evidently_reporter, "_run", fails)
    text = drawn(tmp_path, (frame(1), frame(2)), watch(MOVED))
    assert len(shown(text)) == 2
    assert "Drift in column 'income'" not in text


def test_evidently_is_imported_late_and_told_nothing() -> None:
    """Making a reporter does not import Evidently, and its telemetry is off before the first import."""
    code = (
        "import os, sys; os.environ.pop('DO_NOT_TRACK', None)\n"
        "from halflife.monitoring.adapters.evidently_reporter import EvidentlyReporter, quiet\n"
        "EvidentlyReporter(); assert 'evidently' not in sys.modules\n"
        "with quiet(): print(os.environ['DO_NOT_TRACK'])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
