"""The same distances from the values themselves, for columns whose bins no longer fit them."""

from typing import Any

import numpy as np
import pandas as pd

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.cells import FEW, Cells, category_cells, sturges
from halflife.monitoring.drift.sketches.column import Categories, sketch
from halflife.monitoring.drift.sketches.layout import Words
from halflife.monitoring.drift.sketches.numbers import SMALLEST_SPREAD


def kolmogorov_smirnov(reference: Array, current: Array) -> float:
    """As ``scipy.stats.ks_2samp``, shapes (n,) and (m,), without missing values.

    >>> kolmogorov_smirnov(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    _, difference = _differences(reference, current)
    return float(np.abs(difference).max())


def wasserstein(reference: Array, current: Array) -> float:
    """As ``scipy.stats.wasserstein_distance``, over the reference's standard deviation.

    >>> wasserstein(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    1.0
    """
    pooled, difference = _differences(reference, current)
    spread = max(float(reference.std()), SMALLEST_SPREAD)
    return float(np.abs(difference[:-1]) @ np.diff(pooled) / spread)


def number_cells(reference: Array, current: Array) -> Cells:
    """As ``cells.number_cells``, with exact shares."""
    values = np.unique(reference)
    if len(values) <= FEW:
        values = np.union1d(values, current)
        sides = [np.bincount(np.searchsorted(values, side), minlength=len(values)) for side in (reference, current)]
    else:
        lowest, highest = min(reference.min(), current.min()), max(reference.max(), current.max())
        cells = sturges(len(reference) + len(current), float(highest - lowest))
        sides = [np.histogram(side, cells, (lowest, highest))[0] for side in (reference, current)]
    before, now = sides[0] / len(reference), sides[1] / len(current)
    return Cells((before, before), (now, now), (np.empty(0), np.empty(0)), len(current))


def words_of(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> tuple[Categories, Categories]:
    """Both sides over bins of which every category has its own."""
    values = pd.concat([reference, current]).dropna().map(str)
    words = Words(tuple(sorted(values.unique())))
    before, now = sketch(reference, words), sketch(current, words)
    assert isinstance(before, Categories)
    assert isinstance(now, Categories)
    return before, now


def word_cells(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> Cells:
    """A cell a category."""
    return category_cells(*words_of(reference, current))


def _differences(reference: Array, current: Array) -> tuple[Array, Array]:
    """All values in order, and the difference of the distribution functions from each on."""
    before, now = np.sort(reference), np.sort(current)
    pooled = np.sort(np.concatenate([before, now]), kind="stable")
    shares = [np.searchsorted(side, pooled, side="right") / len(side) for side in (before, now)]
    return pooled, shares[0] - shares[1]
