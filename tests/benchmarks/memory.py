"""Memory of a large window and of a long life.

A peak is measured in a process of its own: what it imports comes first, then a window of twenty ticks is read from the
store and becomes a registered version. The measure is the growth of its peak resident set (VmHWM) over its resident set
before the first row was read (VmRSS), so buffers of every library count, and code that is paged in too.

A long life is a service with its real store, MLflow and ledger, tiny windows and no servers, that ingests, retrains,
re-tests, investigates and reports ``HALFLIFE_BENCH_RETRAINS`` times (1,000 unless said). The Evidently page is left out:
it is the one thing a cycle makes whose cost is another library's.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from statistics import median

from harness import NoPeer, Pair, scenario

ROWS, FEATURES, TICKS = 1_000_000, 30, 20
RETRAINS = int(os.environ.get("HALFLIFE_BENCH_RETRAINS", "1000"))
EARLY = RETRAINS // 5
"""Retrains after which a long life is compared with itself."""
POOLS = 160
"""Threads of all libraries together, which come with their first hundred uses."""
SPAN = max(5, RETRAINS // 20)
"""Cycles a median is taken of."""


@scenario(
    id="memory/1M-x-30",
    question="What is the peak of reading, training on, testing and registering a window of 1M rows, in windows?",
    ours="growth of the peak resident set, one process",
    peer="the window: rows × features × 8 bytes",
    unit="bytes",
    goal=2.5,
    better="lower",
    pairs=3,
    warm_up=False,
)
def large_window() -> Pair:
    """A store of twenty ticks, in a folder that goes with this process."""
    _need_proc()
    folder = tempfile.TemporaryDirectory()
    home = Path(folder.name)
    _child("fill", home)
    return Pair(
        ours=lambda: float(_child("peak", home)["peak"]),
        peer=lambda: float(ROWS * FEATURES * 8),
        same=lambda: folder,
    )


@scenario(
    id="memory/1000-retrains",
    question="How much more memory does a service hold after 1,000 retrains than after 200?",
    ours="median resident set of the last cycles",
    peer="the same after a fifth of them",
    unit="bytes",
    goal=1.05,
    better="lower",
    pairs=1,
    warm_up=False,
)
def long_life() -> Pair:
    """One life, measured early and late."""
    _need_proc()
    return Pair(ours=lambda: _late(_life()["bytes"]), peer=lambda: _early(_life()["bytes"]), same=_nothing_piles_up)


@scenario(
    id="memory/cycle-at-1000",
    question="How much longer does a cycle take after 1,000 retrains than after 200?",
    ours="median processor time of the last cycles",
    peer="the same after a fifth of them",
    unit="seconds",
    goal=1.2,
    better="lower",
    pairs=1,
    warm_up=False,
)
def late_cycle() -> Pair:
    """The same life as that of the memory."""
    return Pair(ours=lambda: _late(_life()["seconds"]), peer=lambda: _early(_life()["seconds"]))


def _late(values: list[float]) -> float:
    return median(values[-SPAN:])


def _early(values: list[float]) -> float:
    return median(values[EARLY - SPAN : EARLY])


def _nothing_piles_up() -> None:
    """Open files are no more at the end than early on; threads are no more than the pools of the libraries hold."""
    life = _life()
    assert _late(life["files"]) <= _early(life["files"]) + 8, (_early(life["files"]), _late(life["files"]))
    assert _late(life["threads"]) <= max(_early(life["threads"]) + 8, POOLS), _late(life["threads"])


@cache
def _life() -> dict[str, list[float]]:
    """Each cycle's figures; one life within the hour serves both scenarios."""
    kept = Path(__file__).parents[2] / ".bench" / f"life-{RETRAINS}.json"
    if kept.exists() and time.time() - kept.stat().st_mtime < 3600:
        again: dict[str, list[float]] = json.loads(kept.read_text(encoding="utf-8"))
        return again
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, list[float]] = _child("live", Path(folder))
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(told), encoding="utf-8")
    return told


def _child(what: str, home: Path) -> dict[str, list[float]]:
    """Run one of the functions below in a fresh process and read what it prints last."""
    ran = subprocess.run(
        [sys.executable, __file__, what, str(home)],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_WAIT_POLICY": "passive"},
        cwd=Path(__file__).parents[2],
    )
    answer: dict[str, list[float]] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def _need_proc() -> None:
    if not Path("/proc/self/status").exists():
        raise NoPeer("resident sets are read from /proc, which this system does not have")


