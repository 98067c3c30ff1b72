"""``python -m halflife.models.explain``: compile what scores and explains now, so that the first model does both at once."""

import lightgbm
import numpy as np

from halflife.models.explain.explainer import Explainer
from halflife.models.explain.forest import read
from halflife.models.explain.router import Router


def main() -> None:
    """Explain and score by a model of one split; machine code is kept where `compiled` says."""
    rows = np.arange(100.0)[:, None]
    data = lightgbm.Dataset(rows, rows[:, 0] > 50)
    booster = lightgbm.train({"objective": "binary", "num_leaves": 2, "verbose": -1, "num_threads": 1}, data, 1)
    forest = read(booster.model_to_string())
    Explainer(forest, 1).attributions(rows)
    Router(forest).raw(rows)


if __name__ == "__main__":
    main()
