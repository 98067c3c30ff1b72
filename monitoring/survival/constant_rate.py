"""Half-lives where few findings have died: a constant rate of death, with what is known of it."""

import numpy as np

FEW_DEATHS = 10
"""Below this many deaths a survival curve says little about its own median."""
PRIOR_DEATHS, PRIOR_EXPOSURE = 0.5, 1.0
"""Gamma prior of the death rate: half a death in one retrain. Before any data its half-life is 3.0 retrains, with a
95 % interval from 0.3 to 1,400: weak enough that one death in ten retrains already outweighs it."""


def constant_rate(deaths: int, exposure: float) -> tuple[float | None, float, float | None]:
    """Median, lower and upper end of the half-life at a constant rate; without a death only its lower end is known.

    A death is only seen at the next retrain, so half a retrain of each is taken off the exposure.

    Args:
        deaths: how many died.
        exposure: retrains for which they were followed, together.

    >>> constant_rate(0, 40.0)
    (None, 11.31..., None)
    """
    from scipy.special import gammaincinv  # most readers of a ledger never ask for a rate

    shape, time = PRIOR_DEATHS + deaths, PRIOR_EXPOSURE + exposure - deaths / 2
    short, middle, long = np.log(2) * time / gammaincinv(shape, [0.975, 0.5, 0.025])
    return (None, float(short), None) if deaths == 0 else (float(middle), float(short), float(long))
