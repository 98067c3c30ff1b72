"""A column as it is looked at without any model: its codes, what is missing, which values are frequent."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.rows import Array, Mask
from halflife.monitoring.investigator.column_signal import PRIOR, auc, binned, signals

MOST_VALUES = 50
"""Frequent values of a column that are looked at, the most frequent first."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One column.

    Attributes:
        name: of the column.
        numbers: its values, or the codes of its words in the order of the alphabet; NaN for missing; shape (n,).
        words: what the codes stand for; empty for numbers.
    """

    name: str
    numbers: Array
    words: tuple[str, ...] = ()

    @property
    def missing(self) -> Mask:
        return np.isnan(self.numbers)

    def of(self, rows: Mask) -> "Cells":
        """The same column of fewer rows."""
        return Cells(self.name, self.numbers[rows], self.words)

    def frequent(self, least: int) -> Array:
        """Values that at least so many rows have, the most frequent first."""
        values, sizes = np.unique(self.numbers[~self.missing], return_counts=True)
        order = np.argsort(-sizes, kind="stable")[:MOST_VALUES]
        return np.asarray(values[order][sizes[order] >= least])

    def equal(self, value: float) -> Mask:
        return np.asarray(self.numbers == value)

    def binned(self, bins: int) -> npt.NDArray[np.intp]:
        """The bin of each row, shape (n,): 0 for missing; quantiles of numbers, the most frequent words and all others."""
        found = np.zeros(len(self.numbers), dtype=np.intp)
        if self.words:
            for k, value in enumerate(self.frequent(1)[: bins - 1], start=1):
                found[self.equal(value)] = k
            found[~self.missing & (found == 0)] = bins
            return found
        return binned(self.numbers, bins)

    def word(self, value: float) -> str:
        """A value as a sentence quotes it."""
        return repr(self.words[int(value)]) if self.words else f"{value:g}"

    def signal(self, truth: Array) -> float:
        """AUC of the column alone, in [½, 1]: `signals`, or of words the cross-fitted rate of each."""
        whole = float(signals(self.numbers[:, None], truth)[0])
        return max(whole, self._by_word(truth)) if self.words else whole

    def _by_word(self, truth: Array) -> float:
        code = np.where(self.missing, len(self.words), self.numbers).astype(np.intp)
        fold = np.arange(len(code)) // 4 % 2
        cell, room = code * 2 + fold, 2 * (len(self.words) + 1)
        ones, size = np.bincount(cell, weights=truth, minlength=room), np.bincount(cell, minlength=room)
        rates = (ones + PRIOR * truth.mean()) / (size + PRIOR)
        return float(auc(rates[cell ^ 1][:, None], truth)[0])


def cells(column: "pd.Series[Any]") -> Cells:
    """A column as it came: numbers where all that is there reads as one, else words; blank text is missing.

    >>> cells(pd.Series(["3", "", None, "1.5"], name="x")).numbers
    array([3. , nan, nan, 1.5])
    >>> cells(pd.Series(["b", " ", "a"], name="x")).words
    ('a', 'b')
    """
    name = str(column.name)
    if pd.api.types.is_numeric_dtype(column):
        return Cells(name, _finite(column.to_numpy(dtype=float, na_value=np.nan)))
    there = column.notna() & (column.astype(str).str.strip() != "")
    numbers: Array = np.full(len(column), np.nan)
    texts = column[there].astype(str)
    read = pd.to_numeric(texts, errors="coerce")
    if len(texts) and read.notna().all():
        numbers[there.to_numpy()] = read.to_numpy(dtype=float)
        return Cells(name, _finite(numbers))
    codes, words = pd.factorize(texts, sort=True)
    numbers[there.to_numpy()] = codes
    return Cells(name, numbers, tuple(map(str, words)))


def _finite(numbers: npt.NDArray[Any]) -> Array:
    return np.where(np.isfinite(numbers), numbers, np.nan)
