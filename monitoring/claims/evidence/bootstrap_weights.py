"""Bootstrap weights of rows, drawn from their ids alone."""

from functools import cache
from itertools import accumulate
from math import exp, factorial

import numpy as np
import numpy.typing as npt

_STREAM = 0x68616C666C696665
"""Keeps these draws apart from others made of the same ids."""

_BLOCK = 4096
"""Rows hashed at a time, to bound memory."""


def poisson_counts(keys: npt.NDArray[np.uint64], replicates: int) -> npt.NDArray[np.uint8]:
    """Poisson(1) draws from a counter, shape (n, B): the draw of (key, replicate) depends on nothing else.

    A row therefore weighs the same in every set, for every claim, on every version and on every machine, and
    differences between them are paired. One 64-bit hash (the splitmix64 finaliser of Steele, Lea, Flood, OOPSLA 2014)
    serves four replicates, 16 bits each, through the inverse distribution function.

    Source: Chamandy, Muralidharan, Najmi, Naidu, "Estimating uncertainty for massive data streams", 2012.

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
    below = list(accumulate(exp(-1) / factorial(k) for k in range(20)))
    return np.searchsorted(below, uniform).astype(np.uint8)
