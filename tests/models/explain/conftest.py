"""Small models over canonical rows with missing values, zeros and categories, and the rows they were grown on."""

from collections.abc import Callable
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.calibrate import Temperature
from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, ROW_ID, TICK, Column, Kind, Schema

SCHEMA = Schema(
    (
        Column("duration", Kind.NUMERIC),
        Column("rate", Kind.NUMERIC),
        Column("month", Kind.CATEGORICAL),
        Column("job", Kind.CATEGORICAL),
        Column("flat", Kind.NUMERIC),
    )
)
MONTHS = ("apr", "aug", "dec", "jul", "jun", "mar", "may", "nov", "oct", "sep")
JOBS = ("clerk", "cook", "spy")


def rows(seed: int, n: int = 400, missing: float = 0.1) -> pd.DataFrame:
    """Labelled canonical rows; ``flat`` never changes, ``duration`` is often 0, everything else may be missing."""
    rng = np.random.default_rng(seed)
    gone = rng.random((4, n)) < missing
    duration, rate = np.floor(rng.exponential(80.0, n)) * (rng.random(n) > 0.2), rng.normal(size=n)
    month, job = rng.choice(MONTHS, n), rng.choice(JOBS, n)
    score = (
        duration / 80
        - 2
        + 2 * rate * (job == "spy")
        + 2 * (job == "cook")
        + np.isin(month, MONTHS[:4])
        + rng.normal(size=n) / 2
    )
    frame = pd.DataFrame({ROW_ID: [f"r{k}" for k in range(n)], TICK: 0, LABEL: (score > 0.3).astype(float)})
    frame["duration"], frame["rate"] = np.where(gone[0], np.nan, duration), np.where(gone[1], np.nan, rate)
    frame["month"], frame["job"] = pd.Series(month).where(~gone[2]), pd.Series(job).where(~gone[3])
    frame["flat"] = 7.0
    return frame


def grown(seed: int = 0, *, trees: int = 12, missing: float = 0.1, **settings: Any) -> tuple[Model, pd.DataFrame]:
    """A model of ``trees`` trees and the rows it was grown on; ``settings`` are LightGBM's."""
    frame = rows(seed, missing=missing)
    categories = {"month": MONTHS, "job": JOBS}
    defaults = {
        "objective": "binary",
        "num_leaves": 8,
        "min_data_in_leaf": 5,
        "cat_smooth": 1.0,
        "min_data_per_group": 5,
    }
    data = lgb.Dataset(
        encode(frame, SCHEMA, categories),
        frame[LABEL],
        categorical_feature=[2, 3],
        params={"verbosity": -1, "zero_as_missing": settings.get("zero_as_missing", False)},
    )
    quiet = {"num_threads": 1, "verbosity": -1, "deterministic": True, "seed": seed, "max_cat_to_onehot": 2}
    booster = lgb.train({**defaults, **quiet, **settings}, data, num_boost_round=trees)
    return Model(booster.model_to_string(), SCHEMA, categories, Temperature(scale=0.8, centre=0.1), 0.5), frame


@pytest.fixture(scope="session")
def grow() -> Callable[..., tuple[Model, pd.DataFrame]]:
    """Makes a model and its rows: ``grow(3, zero_as_missing=True)``."""
    return grown


@pytest.fixture(scope="session")
def canonical() -> Callable[..., pd.DataFrame]:
    """Makes rows a model was not grown on: ``canonical(5)``."""
    return rows
