"""Intervals of scores from blocks of versions: one drift refutes many findings at once, so findings are no sample."""

from collections.abc import Callable

import numpy as np

from halflife.models.domain import Interval
from halflife.models.rows import Array, Rows
from halflife.monitoring.survival.block_bootstrap import FEWEST, length, numbered, weights

REPLICATES = 1_000


class Blocks:
    """Forecasts in blocks of consecutive versions, weighed whole, as `halflife.monitoring.survival.block_bootstrap` weighs lives.

    With fewer than `FEWEST` blocks an interval is as wide as can be.

    Args:
        version: of each forecast, shape (n,).
        alpha: error a side.
    """

    def __init__(self, version: Rows, alpha: float) -> None:
        numbers, code = np.unique(version, return_inverse=True)
        self.versions, self.alpha = len(numbers), alpha
        self.of: Rows = numbered(code, 0, length(len(numbers)))
        self.count = int(self.of.max(initial=-1)) + 1
        self._draws = weights(self.count, REPLICATES, 0)

    def function(self, columns: Array, value: Callable[[Array], Array]) -> Interval:
        """A function of sums over forecasts, with its interval.

        Args:
            columns: what each forecast adds, shape (n, m).
            value: of sums, shape (..., m) -> (...).
        """
        sums = np.column_stack([np.bincount(self.of, column, self.count) for column in columns.T])
        return self._interval(float(value(sums.sum(axis=0))), value(self._draws @ sums))

    def ratio(self, above: Array, below: Array) -> Interval:
        """Σ above / Σ below, each of shape (n,)."""
        return self.function(np.column_stack([above, below]), _ratio)

    def skill(self, error: Array, reference: Array) -> Interval:
        """1 − Σ error / Σ reference, each of shape (n,)."""
        return self.function(np.column_stack([error, reference]), lambda sums: 1 - _ratio(sums))

    def auroc(self, said: Array, event: Array, rows: Rows | None = None) -> Interval | None:
        """Area under the ROC curve, ties counted half; None where all ended alike.

        Args:
            said: forecasts, shape (m,).
            event: 1 and 0, shape (m,).
            rows: which of the n forecasts they are, shape (m,); all unless given.

        Source: Hanley and McNeil, Radiology 143, 1982 (the area as a Mann-Whitney statistic).
        """
        of = self.of if rows is None else self.of[rows]
        if not 0 < event.sum() < len(event):
            return None
        refuted = np.array([((of == b) & (event == 1)).sum() for b in range(self.count)], dtype=float)
        spared = np.array([((of == b) & (event == 0)).sum() for b in range(self.count)], dtype=float)
        # wins[a, b]: pairs of a refuted finding of block a and a spared one of block b in the right order.
        positives, place = said[event == 1], of[event == 1]
        wins = np.zeros((self.count, self.count))
        for b in range(self.count):
            other = np.sort(said[(event == 0) & (of == b)])
            below = np.searchsorted(other, positives, "left") + np.searchsorted(other, positives, "right")
            wins[:, b] = np.bincount(place, below / 2, self.count)
        whole = float(wins.sum() / (refuted.sum() * spared.sum()))
        with np.errstate(divide="ignore", invalid="ignore"):
            won = np.einsum("ra,ab,rb->r", self._draws, wins, self._draws, optimize=True)
            area = won / ((self._draws @ refuted) * (self._draws @ spared))
        found = self._interval(whole, area)
        return Interval(whole, max(found.lower, 0.0), min(found.upper, 1.0))

    def _interval(self, estimate: float, draws: Array) -> Interval:
        draws = draws[np.isfinite(draws)]
        if self.count < FEWEST or not len(draws):
            return Interval(estimate, -np.inf, np.inf)
        low, high = np.quantile(draws, [self.alpha, 1 - self.alpha]).tolist()
        return Interval(estimate, min(low, estimate), max(high, estimate))


def _ratio(sums: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])
