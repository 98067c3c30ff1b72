"""Which tick may hold an id: an index of hashes, sixteen bytes a row, so that no tick has to read all before it."""

import numpy as np
import numpy.typing as npt

from models.rows import row_hash


class Seen:
    """Hashes of ids with the tick they came in, sorted by hash.

    A hash may stand for two ids, so the answer is where to look, and the table there decides.

    >>> seen = Seen()
    >>> seen.add(["a", "b"], 0)
    >>> seen.add(["c"], 1)
    >>> seen.ticks(["b", "c", "z"]).tolist()
    [0, 1]
    """

    def __init__(self) -> None:
        self._hashes = np.empty(0, dtype=np.uint64)
        self._ticks = np.empty(0, dtype=np.int64)

    def add(self, ids: npt.ArrayLike, ticks: npt.ArrayLike) -> None:
        """Remember ids, shape (n,), of these ticks, shape (n,) or one for all."""
        hashes = row_hash(ids)
        at = np.broadcast_to(np.asarray(ticks, dtype=np.int64), hashes.shape)
        order = np.argsort(hashes)
        places = np.searchsorted(self._hashes, hashes[order])
        self._hashes = np.insert(self._hashes, places, hashes[order])
        self._ticks = np.insert(self._ticks, places, at[order])

    def ticks(self, ids: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The ticks in which any of these ids may have come, sorted, without repeats."""
        hashes = row_hash(ids)
        left, right = (np.searchsorted(self._hashes, hashes, side=side) for side in ("left", "right"))
        counts = right - left
        starts = np.repeat(left - np.cumsum(counts) + counts, counts)
        return np.unique(self._ticks[starts + np.arange(counts.sum())])
