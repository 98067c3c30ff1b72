"""Models LightGBM trained, with every kind of split it knows."""

import lightgbm as lgb
import numpy as np

from halflife.models.learner.model import Model
from halflife.models.rows import Array
from tests.models.explain.random_forest import model_of

TRAINED = {
    "categorical": {"min_data_per_group": 5, "cat_smooth": 1.0},
    "one-hot": {"max_cat_to_onehot": 40},
    "zero as missing": {"zero_as_missing": True},
    "no missing type": {"use_missing": False},
    "random forest": {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    "dart": {"boosting": "dart"},
    "deep": {"num_leaves": 200, "min_data_in_leaf": 1},
    "weights": {"min_sum_hessian_in_leaf": 0.0},
    "one leaf": {"min_data_in_leaf": 10_000},
}


def rows(rng: np.random.Generator) -> Array:
    """Six columns: three numbers with missing values, mostly zeros, a category, and a constant."""
    matrix = rng.normal(size=(500, 6))
    matrix[:, 3] *= rng.random(500) < 0.2
    matrix[:, 4] = rng.integers(0, 40, 500)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    matrix[:, 5] = 1.0
    return matrix


def trained(matrix: Array, parameters: dict[str, object], rounds: int = 12, **more: object) -> lgb.Booster:
    """A model of a label that hangs on all columns but the constant one; rows weigh up to 1,000 times more than others."""
    x = np.nan_to_num(matrix)
    label = (x[:, 0] + x[:, 1] * x[:, 2] + 2 * x[:, 3] + (x[:, 4] % 3 == 0) > 0.4).astype(float)
    weight = (
        10.0 ** (3 * np.random.default_rng(1).random(len(label))) if "min_sum_hessian_in_leaf" in parameters else None
    )
    data = lgb.Dataset(matrix, label, weight=weight, categorical_feature=[4], params={"verbosity": -1})
    fixed = {"objective": "binary", "num_threads": 1, "verbosity": -1, "num_leaves": 15}
    return lgb.train(fixed | parameters, data, num_boost_round=rounds, **more)


def model(booster: lgb.Booster) -> Model:
    """The model of a booster's text."""
    return model_of(booster.model_to_string(), booster.num_feature())
