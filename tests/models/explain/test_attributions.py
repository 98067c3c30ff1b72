"""TreeSHAP attributions."""

import lightgbm as lgb
import numpy as np
import pytest

from models.explain.attributions import attributions
from models.learner.calibrate import Uncalibrated
from models.learner.model import Model
from models.rows import Array, Column, Kind, Schema


@pytest.fixture(scope="module")
def fitted() -> tuple[Model, Array]:
    """A model of three numbers, the third of which is noise, and rows with missing values."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(400, 3))
    matrix[rng.random((400, 3)) < 0.05] = np.nan
    label = np.nan_to_num(matrix[:, 0]) + 0.5 * np.nan_to_num(matrix[:, 1]) > 0
    settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1}
    booster = lgb.train(settings, lgb.Dataset(matrix, label.astype(float)), num_boost_round=20)
    schema = Schema(tuple(Column(name, Kind.NUMERIC) for name in "abc"))
    return Model(booster.model_to_string(), schema, {}, Uncalibrated("a test"), 0.5), matrix


def test_attributions_add_up_to_the_raw_score(fitted: tuple[Model, Array]) -> None:
    """Local accuracy: the raw score minus the sum of a row's attributions is the same number for every row."""
    model, matrix = fitted
    rest = model.raw(matrix, threads=1) - attributions(model, matrix, threads=1).sum(axis=1)
    np.testing.assert_allclose(rest, rest[0], atol=1e-12)


def test_attributions_have_one_column_a_feature(fitted: tuple[Model, Array]) -> None:
    """The constant is left out, the columns follow the schema, and what matters more is attributed more."""
    model, matrix = fitted
    phi = attributions(model, matrix, threads=1)
    assert phi.shape == (400, 3)
    size = np.abs(phi).mean(axis=0)
    assert size[0] > size[1] > size[2]


def test_no_rows_have_no_attributions(fitted: tuple[Model, Array]) -> None:
    """LightGBM refuses an empty matrix; an empty segment is no error here."""
    model, matrix = fitted
    assert attributions(model, matrix[:0], threads=1).shape == (0, 3)
