"""The rows claims are tested on: several named sets as one table of unique rows, with shared bootstrap weights."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import poisson

from models.rows import LABEL, ROW_ID, Array, Mask, row_hash
from monitoring.claims import predicates

Rows = npt.NDArray[np.intp]
"""Positions in the union."""

Weights = npt.NDArray[np.float32]

_STREAM = 0x68616C666C696665
"""Keeps these draws apart from others made of the same ids."""

_BLOCK = 4096
"""Rows hashed at a time, to bound memory."""


class Evidence:
    """The union of named row sets, each row once, whatever number of sets or models look at it.

    Attributes:
        frame: canonical rows, unique by id. A row that came without its label in one set and with it in another has
            it; if two sets know different labels, the one named last is right.
        index: set -> positions of its rows in ``frame``, in the set's order.

    >>> old = pd.DataFrame({"_id": ["a", "b"], "_tick": 0, "_label": [1.0, np.nan], "age": [30.0, 31.0]})
    >>> new = pd.DataFrame({"_id": ["b", "c"], "_tick": 0, "_label": [0.0, 1.0], "age": [31.0, 32.0]})
    >>> evidence = Evidence({"old": old, "new": new})
    >>> evidence.frame["_label"].tolist(), evidence.index["new"]
    ([1.0, 0.0, 1.0], array([1, 2]))
    """

    def __init__(self, sets: Mapping[str, pd.DataFrame]) -> None:
        every = pd.concat([rows for rows in sets.values() if len(rows)] or list(sets.values())[:1], ignore_index=True)
        self.frame: pd.DataFrame = every.drop_duplicates(ROW_ID, ignore_index=True)
        self._ids = pd.Index(self.frame[ROW_ID])
        self.frame[LABEL] = every.groupby(ROW_ID, sort=False)[LABEL].last().reindex(self._ids).to_numpy(dtype=float)
        self.index: Mapping[str, Rows] = {name: self._ids.get_indexer(rows[ROW_ID]) for name, rows in sets.items()}
        self._masks: dict[str, Mask] = {}
        self._counts: dict[int, npt.NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def label(self) -> Array:
        """1, 0, or NaN while unknown, shape (n,)."""
        return self.frame[LABEL].to_numpy(dtype=float)

    def mask(self, where: str) -> Mask:
        """The rows of the union for which a predicate is true, shape (n,). Raises ClaimError."""
        if where not in self._masks:
            self._masks[where] = predicates.mask(where, self.frame)
        return self._masks[where]

    def find(self, rows: str, case: str) -> Rows:
        """Where the case is, if it is in the set ``rows``: shape (1,), else (0,)."""
        index = self.index[rows]
        found: Rows = index[index == self._ids.get_indexer([case])[0]]
        return found[:1]

    def weights(self, replicates: int, rows: Rows | None = None) -> Weights:
        """Poisson bootstrap weights of rows of the union (default: all), shape (B, n), each with mean and variance 1.

        A weight is a function of the row's id and the replicate's number alone. A row therefore weighs the same in
        every set, for every claim, on every version and on every machine, and differences between them are paired.

        Source: Chamandy, Muralidharan, Najmi, Naidu, "Estimating uncertainty for massive data streams", 2012.
        """
        if replicates not in self._counts:
            self._counts[replicates] = poisson_counts(row_hash(self.frame[ROW_ID]), replicates)
        counts = self._counts[replicates]
        return (counts if rows is None else counts[rows]).astype(np.float32).T


def poisson_counts(keys: npt.NDArray[np.uint64], replicates: int) -> npt.NDArray[np.uint8]:
    """Poisson(1) draws from a counter, shape (n, B): the draw of (key, replicate) depends on nothing else.

    One 64-bit hash (the splitmix64 finaliser of Steele, Lea, Flood, OOPSLA 2014) serves four replicates, 16 bits each,
    through the inverse distribution function.

    >>> keys = np.arange(3, dtype=np.uint64)
    >>> (poisson_counts(keys, 8)[:, :5] == poisson_counts(keys, 5)).all()
    np.True_
    """
    steps = np.arange(1, -(-replicates // 4) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    starts = _mix(keys ^ np.uint64(_STREAM))[:, None]
    counts = np.empty((len(keys), replicates), dtype=np.uint8)
    for top in range(0, len(keys), _BLOCK):
        hashes = _mix(starts[top : top + _BLOCK] + steps)
        lanes = hashes.astype("<u8").view("<u2")
        counts[top : top + _BLOCK] = _inverse_poisson()[lanes[:, :replicates]]
    return counts


def _mix(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@cache
def _inverse_poisson() -> npt.NDArray[np.uint8]:
    uniform = (np.arange(1 << 16) + 0.5) / (1 << 16)
    return np.asarray(poisson(1).ppf(uniform), dtype=np.uint8)
