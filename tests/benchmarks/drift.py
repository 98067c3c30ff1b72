"""Drift of wide and long windows beside Evidently and nannyml, and what a page costs."""

import json
import subprocess
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from harness import NoPeer, Pair, scenario

from halflife.models.domain import ColumnDrift, Drift
from halflife.models.rows import Batch, Column, Kind, Schema, Split
from halflife.monitoring.drift.comparison import DriftComparison, compare, judge
from halflife.monitoring.drift.sketches import exact
from halflife.monitoring.drift.sketches.layout import found
from halflife.monitoring.drift.sketches.profile import profile

WIDE = 30
CATEGORICAL = 4
MILLION = 1_000_000
FIRST = 10_000
"""Rows the bins are placed from, as in the store."""
NANNYML = Path(__file__).parents[2] / ".venv-nannyml" / "bin" / "python"
SCHEMA = Schema(
    tuple(Column(f"x{i}", Kind.NUMERIC) for i in range(WIDE - CATEGORICAL))
    + tuple(Column(f"c{i}", Kind.CATEGORICAL) for i in range(CATEGORICAL))
)
Frames = tuple[pd.DataFrame, pd.DataFrame]


def rows(n: int, seed: int, moved: float) -> pd.DataFrame:
    """Light, heavy, skewed and whole numbers, and words; every fifth column moves."""
    rng = np.random.default_rng(seed)
    draws = [rng.standard_normal, lambda size: rng.standard_t(4, size), lambda size: rng.lognormal(0, 1, size)]
    draws += [lambda size: rng.poisson(20, size).astype(float)]
    columns: dict[str, object] = {}
    for i, column in enumerate(SCHEMA.columns):
        shift = moved if i % 5 == 0 else 0.0
        if column.kind is Kind.NUMERIC:
            columns[column.name] = draws[i % 4](size=n) + shift
        else:
            share = np.array([0.4 + shift / 2, 0.3, 0.2 - shift / 2, 0.1])
            columns[column.name] = pd.Series(rng.choice(np.array(list("abcd"), dtype=object), n, p=share), dtype="str")
    return pd.DataFrame(columns)


def frames(n: int) -> Frames:
    """Reference and current."""
    return rows(n, 1, 0.0), rows(n, 2, 0.25)


def from_rows(reference: pd.DataFrame, current: pd.DataFrame) -> DriftComparison:
    """Bins, histograms of both sides, distances, floors."""
    layout = found(reference[:FIRST], SCHEMA)
    sides = profile(reference, layout), profile(current, layout)
    return compare(*sides, lambda name: (reference[name], current[name]), np.random.default_rng(0))


def evidently(reference: pd.DataFrame, current: pd.DataFrame) -> dict[str, float]:
    """Column -> score of Evidently's default preset."""
    from halflife.monitoring.adapters.evidently_quiet import quiet

    with quiet():
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        words = list(SCHEMA.categorical)
        definition = DataDefinition(
            numerical_columns=[n for n in SCHEMA.names if n not in words], categorical_columns=words
        )
        now, before = (Dataset.from_pandas(frame, definition) for frame in (current, reference))
        metrics = Report([DataDriftPreset()], include_tests=False).run(now, before).dict()["metrics"]
    found = [(m["config"], m["value"]) for m in metrics if m["config"]["type"].endswith(":ValueDrift")]
    return {config["column"]: float(value) for config, value in found}


def scores_are_those_of_all_rows(reference: pd.DataFrame, current: pd.DataFrame) -> None:
    """Every score is within 1e-3 of the one computed from the values, and decided alike."""
    for column in from_rows(reference, current).scores:
        before, now = reference[column.name], current[column.name]
        if column.method == "wasserstein":
            truth = exact.wasserstein(before.to_numpy(), now.to_numpy())
        else:
            from scipy.spatial.distance import jensenshannon

            shares = [side.value_counts(normalize=True).sort_index() for side in (before, now)]
            truth = float(jensenshannon(*shares))
        assert abs(column.score - truth) <= 1e-3, column
        assert column.drifted == (truth >= column.threshold), column


@scenario(
    id="drift/100k-x-30",
    question="How much faster than Evidently's default preset is the drift of 100,000 × 30 rows a side, from raw rows?",
    ours="bins, histograms, distances and noise floors, one thread",
    peer="Evidently DataDriftPreset",
    goal=50.0,
    pairs=3,
)
def hundred_thousand() -> Pair:
    """The same distances and the same decisions as Evidently's own."""
    reference, current = frames(100_000)

    def same() -> None:
        theirs = evidently(reference, current)
        for column in from_rows(reference, current).scores:
            assert abs(column.score - theirs[column.name]) <= 1e-3, (column, theirs[column.name])
            assert column.drifted == (theirs[column.name] >= 0.1), column

    return Pair(_run(lambda: from_rows(reference, current)), _run(lambda: evidently(reference, current)), same)


@scenario(
    id="drift/1M-x-30",
    question="And of 1,000,000 × 30 rows a side?",
    ours="bins, histograms, distances and noise floors, one thread",
    peer="Evidently DataDriftPreset",
    goal=50.0,
    pairs=1,
    warm_up=False,
)
def million() -> Pair:
    """Compared with scores computed from the values; the compiled pass is loaded before."""
    reference, current = frames(MILLION)
    return Pair(
        _run(lambda: from_rows(reference, current)),
        _run(lambda: evidently(reference, current)),
        lambda: scores_are_those_of_all_rows(reference, current),
    )


