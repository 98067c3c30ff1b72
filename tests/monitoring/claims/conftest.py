"""A small fitted model and its evidence, and a model whose truth is known."""

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, ROW_ID, TICK, Array, Column, Kind, Schema
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
CATEGORIES = {"sex": ("F", "M"), "job": ("cook", "student")}


def canonical(n: int, seed: int, *, first: int = 41000) -> pd.DataFrame:
    """Labelled canonical rows in which duration and sex matter, with some values missing."""
    rng = np.random.default_rng(seed)
    duration, rate = rng.normal(size=n), rng.normal(size=n)
    sex, job = rng.choice(["F", "M"], n), rng.choice(["cook", "student"], n)
    p = 1 / (1 + np.exp(-(1.5 * duration + 0.8 * (sex == "F") + 0.3 * rate - 0.5)))
    frame = pd.DataFrame({ROW_ID: [str(first + k) for k in range(n)], TICK: 0})
    frame[LABEL] = (rng.random(n) < p).astype(float)
    frame["duration"], frame["emp.var.rate"] = np.where(rng.random(n) < 0.05, np.nan, duration), rate
    frame["sex"], frame["job"] = pd.Series(sex, dtype="str"), pd.Series(job, dtype="str").where(rng.random(n) > 0.05)
    return frame


@pytest.fixture(scope="session")
def schema() -> Schema:
    """Two numbers, one with a dotted name, and two texts."""
    return SCHEMA


@pytest.fixture(scope="session")
def rows() -> Callable[..., pd.DataFrame]:
    """Makes canonical rows."""
    return canonical


@pytest.fixture(scope="session")
def model() -> Model:
    """Thirty small trees on 600 rows."""
    train = canonical(600, seed=0, first=0)
    data = lgb.Dataset(encode(train, SCHEMA, CATEGORIES), train[LABEL], feature_name=["a", "b", "c", "d"])
    settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1, "deterministic": True}
    booster = lgb.train(settings, data, num_boost_round=30)
    return Model(booster.model_to_string(), SCHEMA, CATEGORIES, Uncalibrated("a test"), 0.5)


@pytest.fixture
def sweep(model: Model) -> ModelPass:
    """The model over 400 rows it has not seen."""
    return ModelPass(model, Evidence({"evidence": canonical(400, seed=1)}))


@dataclass(frozen=True)
class Linear(Model):
    """A model that adds up its features, so that what it says of a population can be worked out."""

    def raw(self, matrix: Array, threads: int = 0) -> Array:
        """The sum of the features."""
        return np.asarray(matrix.sum(axis=1), dtype=float)


@pytest.fixture(scope="session")
def linear() -> Model:
    """A model whose raw score is the sum of two columns, ``x`` and ``z``."""
    return Linear("", Schema((Column("x", Kind.NUMERIC), Column("z", Kind.NUMERIC))), {}, Uncalibrated("a test"), 0.5)
