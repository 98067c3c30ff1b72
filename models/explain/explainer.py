"""A model made ready to be explained, and the loops over rows, trees and threads around the kernel."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from halflife.models.explain.forest import ZERO, Forest
from halflife.models.explain.kernel import ROWS, Rule, Tables, explain, tabulate
from halflife.models.explain.leaf_grouping import group
from halflife.models.rows import Array

ENTRIES = 1 << 20
"""Table entries held at a time: 8 MB, which a processor's cache can keep; a single tree may need more."""

CELLS = 1 << 22
"""Matrix cells explained at a time, so that the room needed does not grow with the rows."""

FEWEST = 256
"""Rows below which a second thread is not worth its start."""

Calls = Iterable[Callable[[], None]]


class Explainer:
    """Grouped trees. What they say of a row depends on the row alone: not on the other rows, nor on the threads.

    Args:
        forest: the trees.
        features: columns of a matrix.
    """

    def __init__(self, forest: Forest, features: int) -> None:
        self.forest, self.features = forest, features
        self.groups = group(forest, features)
        self.rule = quadrature(int(self.groups.points.max(initial=1)))
        self.start = np.concatenate([[0], np.cumsum(self.groups.size)])

    def attributions(self, matrix: Array, threads: int = 1, first: int = 0) -> Array:
        """What trees ``first`` and later contribute to each feature, shape (n, p).

        Args:
            matrix: shape (n, p).
            threads: at least 1.
            first: trees left out at the front.
        """
        phi = np.empty(matrix.shape)
        threads = threads if len(matrix) >= FEWEST else 1
        step = max(ROWS, CELLS // max(1, self.features) // ROWS * ROWS)
        if threads == 1:
            for low in range(0, len(matrix), step):
                phi[low : low + step] = self._block(matrix[low : low + step], first, 1, _in_turn)
            return phi
        with ThreadPoolExecutor(threads) as pool:
            for low in range(0, len(matrix), step):
                block = matrix[low : low + step]
                phi[low : low + step] = self._block(block, first, threads, partial(_together, pool))
        return phi

    def _block(self, matrix: Array, first: int, threads: int, run: Callable[[Calls], None]) -> Array:
        """`attributions` of rows that are held twice, with tables for some trees at a time that all threads share."""
        columns = np.array(matrix.T, dtype=float, order="C")
        columns[np.abs(columns) <= ZERO] = 0.0
        phi = np.zeros(columns.shape)
        parts = _parts(len(matrix), threads)
        ends = self.groups.group_end
        for trees in self._chunks(first):
            low, high = int(ends[trees[0]]), int(ends[trees[1]])
            tables = Tables(low, self.start, np.empty(self.start[high] - self.start[low]))
            fills = np.searchsorted(self.start[low:high], np.linspace(self.start[low], self.start[high], threads + 1))
            groups = pairwise((low + fills).tolist())
            run(partial(tabulate, self.groups, self.rule, a, b, tables) for a, b in groups)
            run(partial(explain, self.forest, self.groups, self.rule, tables, trees, columns, p, phi) for p in parts)
        return phi.T

    def _chunks(self, first: int) -> Iterator[tuple[int, int]]:
        """Runs of trees whose tables fit into `ENTRIES` together, or single trees."""
        starts = self.start[self.groups.group_end]
        while first < self.forest.trees:
            last = int(np.searchsorted(starts, starts[first] + ENTRIES, side="right")) - 1
            last = min(max(last, first + 1), self.forest.trees)
            yield first, last
            first = last


@lru_cache(maxsize=8)
def quadrature(points: int) -> Rule:
    """Gauss-Legendre rules on (0, 1) of 1 to ``points`` points, one after the other.

    >>> quadrature(2).nodes.round(4), quadrature(2).weights
    (array([0.5   , 0.2113, 0.7887]), array([1. , 0.5, 0.5]))
    """
    rules = [np.polynomial.legendre.leggauss(k) for k in range(1, points + 1)]
    nodes, weights = (np.concatenate(parts) for parts in zip(*rules, strict=True))
    return Rule((nodes + 1.0) / 2.0, weights / 2.0)


def _parts(n: int, threads: int) -> list[tuple[int, int]]:
    """Rows 0 to n - 1 in stretches: one for one thread, else three a thread, so that a thread held up is helped out."""
    edges = np.linspace(0, n, 1 + (1 if threads == 1 else 3 * threads)).astype(int).tolist()
    return list(pairwise(edges))


def _in_turn(calls: Calls) -> None:
    for call in calls:
        call()


def _together(pool: ThreadPoolExecutor, calls: Calls) -> None:
    for running in [pool.submit(call) for call in calls]:
        running.result()
