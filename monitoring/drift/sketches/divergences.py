"""Population stability index, Jensen-Shannon distance and chi-square over cells, as Evidently computes each.

Where the count of a cell is known only to lie between two numbers, the divergence is known to lie between two: each term
is convex, and least where both shares are equal.
"""

from collections.abc import Callable

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.bounded import UNKNOWN, Bounded
from halflife.monitoring.drift.sketches.cells import Cells

EMPTY = 1e-4
"""What Evidently puts in the place of an empty cell's share, unless the smallest other share is not above it."""


def jensen_shannon(cells: Cells) -> Bounded:
    """Jensen-Shannon distance (square root of the divergence, in nats), 0 to 0.833.

    Source: Endres, Schindelin, *IEEE Transactions on Information Theory* 49, 2003; as ``scipy.spatial.distance`` has it.
    """
    lower, upper = _between(cells.reference, cells.current, _jensen_shannon)
    folded = 0.5 * np.log(2.0) * (cells.folded[0] + cells.folded[1])
    merged = _jensen_shannon(*cells.folded)
    ends = np.sqrt(np.maximum([lower + merged.sum(), upper + np.maximum(folded, merged).sum()], 0.0))
    return Bounded.between(*ends)


def population_stability(cells: Cells) -> Bounded:
    """Population stability index, Σ (p − q) ln(p / q), empty cells filled as Evidently does; 0 is no change."""
    if any(folded.any() for folded in cells.folded):
        return UNKNOWN
    before, now = _filled(cells.reference), _filled(cells.current)
    if before is None or now is None:
        return UNKNOWN
    return Bounded.between(*_between(before, now, _stability))


def chi_square(cells: Cells) -> Bounded:
    """p-value of the current counts against the reference's shares taken as exact, as Evidently does.

    Unknown unless the counts are exact.
    """
    from scipy.special import chdtrc

    before, now = cells.reference[0], cells.current[0]
    exact = all((low == high).all() for low, high in (cells.reference, cells.current))
    if not exact or any(folded.any() for folded in cells.folded):
        return UNKNOWN
    seen = (before > 0) | (now > 0)
    before, now = before[seen], now[seen]
    if (before == 0).any():
        return Bounded(0.0)
    if len(before) < 2:
        return Bounded(1.0)
    return Bounded(float(chdtrc(len(before) - 1, cells.rows * ((now - before) ** 2 / before).sum())))


def _between(
    reference: tuple[Array, Array], current: tuple[Array, Array], term: Callable[[Array, Array], Array]
) -> tuple[float, float]:
    """Sums of the smallest and the largest values a convex term takes in each cell."""
    (a, b), (c, d) = reference, current
    upper = np.maximum.reduce([term(p, q) for p in (a, b) for q in (c, d)])
    apart = np.where(b < c, term(b, c), np.where(d < a, term(a, d), 0.0))
    return float(apart.sum()), float(upper.sum())


def _filled(side: tuple[Array, Array]) -> tuple[Array, Array] | None:
    """Shares with empty cells filled; None when nobody knows whether a cell is empty."""
    low, high = side
    if ((low == 0) & (high > 0)).any():
        return None
    empty = high == 0
    least = [float(end[~empty].min()) for end in (low, high)]
    fill = [share / 10**6 if share <= EMPTY else EMPTY for share in least]
    return np.where(empty, min(fill), low), np.where(empty, max(fill), high)


def _jensen_shannon(p: Array, q: Array) -> Array:
    return 0.5 * (_relative(p, (p + q) / 2) + _relative(q, (p + q) / 2))


def _relative(p: Array, middle: Array) -> Array:
    """Terms p ln(p / middle), 0 where p is."""
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0) / np.where(p > 0, middle, 1.0)), 0.0)


def _stability(p: Array, q: Array) -> Array:
    return (p - q) * np.log(p / q)
