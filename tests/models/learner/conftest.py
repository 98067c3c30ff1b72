"""Windows of a small world whose inputs, categories and concept can be moved."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from halflife.models.rows import Column, Kind, Schema, Split, Window

MakeWindow = Callable[..., Window]


@pytest.fixture(scope="session")
def schema() -> Schema:
    """Three numbers, one of them seldom there, and a category."""
    numbers = [Column(name, Kind.NUMERIC) for name in ("x", "z", "seldom")]
    return Schema((*numbers, Column("job", Kind.CATEGORICAL)))


@pytest.fixture(scope="session")
def make_window() -> MakeWindow:
    """Ticks ``first`` to ``first + ticks - 1``; a tick's rows are the same in every window that holds it."""

    def tick(number: int, rows: int, jobs: tuple[str, ...], shift: float, effect: float) -> pd.DataFrame:
        rng = np.random.default_rng([number, rows])
        x, z = rng.normal(size=(2, rows)) + np.array([[shift], [0.0]])
        job = rng.choice(np.array([*jobs, None], dtype=object), rows)
        return pd.DataFrame(
            {
                "_id": [f"t{number}r{i}" for i in range(rows)],
                "_tick": np.int64(number),
                "_label": (rng.random(rows) < expit(effect * x + 2.0 * (job == "cook") - 1.0)).astype(float),
                "x": np.where(rng.random(rows) < 0.05, np.nan, x),
                "z": z,
                "seldom": np.where(rng.random(rows) < 0.9, np.nan, z),
                "job": pd.Series(job, dtype="str"),
            }
        )

    def make(
        first: int = 0,
        ticks: int = 4,
        rows: int = 500,
        *,
        jobs: tuple[str, ...] = ("cook", "clerk", "spy"),
        shift: float = 0.0,
        effect: float = 1.0,
    ) -> Window:
        """``shift`` moves x in the last tick, ``effect`` is what x does to the log-odds."""
        last = first + ticks - 1
        frames = [tick(t, rows, jobs, shift if t == last else 0.0, effect) for t in range(first, last + 1)]
        return Window(first, last, "1", pd.concat(frames, ignore_index=True), Split())

    return make
