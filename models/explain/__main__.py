"""``python -m models.explain``: compile the attribution kernel now, so that the first model is explained at once."""

import lightgbm
import numpy as np

from models.explain.explainer import Explainer
from models.explain.forest import read


def main() -> None:
    """Explain a model of one split; machine code is kept where `compiled` says."""
    rows = np.arange(100.0)[:, None]
    data = lightgbm.Dataset(rows, rows[:, 0] > 50)
    booster = lightgbm.train({"objective": "binary", "num_leaves": 2, "verbose": -1, "num_threads": 1}, data, 1)
    Explainer(read(booster.model_to_string()), 1).attributions(rows)


if __name__ == "__main__":
    main()
