"""Why a model says what it says: exact TreeSHAP attributions of the raw score. The one seam for a faster kernel."""

import numpy as np

from models.learner.model import Model
from models.rows import Array


def attributions(model: Model, matrix: Array, threads: int = 0) -> Array:
    """TreeSHAP values of every row and feature, on the log-odds scale before calibration.

    They add up: the sum over features differs from ``model.raw`` by one constant, the expected raw score, which is
    left out.

    Args:
        model: whose raw score is attributed.
        matrix: encoded features as ``model.matrix`` gives them, shape (n, p).
        threads: for LightGBM; 0 for its default. The values do not depend on it.

    Returns:
        φ, shape (n, p), features in the order of ``model.schema``.

    Source: Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
    Nature Machine Intelligence 2, 2020 (path-dependent TreeSHAP, as LightGBM's ``pred_contrib`` computes it).
    """
    if len(matrix) == 0:
        return np.empty((0, len(model.schema.columns)))
    contributions = model.booster.predict(matrix, pred_contrib=True, num_threads=threads)
    return np.asarray(contributions, dtype=float)[:, :-1]
