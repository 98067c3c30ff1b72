"""Conclusions that come back: a chain of two states, holds and stale, from re-test to re-test."""

from collections.abc import Sequence

import numpy as np

from halflife.models.half_life import Estimate, Recurrence
from halflife.models.rows import Array
from halflife.monitoring.survival.life import Life

DRAWS = 4_000
"""From which the interval of the long-run share is read; a quantile of so many is within half a point."""
SEED = 20_250_102


def recurrence(lives: Sequence[Life]) -> Recurrence | None:
    """Rates of going stale and of coming true again, and the share of time a conclusion holds in the long run.

    A finding is stale from the first of the refutations that killed it to the next confirmation. Rates have Jeffreys'
    prior, Beta(½, ½); their estimates are its posterior means, and with p from holds to stale and q back, the chain
    holds at q/(p + q) of re-tests in the long run, if it goes on as it was and re-tests are as alike as it assumes.

    Returns:
        None while no re-test said anything.

    Source: Jeffreys, "Theory of Probability", 1961, section 3.1 (prior); Ross, "Introduction to Probability Models",
    section 4.4 (long-run share).

    >>> found = recurrence([Life(1, "auc", 4, 5, turns=((5, 1), (2, 1)))])
    >>> [round(rate[0], 2) for rate in (found.to_stale, found.to_holds, found.holds)]
    [0.25, 0.5, 0.67]
    """
    if not lives:
        return None
    held, left, stale, back = (int(n) for n in np.sum([np.ravel(life.turns) for life in lives], axis=0, dtype=int))
    if held == 0:
        return None
    rng = np.random.Generator(np.random.Philox(key=[SEED, 0], counter=[held, left, stale, back]))
    down = rng.beta(left + 0.5, held - left + 0.5, DRAWS)
    up = rng.beta(back + 0.5, stale - back + 0.5, DRAWS)
    p, q = (left + 0.5) / (held + 1), (back + 0.5) / (stale + 1)
    return Recurrence(
        to_stale=_estimate(p, down),
        to_holds=_estimate(q, up),
        holds=_estimate(q / (p + q), up / (down + up)),
        turns=((held, left), (stale, back)),
    )


def _estimate(value: float, draws: Array) -> Estimate:
    lower, upper = np.quantile(draws, [0.025, 0.975])
    return value, float(lower), float(upper)
