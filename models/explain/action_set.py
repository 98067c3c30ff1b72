"""What could be changed about a case: for each feature the values that matter to the model, and what a change costs."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.explain.conditions import Value
from halflife.models.explain.decision_paths import thresholds, used
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Kind

SIGMA_OF_MAD, SIGMA_OF_IQR = 1.4826, 1 / 1.349
"""From the median absolute deviation and the interquartile range to a normal's standard deviation."""

CATEGORY_COST = 1.0
"""Of another category, whatever category."""
MISSING_COST = 1.0
"""Of a value where there was none, beside its distance from the median."""


@dataclass(frozen=True)
class ActionSet:
    """Single changes of one case, shape (k,) each.

    Attributes:
        feature: which column of the matrix.
        code: its new value as the trees see it.
        cost: in robust standard units of the training rows, increasing within a feature.
    """

    feature: npt.NDArray[np.intp]
    code: Array
    cost: Array


def action_set(model: Model, row: Array, train: pd.DataFrame, immutable: Collection[str] = ()) -> ActionSet:
    """Every single change of a case the model could tell apart, with values that occur in training.

    The model is constant between two neighbouring thresholds of a numeric feature, so of each such stretch the training
    value nearest to the case's is offered. Categories are offered all, the common ones first.

    Args:
        model: whose thresholds.
        row: the case, encoded, shape (p,).
        train: canonical training rows: where values, scales and frequencies come from.
        immutable: features that cannot be changed.
    """
    features, codes, costs = [np.empty(0, dtype=np.intp)], [np.empty(0)], [np.empty(0)]
    bounds, told = thresholds(model), used(model)
    for j, column in enumerate(model.schema.columns):
        if column.name in immutable or column.name not in told:
            continue
        if column.kind is Kind.CATEGORICAL:
            code, cost = _categories(train[column.name], model.categories[column.name], row[j])
        else:
            code, cost = _stretches(train[column.name].to_numpy(dtype=float), bounds[j], row[j])
        features.append(np.full(len(code), j))
        codes.append(code)
        costs.append(cost)
    return ActionSet(np.concatenate(features), np.concatenate(codes), np.concatenate(costs))


def scale(values: Array) -> float:
    """A robust standard deviation: of the MAD; where that is 0 of the interquartile range; then the plain one.

    Args:
        values: without NaN, shape (n,).

    Returns:
        In the values' unit; 0 when they are all equal, or none.

    >>> scale(np.array([1.0, 2.0, 3.0, 4.0, 1000.0])), round(scale(np.array([0.0, 0.0, 0.0, 3.0])), 2)
    (1.4826, 0.56)
    """
    if not values.size:
        return 0.0
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    mad = SIGMA_OF_MAD * float(np.median(np.abs(values - middle)))
    return mad or float(high - low) * SIGMA_OF_IQR or float(values.std())


def decode(model: Model, feature: int, code: float) -> Value:
    """A value of the matrix as it was before encoding; None for NaN."""
    if np.isnan(code):
        return None
    column = model.schema.columns[feature]
    return float(code) if column.kind is Kind.NUMERIC else model.categories[column.name][int(code)]


def _stretches(values: Array, bounds: Array, now: float) -> tuple[Array, Array]:
    """Of each stretch between thresholds but the case's own, the training value nearest to it, and its cost."""
    values = values[~np.isnan(values)]
    unit = scale(values)
    if unit == 0 or not bounds.size:
        return np.empty(0), np.empty(0)
    start = float(np.median(values)) if np.isnan(now) else now
    values = np.unique(values)
    distance = np.abs(values - start)
    order = np.lexsort((values, distance))
    stretch = np.searchsorted(bounds, values[order], side="left")
    _, first = np.unique(stretch, return_index=True)
    if not np.isnan(now):
        first = first[stretch[first] != np.searchsorted(bounds, now, side="left")]
    keep = order[np.sort(first)]
    return values[keep], distance[keep] / unit + (MISSING_COST if np.isnan(now) else 0.0)


def _categories(values: pd.Series, categories: tuple[str, ...], now: float) -> tuple[Array, Array]:
    counts = values.value_counts().reindex(list(categories), fill_value=0).to_numpy()
    order = np.argsort(-counts, kind="stable")
    code = order[(counts[order] > 0) & (order != now)].astype(float)
    return code, np.full(len(code), CATEGORY_COST)
