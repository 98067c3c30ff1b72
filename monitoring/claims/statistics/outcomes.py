"""What became of each labelled row: the quantities that metrics are sums of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


def positive(view: View) -> Array:
    """1 where the label is 1."""
    return np.asarray(view.label == 1, dtype=float)


def negative(view: View) -> Array:
    """1 where the label is 0."""
    return np.asarray(view.label == 0, dtype=float)


def decided(view: View) -> Array:
    """1 where the model decides for class 1."""
    return np.asarray(view.decision, dtype=float)


def true_positive(view: View) -> Array:
    """1 where the model decides for class 1, rightly."""
    return np.asarray(view.decision & (view.label == 1), dtype=float)


def false_positive(view: View) -> Array:
    """1 where the model decides for class 1, wrongly."""
    return np.asarray(view.decision & (view.label == 0), dtype=float)


def correct(view: View) -> Array:
    """1 where the decision is the label."""
    return np.asarray(view.decision == (view.label == 1), dtype=float)


def squared_error(view: View) -> Array:
    """(p − y)², shape (n,)."""
    return np.asarray((view.probability - view.label) ** 2, dtype=float)


def row_loss(view: View) -> Array:
    """−log of the probability given to what happened, shape (n,), in nats."""
    return loss(view.probability, view.label)


def loss(probability: Array, label: Array) -> Array:
    """−log of the probability given to what happened, shape (n,), in nats."""
    from scipy.special import xlogy

    return np.asarray(-(xlogy(label, probability) + xlogy(1 - label, 1 - probability)), dtype=float)
