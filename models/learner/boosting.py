"""LightGBM's parameters for a recipe, and its model text, by a data set that is ready."""

import re
from typing import TYPE_CHECKING, Any

from halflife.models.recipe import Recipe

if TYPE_CHECKING:
    import lightgbm as lgb


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


def grown(data: "lgb.Dataset", training: dict[str, Any], trees: int) -> str:
    """The text of ``trees`` new trees; those of an initial score are not in it.

    Args:
        data: with labels, and weights and initial scores where there are any.
        training: as `parameters` gives them.
        trees: at most so many: LightGBM stops where no split is left.
    """
    import lightgbm as lgb  # it takes a second to load, which only training needs

    return canonical(lgb.train(training, data, num_boost_round=trees).model_to_string())


def canonical(text: str) -> str:
    """The text without the thread count, the only one of its parameters that says how it was made, not what it is."""
    return re.sub(r"(?m)^\[num_threads: \d+\]$", "[num_threads: 0]", text)
