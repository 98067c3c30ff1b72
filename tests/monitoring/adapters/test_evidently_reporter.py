import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from models.domain import Check, Drift, Finding, Interval, Measurement, Role, Scope, Status, Version
from models.errors import ConfigError
from models.rows import Column, Kind, Schema
from monitoring.adapters.evidently_floor import noise_floor
from monitoring.adapters.evidently_reporter import EvidentlyReporter
from monitoring.conclude import conclude
from monitoring.conclusions import Conclusions

SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("income", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))


def frame(seed: int, n: int = 1_500, **columns: object) -> pd.DataFrame:
    """Canonical rows with predictions, some columns replaced."""
    rng = np.random.default_rng(seed)
    own = {"_id": [str(i) for i in range(n)], "_tick": 0, "_label": (rng.random(n) < 0.3).astype(float)}
    features = {"age": rng.normal(40, 9, n), "income": rng.lognormal(size=n), "job": rng.choice(list("abcd"), n)}
    return pd.DataFrame({**own, **features, "prediction": rng.random(n), **columns})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module's reporters keep their snapshots."""
    return tmp_path_factory.mktemp("watches")


def watch(folder: Path, reference: pd.DataFrame, current: pd.DataFrame, tick: int = 9) -> Drift:
    """One watch against v2."""
    return EvidentlyReporter(folder).watch(reference, current, SCHEMA, tick=tick, first_tick=tick - 1, against=2)


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


def test_scores_are_evidentlys_own_and_equal_scipys(folder: Path) -> None:
    """A shifted column is found, and its scores are the distances that SciPy computes."""
    reference, current = frame(1), frame(2, age=np.random.default_rng(3).normal(46, 9, 1_500))
    drift = watch(folder, reference, current)
    scores = {c.name: c.score for c in drift.columns}
    assert (drift.drifted, drift.note) == (True, "age moved (1 of 5 columns).")
    assert scores["age"] == pytest.approx(wasserstein_distance(reference.age, current.age) / np.std(reference.age))
    shares = [f.job.value_counts(normalize=True).sort_index() for f in (reference, current)]
    assert scores["job"] == pytest.approx(jensenshannon(*shares))
    assert set(scores) == {"age", "income", "job", "prediction", "label"}


def test_the_same_rows_give_the_same_watch(folder: Path) -> None:
    """Sampling and noise floors are a function of seed, tick and champion; the snapshot is written again, not beside."""
    reference, current = frame(1, 6_000), frame(2, 7_000)
    assert watch(folder, reference, current, 20) == watch(folder, reference, current, 20)
    assert watch(folder, reference, current, 20).rows == (6_000, 7_000)
    assert len(list(folder.glob("watch-000020-*"))) == 1


def test_bad_columns_are_set_aside_and_the_rest_is_judged(folder: Path) -> None:
    """An empty, a mistyped, a constant and an absent column, a new category and infinities: one watch, no crash."""
    reference = frame(1, income=1.0)
    current = frame(2, job="new", prediction=np.nan).drop(columns="age")
    current.loc[:3, "income"] = np.inf
    current.loc[4, "income"] = np.nan
    drift = watch(folder, reference, current)
    methods = {c.name: (c.method, c.drifted) for c in drift.columns}
    assert methods["job"] == ("jensenshannon", True)
    assert methods["age"] == methods["prediction"] == ("missing share", True)
    assert methods["income"] == ("share of new values", True)
    assert drift.note == (
        "age (is empty now), income (was constant), prediction (is empty now) and 1 more moved (4 of 5 columns)."
    )
    assert watch(folder, frame(1), frame(2, age="forty")).note == "age (is empty now) moved (1 of 5 columns)."


@pytest.mark.parametrize(("n", "m"), [(1_500, 0), (0, 1_500), (0, 0), (40, 30)])
def test_small_or_empty_sides_cannot_tell(folder: Path, n: int, m: int) -> None:
    """With too few rows on a side there is no alarm, a note that says why, and a page that can be drawn."""
    drift = watch(folder, frame(1, n), frame(2, m, age=99.0), tick=30 + n + m)
    assert (drift.drifted, drift.powered) == (False, False)
    assert drift.note.startswith(f"Too few rows to tell: {n:,} in the reference and {m:,} now")
    assert "Too few rows to tell" in EvidentlyReporter(folder).page(drift, story(), folder / "few.html").read_text()


