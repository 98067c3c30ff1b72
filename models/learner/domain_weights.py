"""Old rows weighed so that their inputs look like the new ones'."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from halflife.models.learner.calibrate import Temperature
from halflife.models.learner.model import encode
from halflife.models.learner.seeding import uniform
from halflife.models.rows import Array, Rows, Schema, row_hash, units

FOLDS = 3
LARGEST = 10.0
"""No row weighs more than so many average ones."""
LEARNT = 20_000
"""Rows a side, those of the smallest hash, that the classifier learns from at most; all are weighed."""
PARAMETERS = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.1,
    "lambda_l2": 10.0,
    "feature_fraction": 0.8,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
ROUNDS = 60


@dataclass(frozen=True)
class DomainWeights:
    """How the rows of a source are weighed towards a target.

    Attributes:
        weights: shape (n,), mean 1.
        effective: rows they are worth: (Σw)² / Σw², Kish.
        auc: with which rows never learnt from are told apart: 0.5 where inputs did not move.
    """

    weights: Array
    effective: float
    auc: float


def domain_weights(source: pd.DataFrame, target: pd.DataFrame, schema: Schema, *, seed: int) -> DomainWeights:
    """Weights under which the inputs of ``source`` are distributed as those of ``target``, as far as can be told.

    A small classifier tells target from source; the odds it gives a row, over the odds of any row, estimate the ratio of
    the two densities there. Each row is told by trees that learnt from other rows only, rows of one entity staying
    together, and the log-odds are shrunk by one factor fitted on these: without a shift little is left of them. Weights
    are cut off at 10 times the mean and brought back to mean 1.

    Args:
        source: canonical rows to be weighed, shape (n,); labels play no part.
        target: canonical rows.
        schema: the inputs.
        seed: of the classifier and its folds.

    Source: Bickel, Brückner, Scheffer, "Discriminative learning for differing training and test distributions", ICML
    2007 (density ratios from a classifier); Kish, "Survey Sampling", 1965 (effective rows).
    """
    from sklearn.metrics import roc_auc_score

    n, m = len(source), len(target)
    if not n or not m:
        return DomainWeights(np.ones(n), float(n), 0.5)
    both = pd.concat([source, target], ignore_index=True)
    new = np.repeat([0.0, 1.0], [n, m])
    raw = _told_apart(both, new, schema, seed)
    shrunk = Temperature.fit(raw + np.log(m / n), new)
    ratio = np.exp(shrunk.scale * (raw[:n] - raw[:n].max()))
    weights = _cut(ratio / ratio.mean())
    return DomainWeights(weights, float(weights.sum() ** 2 / (weights**2).sum()), float(roc_auc_score(new, raw)))


def _told_apart(both: pd.DataFrame, new: Array, schema: Schema, seed: int) -> Array:
    """Log-odds of being new, over those of any row, each by trees that learnt from other folds, shape (n + m,)."""
    import lightgbm as lgb  # it takes a second to load, which only training needs

    place = uniform(row_hash(units(both)), seed)
    fold = np.floor(place * FOLDS).astype(int)
    categories = {name: tuple(sorted(both[name].dropna().unique())) for name in schema.categorical}
    matrix = encode(both, schema, categories)
    categorical = [j for j, column in enumerate(schema.columns) if column.name in categories]
    parameters = {**PARAMETERS, "seed": seed}
    data = lgb.Dataset(matrix, new, categorical_feature=categorical, params=parameters).construct()
    raw = np.empty(len(both))
    for k in range(FOLDS):
        learnt, told = _learnt(np.flatnonzero(fold != k), new, place), np.flatnonzero(fold == k)
        if len(np.unique(new[learnt])) < 2:
            raw[told] = 0.0
            continue
        fewest = max(20, len(learnt) // 100)
        booster = lgb.train({**parameters, "min_data_in_leaf": fewest}, data.subset(learnt.tolist()), ROUNDS)
        base = np.log(new[learnt].sum() / (1.0 - new[learnt]).sum())
        raw[told] = np.asarray(booster.predict(matrix[told], raw_score=True, num_threads=1)) - base
    return raw


def _learnt(rows: Rows, new: Array, place: Array) -> Rows:
    """At most `LEARNT` rows of each side, ascending."""
    kept = [side[np.argsort(place[side], kind="stable")[:LEARNT]] for side in (rows[new[rows] == v] for v in (0, 1))]
    return np.sort(np.concatenate(kept))


def _cut(weights: Array) -> Array:
    """Weights of mean 1 none of which is above `LARGEST`: what is cut off is shared out among the others."""
    for _ in range(20):
        weights = np.minimum(weights, LARGEST)
        weights = weights / weights.mean()
        if weights.max() <= LARGEST * (1.0 + 1e-9):
            break
    return weights
