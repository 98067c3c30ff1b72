"""How far the model's probabilities are from the frequencies of what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import MIN_OF_CLASS, SetStatistic, require
from halflife.monitoring.claims.statistics.rounding import beyond_rounding
from halflife.monitoring.claims.syntax.arguments import WHERE, Arguments

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View

BINS = 10


class CalibrationError(SetStatistic):
    """√Σ_b (n_b/n)·(ȳ_b − p̄_b)² over ten bins of equal mass by probability, without what noise adds; 0 is perfect.

    A bin's squared gap is on average too large by the variance of its mean, s_b²/n_b, which is taken off; where more
    than all would be taken off θ is 0. In probability units. The interval treats the sum as a multiple of a non-central
    χ² variable, for which resampling squares would be biased.

    Source: Kumar, Liang, Ma, "Verified uncertainty calibration", NeurIPS 2019 (the debiased estimate of the ℓ₂ error).
    """

    name = "calibration_error"
    description = "root mean squared distance of probabilities from frequencies over ten bins, without noise's part"
    example = "calibration_error() < 0.08"
    untestable = "It is untestable with fewer than 100 labelled rows, ten a bin."
    arguments = (WHERE,)
    needs_labels = True

    def columns(self, view: View, arguments: Arguments) -> Array:
        require(len(view), BINS * MIN_OF_CLASS, "labelled rows")
        p, miss = view.probability, view.label - view.probability
        edges = np.quantile(p, np.linspace(0, 1, BINS + 1)[1:-1])
        mine = np.searchsorted(edges, p, side="left")[:, None] == np.arange(BINS)
        return np.hstack([mine, mine * miss[:, None], mine * np.square(miss)[:, None]]).astype(float)

    def value(self, sums: Array) -> Array:
        found, noise, _ = _parts(sums)
        return np.sqrt(np.maximum(found - noise, 0))

    def interval(self, sums: Array, alpha: float) -> Array:
        from halflife.monitoring.claims.statistics.closed_forms import root_of_squares

        return root_of_squares(*_parts(sums), alpha)


def _parts(sums: Array) -> tuple[Array, Array, Array]:
    """Σ of squared gaps weighted by rows, what noise adds to it, and that noise's variance."""
    rows, miss, squares = np.split(sums, 3, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(rows > 1, beyond_rounding(squares - miss**2 / rows, squares, rows) / (rows - 1), 0.0)
        gaps = np.where(rows > 0, miss**2 / rows, 0.0)
        total = rows.sum(axis=-1)
        return gaps.sum(axis=-1) / total, variance.sum(axis=-1) / total, 2 * (variance**2).sum(axis=-1) / total**2