def test_one_column_that_evidently_cannot_take_leaves_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a whole report fails, each column is tried alone and only the failing one is set aside, with the cause."""
    run = EvidentlyReporter._run

    def fails(self: EvidentlyReporter, comparison, thresholds, keep):  # type: ignore[no-untyped-def]
        if "income" in thresholds:
            raise ValueError("empty bins")
        return run(self, comparison, thresholds, keep)

    monkeypatch.setattr(EvidentlyReporter, "_run", fails)
    drift = watch(folder, frame(1), frame(2))
    assert {c.name for c in drift.columns} == {"age", "job", "prediction", "label"}
    assert drift.note == "None of 4 columns moved; not compared: income fails in Evidently (ValueError: empty bins)."


def test_noise_floors_silence_chance_at_a_thousand_rows(folder: Path) -> None:
    """At the fewest rows a watch accepts and without drift, a bare 0.1 alarms in several of 16 watches, ours in one at most."""
    drifts = [watch(folder, frame(2 * k, 1_000), frame(2 * k + 1, 1_000), 50) for k in range(16)]
    assert sum(drift.drifted for drift in drifts) <= 1
    assert sum(any(c.score >= 0.1 for c in drift.columns) for drift in drifts) >= 2


@pytest.mark.parametrize("kind", list(Kind))
def test_noise_floor_is_passed_as_often_as_promised(kind: Kind) -> None:
    """Two samples of one distribution pass a floor set for one column in about 1 % of trials."""
    rng = np.random.default_rng(5)

    def score() -> float:
        if kind is Kind.NUMERIC:
            a, b = rng.standard_t(4, 1_000), rng.standard_t(4, 1_000)
            return wasserstein_distance(a, b) / a.std()
        a, b = rng.multinomial(1_000, np.full(40, 1 / 40), size=2)
        return float(jensenshannon(a, b))

    def side() -> pd.Series:
        return pd.Series(rng.standard_t(4, 1_000) if kind is Kind.NUMERIC else rng.integers(0, 40, 1_000))

    floor = np.mean([noise_floor(side(), side(), kind, 1, rng) for _ in range(5)])
    assert 0.002 < np.mean([score() > floor for _ in range(1_000)]) < 0.025


def test_page_shows_drift_and_conclusions_together(folder: Path) -> None:
    """One file holds our metric, the note and Evidently's plots, needs no network, and escapes what people typed."""
    drift = watch(folder, frame(1), frame(2), 70)
    path = EvidentlyReporter(folder).page(drift, story(), folder / "pages" / "drift.html")
    text = path.read_text()
    assert "Of 12 findings, 9 hold and 3 are stale on the newest version." in text
    assert "None of 5 columns moved." in text
    assert "Drift in column 'income'" in text.replace("\\u0027", "'")
    assert "</script><script>alert" not in text
    assert r"\u2039/script>\u2039script>alert(1)" in text
    assert not [tag for tag in ('<script src="http', '<link href="http') if tag in text]


def test_page_is_drawn_by_another_process_from_what_was_kept(folder: Path) -> None:
    """The snapshot on disk is enough: a new reporter without the rows draws the same columns."""
    drift = watch(folder, frame(1), frame(2), 80)
    kept = EvidentlyReporter(folder).kept(80, 2)
    assert len(kept.read_bytes()) < 200_000
    assert len(json.loads(gzip.decompress(kept.read_bytes()))["metric_results"]) == 6
    kept.unlink()
    bare = EvidentlyReporter(folder).page(drift, story(), folder / "bare.html").read_text()
    assert "Drift in column" not in bare
    assert "None of 5 columns moved." in bare


def test_evidently_is_imported_late_and_told_nothing() -> None:
    """Making a reporter does not import Evidently, and its telemetry is off before the first import."""
    code = (
        "import os, sys; os.environ.pop('DO_NOT_TRACK', None)\n"
        "from pathlib import Path\n"
        "from monitoring.adapters.evidently_reporter import EvidentlyReporter, quiet\n"
        "EvidentlyReporter(Path('nowhere')); assert 'evidently' not in sys.modules\n"
        "with quiet(): print(os.environ['DO_NOT_TRACK'])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_a_sample_without_power_is_refused(tmp_path: Path) -> None:
    """Fewer rows than a powered watch needs would silence every alarm, so the setting is refused by name."""
    with pytest.raises(
        ConfigError, match="max_rows = 500 would leave every watch without power; it must be at least 1,000"
    ):
        EvidentlyReporter(tmp_path, max_rows=500)
