"""Why a model says what it says: exact TreeSHAP attributions of the raw score, by the kernel of this package."""

import numpy as np

from halflife.models.explain.forest import Unreadable
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.models.threads import cores


def attributions(model: Model, matrix: Array, threads: int = 0, *, start: int = 0, base: Array | None = None) -> Array:
    """TreeSHAP values of every row and feature, on the log-odds scale before calibration.

    They add up: the sum over features differs from ``model.raw`` by one constant, the expected raw score, which is
    left out. A row's values depend on the row alone: not on the other rows of the call, nor on the threads.

    A model grown from another keeps its trees, so what those contributed need not be computed again: see
    `shared_trees`.

    Args:
        model: whose raw score is attributed.
        matrix: encoded features as ``model.matrix`` gives them, shape (n, p).
        threads: 0 for as many as the process may use.
        start: trees left out at the front.
        base: φ of those trees, shape (n, p), which is added; none unless given.

    Returns:
        φ, shape (n, p), features in the order of ``model.schema``.

    Raises:
        UsageError: linear trees or several trees an iteration; a matrix of another width.

    Source: Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
    Nature Machine Intelligence 2, 2020 (path-dependent TreeSHAP, as LightGBM's ``pred_contrib`` computes it). A text that
    is not read here (another version of the format) is left to ``pred_contrib``.
    """
    model.require_width(matrix)
    if len(matrix) == 0:
        return np.empty(matrix.shape)
    try:
        phi = model.explainer.attributions(matrix, threads or cores(), start)
    except Unreadable:
        phi = by_lightgbm(model, matrix, threads, start)
    return phi if base is None else phi + base


def by_lightgbm(model: Model, matrix: Array, threads: int = 0, start: int = 0) -> Array:
    """The same values as `attributions`, as LightGBM computes them; slower."""
    contributions = model.booster.predict(matrix, pred_contrib=True, num_threads=threads, start_iteration=start)
    return np.asarray(contributions, dtype=float)[:, :-1]


def shared_trees(old: Model, new: Model) -> int:
    """How many trees ``new`` has kept of ``old``: all of them, or 0, where nothing can be reused.

    Growing a model (``init_model``) leaves the trees it starts from as they are, so their texts are the same.
    """
    before, after = (model.text.partition("\nend of trees")[0].split("\nTree=")[1:] for model in (old, new))
    return len(before) if [t.strip() for t in before] == [t.strip() for t in after[: len(before)]] else 0
