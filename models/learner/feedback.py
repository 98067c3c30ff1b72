"""Undoing what decisions did to the labels: each labelled row stands for as many as were blocked beside it."""

from dataclasses import dataclass

import numpy as np

from halflife.models.errors import UsageError
from halflife.models.rows import LABEL, PROPENSITY, Array, Part, Window

CLIPPED = 50.0
"""The most rows that one may stand for: an exploration of 2 %. Rarer rows count for less than they should, and a handful
of them does not decide the fit."""


@dataclass(frozen=True)
class InversePropensity:
    """What the labelled rows of a window weigh so that together they look as if every label had arrived.

    Attributes:
        weights: of every row of the window, shape (n,): 1 over its propensity, at most `CLIPPED`; 1 without a label.
        effective: as how many equal rows the weighted training rows count: (Σw)² / Σw².
        clipped: share of the labelled training rows whose weight was cut down.
    """

    weights: Array
    effective: float
    clipped: float


def inverse_propensity(window: Window) -> InversePropensity:
    """Weights 1/π by the logged propensities, for ``fit(..., weights=...)``.

    Source: Horvitz, Thompson, JASA 1952 (1/π); Kish, "Survey Sampling", 1965 (effective size).

    Raises:
        UsageError: the propensities do not identify anything; see `identified`.

    >>> import pandas as pd
    >>> from halflife.models.rows import Split
    >>> rows = pd.DataFrame({"_id": ["a", "b"], "_label": [0.0, 1.0], "_propensity": [1.0, 0.05]})
    >>> inverse_propensity(Window(0, 0, "", rows, Split())).weights
    array([ 1., 20.])
    """
    if why := identified(window):
        raise UsageError(why)
    propensity = window.rows[PROPENSITY].to_numpy(dtype=float)
    labelled = window.rows[LABEL].notna().to_numpy()
    weights = np.ones(len(propensity))
    weights[labelled] = np.minimum(1.0 / propensity[labelled], CLIPPED)
    train = window.mask(Part.TRAIN)
    total = float((weights[train] ** 2).sum())
    effective = float(weights[train].sum()) ** 2 / total if total else 0.0
    cut = float(np.mean(propensity[train] < 1.0 / CLIPPED)) if train.any() else 0.0
    return InversePropensity(weights, effective, cut)


def selective(window: Window) -> bool:
    """Whether the propensities say that decisions kept labels from arriving."""
    return PROPENSITY in window.rows.columns and bool((window.rows[PROPENSITY] < 1).any())


def identified(window: Window) -> str:
    """Why the effect of the decisions cannot be told from these rows; empty when it can.

    >>> import pandas as pd
    >>> from halflife.models.rows import Split
    >>> identified(Window(0, 0, "", pd.DataFrame({"_id": ["a"], "_label": [0.0]}), Split()))
    'no propensities are logged, so nobody can tell which labels the decisions kept from arriving'
    """
    rows = window.rows
    if PROPENSITY not in rows.columns:
        return "no propensities are logged, so nobody can tell which labels the decisions kept from arriving"
    blocked = (rows[PROPENSITY] < 1).to_numpy()
    never = (rows[PROPENSITY] <= 0).to_numpy()
    if never.any():
        return (
            f"{int(never.sum()):,} of {len(rows):,} rows were blocked without exploration: no label of their kind ever "
            "arrives, whatever the weights"
        )
    if blocked.any() and not (window.mask(Part.TRAIN) & blocked).any():
        return (
            f"{int(blocked.sum()):,} of {len(rows):,} rows were blocked, and no training row among them was explored "
            "and has its label"
        )
    return ""
