"""A window becomes a model: trees on the training rows, calibration on the calibration rows, by the recipe."""

import re
from typing import Any

import numpy as np
import pandas as pd

from models.errors import NotTrainable
from models.learner.calibrate import calibrate, known
from models.learner.model import Model, encode
from models.learner.training_set import training_set
from models.recipe import Recipe
from models.rows import LABEL, Array, Part, Schema, Window


def fit(window: Window, schema: Schema, recipe: Recipe, seed: int) -> Model:
    """Train one model; the same window, schema, recipe and seed give the same text, on any number of threads.

    Args:
        window: only its labelled rows of `Part.TRAIN` reach the trees and those of `Part.CALIBRATION` the calibration.
        schema: the features; columns the window has beyond them are ignored.
        recipe: ``threads`` decides how fast, never what.
        seed: of row and feature sampling, 0 to 2³¹ − 1; without sampling it changes nothing.

    Raises:
        NotTrainable: too few labelled training rows for two leaves, or only one label among them.
        ConfigError: the recipe names an unknown calibration.

    >>> from models.rows import Column, Kind, Split
    >>> n = 400
    >>> rows = pd.DataFrame({"_id": [str(i) for i in range(n)], "_tick": 0, "_label": np.arange(n) % 2.0,
    ...                      "x": np.arange(n) % 2.0})
    >>> window = Window(first=0, last=0, source="1", rows=rows, split=Split())
    >>> model = fit(window, Schema((Column("x", Kind.NUMERIC),)), Recipe(trees=5, threads=1), seed=1)
    >>> low, high = model.probability(pd.DataFrame({"x": [0.0, 1.0]}))
    >>> bool(low < 0.5 < high)
    True
    """
    known(recipe.calibration)
    train, held = (np.flatnonzero(window.mask(part)) for part in (Part.TRAIN, Part.CALIBRATION))
    label = window.rows[LABEL].to_numpy(dtype=float)
    _require_labels(label[train], window, recipe)
    categories = {name: _categories(window.rows[name].iloc[train]) for name in schema.categorical}
    import lightgbm as lgb  # it takes a second to load, which only training needs

    dataset = training_set(window.rows, schema, categories, train, seed).set_label(label[train])
    booster = lgb.train(parameters(recipe, seed), dataset, num_boost_round=recipe.trees)
    # The text ends with the parameters it was made by; the thread count is the only one that says how, not what.
    text = re.sub(r"(?m)^\[num_threads: \d+\]$", "[num_threads: 0]", booster.model_to_string())

    raw = np.zeros(0)
    if len(held):
        matrix = encode(window.rows, schema, categories, held)
        raw = np.asarray(booster.predict(matrix, raw_score=True, num_threads=recipe.threads))
    calibration = calibrate(recipe.calibration, raw, label[held])
    return Model(text, schema, categories, calibration, recipe.threshold)


def parameters(recipe: Recipe, seed: int) -> dict[str, Any]:
    """LightGBM's parameters for a recipe.

    ``deterministic`` with ``force_row_wise`` makes sums independent of threads and of LightGBM's own timing trials, at
    no measurable cost. Sampling is drawn anew for every tree.

    >>> parameters(Recipe(leaves=7), seed=3)["num_leaves"], parameters(Recipe(), seed=3)["seed"]
    (7, 3)
    """
    return {
        "objective": "binary",
        "num_leaves": recipe.leaves,
        "learning_rate": recipe.learning_rate,
        "min_data_in_leaf": recipe.min_rows_per_leaf,
        "bagging_fraction": recipe.row_sampling,
        "bagging_freq": 1,
        "feature_fraction": recipe.feature_sampling,
        "lambda_l2": recipe.l2,
        "seed": seed,
        "num_threads": recipe.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _categories(column: pd.Series) -> tuple[str, ...]:
    """The categories met in training, sorted; missing is not one of them."""
    return tuple(sorted(column.dropna().unique()))


def _require_labels(label: Array, window: Window, recipe: Recipe) -> None:
    """Raise NotTrainable, with the counts and what to do, unless these labels can teach anything."""
    rows, positive = len(label), int(label.sum())
    where = f"ticks {window.first} to {window.last}"
    unlabelled = window.count(Part.TRAIN, labelled=False) - rows
    fewest = 2 * recipe.min_rows_per_leaf
    if rows < fewest:
        raise NotTrainable(
            f"{where} have {rows:,} labelled training rows, and two leaves of {recipe.min_rows_per_leaf} need {fewest:,};"
            f" {unlabelled:,} more rows wait for their label. Wait for labels or widen the window"
        )
    if positive in (0, rows):
        raise NotTrainable(
            f"all {rows:,} labelled training rows of {where} have label {int(positive > 0)}, and a model needs both;"
            f" {unlabelled:,} more rows wait for their label. Wait for labels or widen the window"
        )