def _status(key: str) -> int:
    """A line of /proc/self/status, in bytes where it is in kB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    said = next(line for line in lines if line.startswith(f"{key}:")).split()
    return int(said[1]) * (1024 if said[-1] == "kB" else 1)


def fill(home: Path) -> dict[str, int]:
    """A store of 1M labelled rows with 30 numeric features in twenty ticks."""
    import numpy as np
    import pandas as pd

    from halflife.models.rows import LABEL, ROW_ID, Batch, Column, Kind, Schema, Split
    from halflife.monitoring.adapters.delta_store import DeltaStore

    schema = Schema(tuple(Column(f"x{j:02d}", Kind.NUMERIC) for j in range(FEATURES)))
    store = DeltaStore(home / "store", Split())
    for tick in range(TICKS):
        rng = np.random.default_rng(tick)
        values = rng.normal(size=(ROWS // TICKS, FEATURES)).round(4)
        ids = pd.Series([f"{tick:05d}-{i:05d}" for i in range(len(values))], dtype="str")
        odds = values[:, 0] + values[:, 1] * values[:, 2]
        label = (rng.random(len(values)) < 1 / (1 + np.exp(-odds))).astype(float)
        rows = pd.DataFrame(values, columns=list(schema.names))
        rows.insert(0, ROW_ID, ids)
        store.append(Batch(tick, rows, pd.DataFrame({ROW_ID: ids, LABEL: label})), schema)
    return {"ticks": store.last_tick + 1}


def peak(home: Path) -> dict[str, int]:
    """From the store to a registered version; the model is small, because trees take time and next to no memory."""
    import lightgbm  # noqa: F401 - imported before the measure begins
    import mlflow.lightgbm  # noqa: F401 - as above

    from halflife.models.recipe import Recipe
    from halflife.models.rows import Split
    from halflife.monitoring.adapters.delta_store import DeltaStore
    from halflife.monitoring.adapters.folder_shadows import FolderShadows
    from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
    from halflife.monitoring.adapters.sql_ledger import SqlLedger
    from halflife.monitoring.context import cached
    from halflife.monitoring.steps.retrain_version import retrain

    with tempfile.TemporaryDirectory() as scratch:
        registry = MlflowRegistry.at(Path(scratch), "bench")
        registry.warm()
        service = cached(
            home=Path(scratch),
            policy=_policy(window=TICKS, recipe=Recipe(trees=20, threads=1)),
            feed=None,  # type: ignore[arg-type] # nothing is ingested
            store=DeltaStore(home / "store", Split()),
            registry=registry,
            ledger=SqlLedger(f"sqlite:///{scratch}/ledger.db"),
            reporter=None,  # type: ignore[arg-type] # nothing is watched
            channels={},
            shadows=FolderShadows(home / "shadows"),
        )
        before = _status("VmRSS")
        retrain(service, TICKS - 1)
        return {"peak": _status("VmHWM") - before}


def live(home: Path) -> dict[str, list[float]]:
    """So many cycles; after each one: resident bytes, its processor seconds, open files, threads."""
    from halflife.models.recipe import Recipe
    from halflife.models.rows import Split
    from halflife.models.world.generator import World
    from halflife.models.world.scenarios import scenario as named
    from halflife.monitoring.adapters.delta_store import DeltaStore
    from halflife.monitoring.adapters.folder_shadows import FolderShadows
    from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
    from halflife.monitoring.adapters.sql_ledger import SqlLedger
    from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
    from halflife.monitoring.context import cached
    from halflife.monitoring.steps.ingest_ticks import ingest
    from halflife.monitoring.steps.investigate_version import investigate
    from halflife.monitoring.steps.recheck_findings import recheck
    from halflife.monitoring.steps.report_version import report
    from halflife.monitoring.steps.retrain_version import retrain

    service = cached(
        home=home,
        policy=_policy(window=4, recipe=Recipe(trees=10, leaves=7, threads=1)),
        feed=SyntheticFeed(World(named("shortcut"), seed=1, rows_per_tick=500)),
        store=DeltaStore(home / "store", Split()),
        registry=MlflowRegistry.at(home, "bench"),
        ledger=SqlLedger(f"sqlite:///{home / 'ledger.db'}"),
        reporter=None,  # type: ignore[arg-type] # nothing is watched
        channels={},
        shadows=FolderShadows(home / "shadows"),
    )
    told: dict[str, list[float]] = {"bytes": [], "seconds": [], "files": [], "threads": []}
    for tick in range(3, 3 + RETRAINS):
        began = time.process_time()
        ingest(service, tick)
        version = retrain(service, tick)
        recheck(service, version)
        investigate(service, version)
        report(service, version)
        told["seconds"].append(time.process_time() - began)
        told["bytes"].append(float(_status("VmRSS")))
        told["files"].append(float(sum(1 for _ in Path("/proc/self/fd").iterdir())))
        told["threads"].append(float(_status("Threads")))
    return told


def _policy(**chosen: object) -> object:
    """Plain values; what is not chosen is small."""
    from halflife.testing.policies import small_policy

    small: dict[str, object] = {
        "name": "bench",
        "seed": 1,
        "every": 1,
        "on_drift": False,
        "margin": 0.0,
        "watch_every": 1_000_000,
        "watch_window": 1,
        "evidence_rows": 2000,
        "level": 0.9,
        "replicates": 100,
        "attributions": 3,
        "errors": 3,
        "gaps": 2,
        "segments": (),
        "follow": 5,
    }
    return small_policy(**{**small, **chosen})


if __name__ == "__main__":
    print(json.dumps({"fill": fill, "peak": peak, "live": live}[sys.argv[1]](Path(sys.argv[2]))))
