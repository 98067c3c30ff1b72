"""A window becomes a model: trees on the training rows, calibration on the calibration rows, by the recipe."""

from halflife.models.learner.model import Model
from halflife.models.learner.trainer import Trainer
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import Recipe
from halflife.models.rows import Array, Schema, Window


def fit(
    window: Window,
    schema: Schema,
    recipe: Recipe,
    seed: int,
    *,
    weights: Array | None = None,
    before: WarmStart | None = None,
) -> Model:
    """Train one model; the same arguments give the same text, on any number of threads.

    Args:
        window: only its labelled rows of `Part.TRAIN` reach the trees and those of `Part.CALIBRATION` the calibration.
        schema: the features; columns the window has beyond them are ignored.
        recipe: ``threads`` decides how fast, never what.
        seed: of row and feature sampling, 0 to 2³¹ − 1; without sampling it changes nothing.
        weights: of every row of the window, shape (n,), at least 0, for trees and calibration; a row of weight 0 is left
            out. None for all 1, which gives the same trees.
        before: the version before, for recipes that go on from it; None for the first version.

    Raises:
        NotTrainable: too few labelled training rows for two leaves, or only one label among them.
        ConfigError: the recipe names an unknown calibration or strategy.

    >>> import numpy as np
    >>> import pandas as pd
    >>> from halflife.models.rows import Column, Kind, Split
    >>> n = 400
    >>> rows = pd.DataFrame({"_id": [str(i) for i in range(n)], "_tick": 0, "_label": np.arange(n) % 2.0,
    ...                      "x": np.arange(n) % 2.0})
    >>> window = Window(first=0, last=0, source="1", rows=rows, split=Split())
    >>> model = fit(window, Schema((Column("x", Kind.NUMERIC),)), Recipe(trees=5, threads=1), seed=1)
    >>> low, high = model.probability(pd.DataFrame({"x": [0.0, 1.0]}))
    >>> bool(low < 0.5 < high)
    True
    """
    return Trainer(window, schema, recipe, seed, before).train(seed, weights, alone=True)
