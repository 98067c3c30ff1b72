"""A beam search for slices: predicates and conjunctions of two in which a quantity is larger than elsewhere."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from halflife.models.rows import Array, Mask
from halflife.monitoring.investigator.candidates import Candidates, support

BEAM = 24
KEPT = 60
"""Slices compared with each other for overlap."""
BORROWED = 10.0
"""Rows' worth of the overall variance that the variance inside a slice starts from."""
OVERLAP = 0.4
"""Share of the smaller of two slices from which they are one."""
TOLD_APART = 0.9
"""A conjunction that keeps more than this of either part says nothing that part does not."""

Found: TypeAlias = tuple[tuple[int, ...], float, float]
"""Positions of predicates, excess and its error."""


@dataclass(frozen=True)
class Slice:
    """Some rows, and by how much they are above the rest.

    Attributes:
        where: the predicate.
        inside: its rows, shape (n,).
        excess: mean inside minus mean of all others.
        error: its standard error.
        shrunk: the excess, pulled towards 0 as far as the spread of all candidates says that such excesses are noise.
    """

    where: str
    inside: Mask
    excess: float
    error: float
    shrunk: float

    @property
    def coverage(self) -> float:
        """Share of the rows."""
        return float(self.inside.mean())

    @property
    def score(self) -> float:
        """What the slice adds to the mean over all rows, by the shrunk estimate."""
        return self.shrunk * self.coverage


def search(values: Array, among: Candidates, most: int) -> list[Slice]:
    """The slices in which ``values`` is larger than elsewhere, the one that adds most to the overall mean first.

    All predicates, and the most promising in conjunction with all others. A slice counts when its excess is more
    standard errors above 0 than the largest of so many noise slices would be, √(2 ln m). Of overlapping slices the one
    that stands out most clearly is kept.

    Args:
        values: of each row, shape (n,).
        among: predicates.
        most: slices to return.

    Source: Chung et al., "Slice Finder", ICDE 2019; Sagadeeva, Boehm, "SliceLine", SIGMOD 2021 (the search); Efron,
    Morris, JASA 70, 1975 (shrinkage); Donoho, Johnstone, Biometrika 81, 1994 (the threshold).
    """
    if not among.where or most < 1:
        return []
    masks, least = among.masks, support(len(values))
    centred = (values - values.mean()).astype(np.float32)
    ones = np.ones_like(centred)
    stacked = np.column_stack([ones, centred, centred**2])
    alone = _Excess(*(masks @ stacked).T, total=stacked.sum(axis=0))
    prior = max(0.0, float(np.mean(alone.excess**2 - alone.error**2)))
    beam = np.argsort(-(alone.excess / alone.error), kind="stable")[:BEAM]
    sizes = masks.sum(axis=1)
    sums = ((masks[beam] * stacked.T[:, None]).reshape(-1, masks.shape[1]) @ masks.T).reshape(3, len(beam), -1)
    pairs = _Excess(*sums, total=stacked.sum(axis=0))
    smaller = np.minimum(sizes[beam][:, None], sizes[None])
    usable = (sums[0] >= least) & (sums[0] <= TOLD_APART * smaller)
    usable &= (pairs.excess > alone.excess[beam][:, None]) & (pairs.excess > alone.excess[None])
    bar = np.sqrt(2 * np.log(len(masks) + usable.sum()))
    found: list[Found] = [
        ((int(i),), alone.excess[i], alone.error[i]) for i in np.flatnonzero(alone.excess > bar * alone.error)
    ]
    at = np.argwhere(usable & (pairs.excess > bar * pairs.error))
    found += [((int(beam[b]), int(j)), pairs.excess[b, j], pairs.error[b, j]) for b, j in at]
    found.sort(key=lambda item: -item[1] / item[2])
    return _apart(found[:KEPT], among, prior, most)


class _Excess:
    """Mean inside minus mean outside, and its standard error, from sums inside."""

    def __init__(self, size: Array, total_in: Array, squares: Array, *, total: Array) -> None:
        n, s, q = (float(value) for value in total)
        inside, outside = np.maximum(size, 1.0), np.maximum(n - size, 1.0)
        self.excess: Array = total_in / inside - (s - total_in) / outside
        overall = q / n
        spread = np.maximum(squares / inside - (total_in / inside) ** 2, 0) * inside
        rest = np.maximum((q - squares) / outside - ((s - total_in) / outside) ** 2, 0) * outside
        within = (spread + BORROWED * overall) / (inside + BORROWED)
        beyond = (rest + BORROWED * overall) / (outside + BORROWED)
        self.error: Array = np.sqrt(within / inside + beyond / outside)


def _apart(found: list[Found], among: Candidates, prior: float, most: int) -> list[Slice]:
    kept: list[Slice] = []
    for parts, excess, error in found:
        inside = np.logical_and.reduce(among.masks[list(parts)] > 0)
        if any(_overlap(inside, one.inside) > OVERLAP for one in kept):
            continue
        where = " AND ".join(among.where[k] for k in sorted(parts))
        shrunk = float(excess) * prior / (prior + float(error) ** 2) if prior else 0.0
        kept.append(Slice(where, inside, float(excess), float(error), shrunk))
    return sorted((one for one in kept if one.shrunk > 0), key=lambda one: -one.score)[:most]


def _overlap(a: Mask, b: Mask) -> float:
    """Rows of both as a share of the smaller."""
    return float((a & b).sum() / max(1, min(a.sum(), b.sum())))
