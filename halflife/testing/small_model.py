"""A small fitted model and rows it has not seen, for tests that want something to measure."""

from functools import cache

import lightgbm as lgb
import numpy as np
import pandas as pd

from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, ROW_ID, TICK, Column, Kind, Schema
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass

SCHEMA = Schema(
    (
        Column("duration", Kind.NUMERIC),
        Column("emp.var.rate", Kind.NUMERIC),
        Column("sex", Kind.CATEGORICAL),
        Column("job", Kind.CATEGORICAL),
    )
)
"""Two numbers, one with a dotted name, and two texts."""
CATEGORIES = {"sex": ("F", "M"), "job": ("cook", "student")}


def small_rows(n: int, seed: int, *, first: int = 41000) -> pd.DataFrame:
    """Labelled canonical rows in which duration and sex matter, with some values missing.

    Args:
        n: rows.
        seed: of their values.
        first: id of the first; the others count on from there.

    >>> small_rows(2, seed=1)["_id"].tolist()
    ['41000', '41001']
    """
    rng = np.random.default_rng(seed)
    duration, rate = rng.normal(size=n), rng.normal(size=n)
    sex, job = rng.choice(["F", "M"], n), rng.choice(["cook", "student"], n)
    p = 1 / (1 + np.exp(-(1.5 * duration + 0.8 * (sex == "F") + 0.3 * rate - 0.5)))
    frame = pd.DataFrame({ROW_ID: [str(first + k) for k in range(n)], TICK: 0})
    frame[LABEL] = (rng.random(n) < p).astype(float)
    frame["duration"], frame["emp.var.rate"] = np.where(rng.random(n) < 0.05, np.nan, duration), rate
    frame["sex"], frame["job"] = pd.Series(sex, dtype="str"), pd.Series(job, dtype="str").where(rng.random(n) > 0.05)
    return frame


@cache
def small_model() -> Model:
    """Thirty small trees on 600 rows."""
    train = small_rows(600, seed=0, first=0)
    data = lgb.Dataset(encode(train, SCHEMA, CATEGORIES), train[LABEL], feature_name=["a", "b", "c", "d"])
    settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1, "deterministic": True}
    booster = lgb.train(settings, data, num_boost_round=30)
    return Model(booster.model_to_string(), SCHEMA, CATEGORIES, Uncalibrated("a test"), 0.5)


def small_pass(**sets: pd.DataFrame) -> ModelPass:
    """The small model over named sets of rows; over 400 rows it has not seen, called ``evidence``, when none is given."""
    return ModelPass(small_model(), Evidence(sets or {"evidence": small_rows(400, seed=1)}))
