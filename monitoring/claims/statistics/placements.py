"""Who outranks whom: placements, whose means are the area under the ROC curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array, Mask, Rows
from halflife.monitoring.claims.statistics.base import MIN_OF_CLASS, ratio, require

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


def auc_columns(view: View, where: str = "") -> Array:
    """V₁₀, 1 over positives, V₀₁ − AUC, 1 over negatives, shape (n, 4); all 0 for a row of the other class.

    Args:
        view: labelled rows.
        where: how they are named when they are too few; not at all when empty.

    Raises:
        EvidenceTooSmall: too few of a class.
    """
    positive = view.label == 1
    m, n = int(positive.sum()), int((~positive).sum())
    among = f" where {where}" if where else ""
    require(m, MIN_OF_CLASS, f"positives{among}")
    require(n, MIN_OF_CLASS, f"negatives{among}")
    placement = _placements(view.standing, positive, m, n)
    auc = placement[positive].mean()
    return np.column_stack([placement * positive, positive, (placement - auc) * ~positive, ~positive])


def auc_of(sums: Array) -> Array:
    """The area from sums of those columns, shape (..., 4) -> (...)."""
    return ratio(sums, 0, 1) + ratio(sums, 2, 3)


def _placements(standing: Rows, positive: Mask, m: int, n: int) -> Array:
    """Share of the other class that each row outranks (a positive) or is outranked by (a negative), shape (m + n,).

    Counted by rank, so nothing is sorted; those of the same rank count half.

    Args:
        standing: ranks from 0, equal for equal scores; not all need occur.
        positive: m rows; the other n are negative.
        m: positives.
        n: negatives.
    """
    ranks = int(standing.max()) + 1
    positives = np.bincount(standing[positive], minlength=ranks)
    negatives = np.bincount(standing, minlength=ranks) - positives
    outranked = np.cumsum(negatives) - negatives / 2
    outranking = np.cumsum(positives) - positives / 2
    shares = np.concatenate([1 - outranking / m, outranked / n])
    return np.asarray(shares[standing + ranks * positive])
