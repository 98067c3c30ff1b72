"""Training beside a busy neighbour, with threads that sleep while they wait and with threads that spin."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from harness import Pair, scenario

PATIENCE = 60.0
"""Seconds after which a fit that spins is given up; that time then counts as its own."""
FIT = """
import time
import numpy as np
{entry}
import lightgbm as lgb
rng = np.random.default_rng(1)
matrix = rng.normal(size=(50_000, 30))
label = (matrix[:, :5].sum(axis=1) + rng.logistic(size=50_000) > 0).astype(float)
settings = {{"objective": "binary", "num_threads": 2, "verbosity": -1, "deterministic": True, "force_row_wise": True}}
began = time.perf_counter()
model = lgb.train(settings, lgb.Dataset(matrix, label=label), num_boost_round=200)
print(time.perf_counter() - began)
"""
BUSY = "while True: pass"


@scenario(
    id="threads/busy-neighbour",
    question="How much sooner does a fit on two threads end beside a process that keeps a core busy?",
    ours="LightGBM after `import halflife.models`, 50,000 rows × 30 features, 200 trees",
    peer=f"LightGBM alone, given up after {PATIENCE:g} s",
    goal=3.0,
    pairs=3,
    warm_up=False,
)
def busy_neighbour() -> Pair:
    """On two cores, as the measured trap was."""
    return Pair(ours=lambda: _beside("import halflife.models"), peer=lambda: _beside(""))


@scenario(
    id="threads/idle",
    question="What does sleeping cost a fit on two threads when nobody else wants the cores?",
    ours="LightGBM after `import halflife.models`, 50,000 rows × 30 features, 200 trees",
    peer="LightGBM alone",
    goal=1.2,
    better="lower",
)
def idle() -> Pair:
    """The price of the policy."""
    return Pair(ours=lambda: _fit("import halflife.models"), peer=lambda: _fit(""))


def _beside(entry: str) -> float:
    with _neighbours(max(1, len(os.sched_getaffinity(0)) - 1)):
        return _fit(entry)


@contextmanager
def _neighbours(busy: int) -> Iterator[None]:
    """Processes that never rest, one fewer than there are cores."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(busy)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def _fit(entry: str) -> float:
    """Seconds of one fit in a process of its own, which nobody told how to wait but ``entry``."""
    free = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    try:
        ran = subprocess.run(
            [sys.executable, "-c", FIT.format(entry=entry)],
            env=free,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return PATIENCE
    return float(ran.stdout)
