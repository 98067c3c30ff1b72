"""Which training rows a model treats like a case: the share of its trees in which both end in the same leaf."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.learner.model import Model
from halflife.models.rows import ROW_ID, Array, Mask, row_hash

MOST = 100_000
"""Rows looked at; of more, those with the smallest hash of id."""

BLOCK = 8192
"""Rows whose leaves are held at a time."""

Leaves = npt.NDArray[np.int32]
"""The leaf each row ends in, shape (n, trees)."""


def kernel(a: Leaves, b: Leaves) -> Array:
    """κ(x, x′): the share of trees in which two rows end in the same leaf, shape (m, n), in [0, 1].

    Similarity in the model's eyes, not influence: a row far from κ = 1 may still have shaped the trees.

    Args:
        a: leaves of m rows, shape (m, trees).
        b: leaves of n rows, shape (n, trees).

    Source: Breiman, "Random forests", Machine Learning 45, 2001 (proximity); Scornet, IEEE Transactions on Information
    Theory 62, 2016 (as a kernel).

    >>> kernel(np.array([[0, 1, 2, 3]]), np.array([[0, 1, 2, 9], [0, 1, 2, 3]]))
    array([[0.75, 1.  ]])
    """
    return np.stack([(b == row).mean(axis=1) for row in a]) if len(a) else np.empty((0, len(b)))


def similarity(model: Model, row: Array, rows: pd.DataFrame, threads: int = 0) -> Array:
    """κ of one encoded row, shape (p,), with each canonical row, shape (n,). The leaves of a block are held at a time."""
    case = model.leaves(row[None], threads)
    found = np.empty(len(rows))
    for block in _blocks(len(rows)):
        found[block] = kernel(case, model.leaves(model.matrix(rows.iloc[block]), threads))[0]
    return found


def nearest(similar: Array, ids: npt.NDArray[np.object_], most: int) -> npt.NDArray[np.intp]:
    """Positions of the most similar rows, the most similar first, equal ones by id.

    >>> nearest(np.array([0.2, 0.9, 0.9]), np.array(["a", "c", "b"], dtype=object), 2)
    array([2, 1])
    """
    return np.lexsort((ids, -similar))[:most]


def sample(rows: pd.DataFrame, mask: Mask, most: int = MOST) -> pd.DataFrame:
    """The rows of a mask, shape (n,), or of more than ``most`` those with the smallest hash of id.

    Any two windows choose alike. No more than ``most`` rows are copied.
    """
    at = np.flatnonzero(mask)
    if len(at) > most:
        hashes = row_hash(rows[ROW_ID].iloc[at])
        at = at[np.sort(np.argpartition(hashes, most)[:most])]
    return rows.iloc[at].reset_index(drop=True)


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))