@scenario(
    id="drift/from-histograms",
    question="Is the drift of 1,000,000 × 30 rows a side a matter of milliseconds once their histograms are kept?",
    ours="distances and noise floors from kept histograms",
    peer="budget of 0.1 s",
    goal=1.0,
    floor=0.5,
)
def kept() -> Pair:
    """No row is looked at."""
    reference, current = frames(MILLION)
    layout = found(reference[:FIRST], SCHEMA)
    sides = profile(reference, layout), profile(current, layout)

    def never(name: str) -> tuple[object, object]:
        raise AssertionError(f"the rows of {name} were read")

    return Pair(
        _run(lambda: compare(*sides, never, np.random.default_rng(0))),
        lambda: 0.1,
        lambda: scores_are_those_of_all_rows(reference, current),
    )


THEIRS = """
import json, os, sys, time
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
import nannyml, pandas
reference, current = (pandas.read_parquet(path) for path in sys.argv[1:3])
began = time.perf_counter()
drift = nannyml.UnivariateDriftCalculator(
    column_names=list(reference), continuous_methods=["wasserstein"], categorical_methods=["jensen_shannon"],
    chunk_number=10,
).fit(reference).calculate(current)
print(json.dumps(time.perf_counter() - began))
"""


@scenario(
    id="drift/nannyml",
    question="How much faster than nannyml's univariate drift of 1,000,000 × 30 rows a side?",
    ours="bins, histograms, distances and noise floors, one thread",
    peer="nannyml Wasserstein and Jensen-Shannon, ten chunks",
    goal=1.0,
    pairs=3,
)
def nannyml() -> Pair:
    """In an environment of its own, where it times itself; its scores are of chunks and are not compared."""
    if not NANNYML.exists():
        raise NoPeer("nannyml wants older pins and an environment of its own: make .venv-nannyml")
    reference, current = frames(MILLION)
    folder = TemporaryDirectory()
    paths = [str(Path(folder.name) / f"{name}.parquet") for name in ("reference", "current")]
    for path, frame in zip(paths, (reference, current), strict=True):
        frame.to_parquet(path)

    def theirs() -> float:
        _ = folder  # lives as long as this does
        done = subprocess.run(
            [NANNYML, "-W", "ignore", "-c", THEIRS, *paths], capture_output=True, text=True, check=True
        )
        return float(json.loads(done.stdout.splitlines()[-1]))

    return Pair(_run(lambda: from_rows(reference, current)), theirs)


@scenario(
    id="drift/page-20k",
    question="Is the Evidently page of 20,000 rows a side there in four seconds?",
    ours="sample of the store, and the page",
    peer="budget of 4 s",
    goal=1.0,
)
def small_page() -> Pair:
    """From a store of 20,000 rows."""
    return Pair(page_of(20_000), lambda: 4.0)


@scenario(
    id="drift/page-1M",
    question="And of 1,000,000?",
    ours="sample of the store, and the page",
    peer="budget of 4 s",
    goal=1.0,
    pairs=3,
)
def large_page() -> Pair:
    """From a store of a million rows."""
    return Pair(page_of(MILLION), lambda: 4.0)


@scenario(
    id="drift/page-1M-over-20k",
    question="Does a page take as long whatever the rows?",
    ours="sample of the store, and the page, 1,000,000 rows",
    peer="the same, 20,000 rows",
    goal=1.5,
    better="lower",
    pairs=3,
)
def page_growth() -> Pair:
    """Only the sample's ids are read from more rows."""
    return Pair(page_of(MILLION), page_of(20_000))


@lru_cache(maxsize=2)
def page_of(n: int) -> Callable[[], None]:
    """A store of n rows, whose two halves are the sides; gives the call that samples and draws them."""
    from halflife.monitoring.adapters.delta_store import DeltaStore
    from halflife.monitoring.adapters.evidently_reporter import EvidentlyReporter
    from halflife.monitoring.conclude import conclude
    from halflife.monitoring.drift.watched_sides import SAMPLED

    folder = TemporaryDirectory()
    store, per_tick = DeltaStore(Path(folder.name) / "store", Split()), n // 20
    nothing = pd.DataFrame({"_id": pd.Series(dtype="str"), "_label": pd.Series(dtype=float)})
    for tick in range(20):
        made = rows(per_tick, tick, 0.25 if tick >= 10 else 0.0)
        made.insert(0, "_id", [f"{tick}-{i}" for i in range(per_tick)])
        store.append(Batch(tick, made, nothing), SCHEMA)
    sides = store.profile(0, 9), store.profile(10, 19)
    values = lambda name: (store.values(name, 0, 9), store.values(name, 10, 19))  # noqa: E731 - one call
    drift: Drift = judge(
        compare(*sides, values, np.random.default_rng(0)), tick=19, first_tick=10, against=1, rows=(n // 2, n // 2)
    )
    assert any(isinstance(column, ColumnDrift) and column.drifted for column in drift.columns)

    def draw() -> None:
        drawn = tuple(store.sample(first, last, rows=SAMPLED)[list(SCHEMA.names)] for first, last in ((0, 9), (10, 19)))
        EvidentlyReporter().page(
            drift, conclude([], [], [], []), (drawn[0], drawn[1]), Path(folder.name) / "drift.html"
        )

    draw()
    return draw


def _run(call: Callable[[], object]) -> Callable[[], float]:
    """Its time in seconds; what it gives is thrown away."""

    def timed() -> float:
        began = time.perf_counter()
        call()
        return time.perf_counter() - began

    return timed
