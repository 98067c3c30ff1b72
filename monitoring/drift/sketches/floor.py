"""The score a column reaches by chance alone.

A fixed threshold says nothing about chance: with few rows or many categories, two samples of one distribution pass it.
The floor is what such samples pass in one watch of a hundred, all columns of a watch together.
"""

from typing import cast

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.special import gammaincinv

from halflife.models.rows import Array
from halflife.monitoring.drift.sketches.column import Categories, Numbers, Sketch
from halflife.monitoring.drift.sketches.numbers import SMALLEST_SPREAD

SHUFFLES = 200
FALSE_ALARMS = 0.01
GROUPS = 128


def noise_floor(reference: Sketch, current: Sketch, columns: int, rng: np.random.Generator) -> float:
    """The score that ``columns`` columns together exceed by chance in 1 % of watches.

    Args:
        reference: of one column; numbers are compared by Wasserstein distance over the reference's standard deviation,
            categories by Jensen-Shannon distance in nats.
        current: the same column, over the same bins.
        columns: compared in the same watch.
        rng: source of the shuffles of categories; numbers need none.

    >>> from halflife.monitoring.drift.sketches.column import sketch
    >>> from halflife.monitoring.drift.sketches.layout import found_edges
    >>> rng = np.random.default_rng(0)
    >>> few, many = (rng.normal(size=n) for n in (1_000, 20_000))
    >>> few, many = (sketch(values, found_edges(values)) for values in (few, many))
    >>> noise_floor(few, few, 10, rng) > 0.1 > noise_floor(many, many, 10, rng)
    True
    """
    if isinstance(reference, Numbers):
        mean, variance = _wasserstein(reference, cast(Numbers, current))
    else:
        scores = _jensen_shannon(reference, cast(Categories, current), rng)
        mean, variance = float(scores.mean()), float(scores.var())
    if not variance > 0:
        return mean
    return float(gammaincinv(mean**2 / variance, 1 - FALSE_ALARMS / columns) * variance / mean)


def _wasserstein(reference: Numbers, current: Numbers) -> tuple[float, float]:
    """Mean and variance of the distance between two samples of the pooled distribution.

    The difference of their distribution functions is close to a Brownian bridge B of variance t (1 − t) (1/n + 1/m),
    whose area has E|B| and Cov(|B(s)|, |B(t)|) in closed form (two normals with correlation r:
    2/π (√(1 − r²) + r asin r − 1) times their deviations). *Source:* del Barrio, Giné, Matrán, *Annals of Probability*
    27, 1999.
    """
    n, m, counts = reference.present, current.present, reference.counts + current.counts
    edges = reference.edges.values
    ends = [min(reference.moments[0], current.moments[0]), max(reference.moments[1], current.moments[1])]
    inside = (edges > ends[0]) & (edges <= ends[1])
    width = np.diff(np.concatenate([ends[:1], edges[inside], ends[1:]]))
    below = np.cumsum(counts)[:-1][inside] / (n + m)
    share = np.clip(np.concatenate([[0.0], below, [1.0]]), 0.0, 1.0)
    middle = (share[1:] + share[:-1]) / 2
    area = width * np.sqrt(middle * (1 - middle) * (1 / n + 1 / m))
    reached = np.cumsum(area)
    if not reached[-1] > 0:
        return 0.0, 0.0
    group = np.minimum((reached / reached[-1] * GROUPS).astype(np.int64), GROUPS - 1)
    areas = np.bincount(group, area, GROUPS)
    at = (np.bincount(group, area * middle, GROUPS) / np.where(areas > 0, areas, 1.0))[areas > 0]
    scaled = areas[areas > 0] / max(reference.std, SMALLEST_SPREAD)
    early, late = np.minimum(at[:, None], at), np.maximum(at[:, None], at)
    r = np.sqrt(np.clip(early * (1 - late) / (late * (1 - early)), 0.0, 1.0))
    covariance = 2 / np.pi * (np.sqrt(1 - r**2) + r * np.arcsin(r) - 1)
    return float(np.sqrt(2 / np.pi) * scaled.sum()), float(scaled @ covariance @ scaled)


def _jensen_shannon(reference: Categories, current: Categories, rng: np.random.Generator) -> Array:
    """Scores of shuffled sides, shape (SHUFFLES,), from the pooled count of each category."""
    counts, n = reference.counts + current.counts, reference.present
    counts = counts[counts > 0]
    drawn = rng.multivariate_hypergeometric(counts, n, size=SHUFFLES, method="marginals")
    return np.asarray(jensenshannon(drawn / n, (counts - drawn) / (counts.sum() - n), axis=1), dtype=float)
