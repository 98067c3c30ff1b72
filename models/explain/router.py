"""Raw scores and leaves of many rows, from a model's trees: what LightGBM's ``predict`` gives, bit for bit."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from halflife.models.errors import UsageError
from halflife.models.explain.forest import Forest
from halflife.models.explain.routing import Numbers, route, routes
from halflife.models.rows import Array

FEWEST = 4096
"""Rows below which a second thread is not worth its start."""


class Router:
    """Trees made ready to be followed. Where a row ends depends on the row alone.

    Args:
        forest: the trees.
    """

    def __init__(self, forest: Forest) -> None:
        self.forest, self.routes = forest, routes(forest)

    def raw(self, matrix: Array, threads: int = 1) -> Array:
        """The sum of the leaves' values in the order of the trees, shape (n,).

        Args:
            matrix: shape (n, p).
            threads: at least 1.

        Raises:
            UsageError: fewer columns than the trees ask for.
        """
        raw = np.zeros(len(matrix))
        self._route(matrix, threads, raw, np.empty((0, 0), dtype=np.int32))
        return raw

    def leaves(self, matrix: Array, threads: int = 1) -> Numbers:
        """The leaf of each tree, as LightGBM's ``pred_leaf`` counts it, shape (n, trees); arguments as for `raw`."""
        leaves = np.empty((len(matrix), self.forest.trees), dtype=np.int32)
        self._route(matrix, threads, np.empty(0), leaves)
        return leaves

    def _route(self, matrix: Array, threads: int, raw: Array, leaves: Numbers) -> None:
        asked = int(self.forest.feature.max(initial=-1)) + 1
        if matrix.ndim != 2 or matrix.shape[1] < asked:
            raise UsageError(f"the trees ask for {asked} features; the matrix has shape {matrix.shape}")
        rows = np.ascontiguousarray(matrix, dtype=float)
        threads = min(threads, max(1, len(rows) // FEWEST))
        parts = list(pairwise(np.linspace(0, len(rows), threads + 1).astype(int).tolist()))
        if threads == 1:
            route(self.forest, self.routes, rows, parts[0], raw, leaves)
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(route, self.forest, self.routes, rows, p, raw, leaves) for p in parts]:
                done.result()
