"""How much of a difference between groups the model makes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.contrast import Contrast

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


def excess(view: View) -> Array:
    """Decision minus label, shape (n,): −1, 0 or 1."""
    return np.asarray(view.decision - view.label, dtype=float)


class Amplification(Contrast):
    """(model's rate gap) − (label's rate gap) between the rows where a predicate is true and all others, in [−2, 2].

    A rate gap is the share of ones on the slice minus that on the rest: of decisions for the model, of labels for the
    data. Above 0 the model favours the slice by more than its labels do; ``base_rate`` and ``gap`` tell the parts.

    Source: Zhao et al., "Men also like shopping: reducing gender bias amplification", EMNLP 2017; Welch, Biometrika 34,
    1947, and Hall, Journal of the Royal Statistical Society B 54, 1992 (the interval).
    """

    name = "amplification"
    description = "the gap in the model's positive rate between a slice and the rest, beyond the gap in the labels"
    example = "amplification(\"sex = 'F'\") < 0.1"
    untestable = "It is untestable with fewer than 30 labelled rows in the slice or outside it."
    quantity = excess
