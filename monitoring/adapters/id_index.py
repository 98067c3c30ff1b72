"""Which tick may hold an id: an index of hashes, so that no tick has to read all before it.

The newest hashes are in memory, the others in files that are looked into and let go, so that what a process holds does
not grow with the store. The files are derived: what is missing or damaged is made again from the table.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib.format import open_memmap

from halflife.models.rows import Ids, blocks, row_hash
from halflife.monitoring.whole_files import replacing

SPILL = 1 << 17
"""Hashes kept in memory, with their ticks 2 MB, before they are written to a file."""
NAME = re.compile(r"(\d+)-(\d+)\.npy")

Entries = npt.NDArray[np.uint64]
"""Hashes, ascending, over the ticks they came in, shape (2, n)."""


class IdIndex:
    """Hashes of ids with the tick they came in.

    A hash may stand for two ids, so the answer is where to look, and the table there decides.

    Args:
        folder: where the files are, or will be.
        last: of the table; files that know later ticks are of another table and are passed over.

    Attributes:
        last: the last tick that is indexed; -1 when none is.

    >>> from tempfile import mkdtemp
    >>> seen = IdIndex(Path(mkdtemp()), last=-1)
    >>> seen.add(["a", "b"], 0, last=0)
    >>> seen.add(["c"], 1, last=1)
    >>> seen.ticks(["b", "c", "z"]).tolist(), seen.last
    ([0, 1], 1)
    """

    def __init__(self, folder: Path, last: int) -> None:
        self.folder = folder
        self._files = _chain(folder, last)
        self.last = max((ends for _, ends in self._files.values()), default=-1)
        self._newest: Entries = np.empty((2, 0), dtype=np.uint64)

    def add(self, ids: Ids, ticks: npt.ArrayLike, last: int) -> None:
        """Remember the ids of the ticks after `last`.

        Args:
            ids: shape (n,).
            ticks: in which they came, shape (n,) or one for all.
            last: the tick up to which all is indexed now.
        """
        hashes = row_hash(ids)
        at = np.broadcast_to(np.asarray(ticks, dtype=np.uint64), hashes.shape)
        order = np.argsort(hashes)
        places = np.searchsorted(self._newest[0], hashes[order])
        self._newest = np.insert(self._newest, places, np.stack([hashes[order], at[order]]), axis=1)
        self.last = last
        if self._newest.shape[1] >= SPILL:
            self._spill()

    def ticks(self, ids: Ids) -> npt.NDArray[np.int64]:
        """The ticks in which any of these ids may have come, sorted, without repeats."""
        hashes = np.sort(row_hash(ids))  # in order, so that a file is read from one end to the other
        found = [np.empty(0, dtype=np.uint64)]
        for known, at in self._entries():
            for block in blocks(len(hashes)):
                left, right = (np.searchsorted(known, hashes[block], side=side) for side in ("left", "right"))
                counts = right - left
                starts = np.repeat(left - np.cumsum(counts) + counts, counts)
                found.append(np.unique(at[starts + np.arange(counts.sum())]))
        return np.unique(np.concatenate(found)).astype(np.int64)

    def _entries(self) -> Iterator[Entries]:
        yield self._newest
        for path in self._files:
            yield open_memmap(path, mode="r")

    def _spill(self) -> None:
        """Move what is in memory to a file, whole or not at all."""
        first = 1 + max((ends for _, ends in self._files.values()), default=-1)
        path = self.folder / f"{first}-{self.last}.npy"
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(path, synced=True) as draft, draft.open("xb") as file:
            np.save(file, self._newest, allow_pickle=False)
        self._files[path] = first, self.last
        self._newest = np.empty((2, 0), dtype=np.uint64)


def _chain(folder: Path, last: int) -> dict[Path, tuple[int, int]]:
    """The files that together hold ticks 0 to some tick without a gap -> first and last tick of each."""
    known: dict[int, tuple[int, Path]] = {}
    for path in folder.glob("*.npy"):
        match = NAME.fullmatch(path.name)
        if match is not None and int(match[2]) <= last and _whole(path):
            known[int(match[1])] = max(known.get(int(match[1]), (-1, path)), (int(match[2]), path))
    chain: dict[Path, tuple[int, int]] = {}
    first = 0
    while first in known:
        ends, path = known[first]
        chain[path] = first, ends
        first = ends + 1
    return chain


def _whole(path: Path) -> bool:
    try:
        entries = open_memmap(path, mode="r")
    except (OSError, ValueError):
        return False
    return entries.ndim == 2 and len(entries) == 2 and entries.dtype == np.uint64
