"""Versions of a world that stands still, drawn many times: what retraining and fresh evidence do to θ by chance.

A version's sampling error is the mean of what its ticks contribute, so windows that share ticks share error: its
correlation between two versions is |A ∩ B|/√(|A| |B|), for windows that slide by a fixed step that of a triangle. Other
seeds are drawn anew for each version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.domain import Version
from halflife.models.rows import Array

POOL, SLICE = 2_048, 128
"""Paths drawn, and how many of them one finding meets; findings meet different ones."""
SEED = 20_250_103


@dataclass(frozen=True)
class Paths:
    """Standard normal errors of V versions on `POOL` paths.

    Attributes:
        column: version's number -> its row in the arrays.
        sampling: of the rows a version is trained on or tested with, shape (V, paths).
        seed: of what is drawn anew each time, shape (V, paths).
    """

    column: dict[int, int]
    sampling: Array
    seed: Array


def paths(versions: Sequence[Version]) -> Paths:
    """Draw them; the same for the same windows.

    >>> from halflife.models.domain import Role
    >>> def slid(number, first):
    ...     return Version(number, first, first + 3, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 9)
    >>> drawn = paths([slid(1, 0), slid(2, 1), slid(3, 4)]).sampling
    >>> np.abs(np.corrcoef(drawn).round(1)).tolist()
    [[1.0, 0.8, 0.0], [0.8, 1.0, 0.2], [0.0, 0.2, 1.0]]
    """
    first = np.array([v.first for v in versions])
    last = np.array([v.last + 1 for v in versions])
    edges = np.unique(np.concatenate([first, last]))
    rng = np.random.Generator(np.random.Philox(key=[SEED, 0]))
    steps = rng.standard_normal((len(edges) - 1, POOL)) * np.sqrt(np.diff(edges))[:, None]
    walked = np.concatenate([np.zeros((1, POOL)), np.cumsum(steps, axis=0)])
    span = walked[np.searchsorted(edges, last)] - walked[np.searchsorted(edges, first)]
    return Paths(
        {v.number: i for i, v in enumerate(versions)},
        span / np.sqrt(last - first)[:, None],
        rng.standard_normal((len(versions), POOL)),
    )
