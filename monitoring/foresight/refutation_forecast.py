"""The chance of each finding to be refuted at the next retrain, from what is known of it and of all before it."""

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array
from halflife.monitoring.foresight.drift_gain import saving
from halflife.monitoring.foresight.forecast_table import Pairs
from halflife.monitoring.foresight.hazard import foretold, learn, recalibration

PRIOR_RATE, PRIOR_PAIRS = 0.1, 10.0
"""Before anything has happened one retrain in ten refutes a finding, which ten re-tests outweigh."""
KIND_PAIRS = 20.0
"""Re-tests of a kind that outweigh what happens to findings of any kind."""


def foretell(past: Pairs, now: Pairs) -> Array:
    """Probabilities of a refutation at the next retrain, shape (n,).

    With a margin: the learned hazard (`hazard`) once there were enough refutations, recalibrated by what became of
    forecasts that it would have told before; until then the chance by the margin alone. The drift of the columns has a
    say only where it would have made those forecasts better. Without a margin: the past rate of the kind among findings
    that had none either.

    Args:
        past: pairs of versions before; only settled ones count.
        now: n pairs of this version.

    Source: Dawid, Journal of the Royal Statistical Society A 147, 1984 (choosing by forecasts told beforehand).
    """
    out = past_rates(past[~past.sighted], now.kind)
    sighted = now.sighted
    if not sighted.any():
        return out
    with_it, without = foretold(past), foretold(past, drift=False)
    saved = saving(past, with_it, without)
    drift = bool(np.nansum(saved) > 0)
    hazard = learn(past, drift=drift)
    if hazard is None:
        out[sighted] = now.by_margin[sighted]
    else:
        correct = recalibration(with_it if drift else without, past.event)
        out[sighted] = correct(hazard.logit(now[sighted]))
    return out


def past_rates(past: Pairs, kinds: npt.NDArray[np.str_]) -> Array:
    """The share of re-tests that refuted findings of each kind, shape (n,).

    Beta-smoothed: a kind's share is drawn towards that of all findings, and that towards `PRIOR_RATE`.

    >>> none = np.empty(0)
    >>> past_rates(Pairs(none.astype(int), none.astype(str), none, none, none, none, none), np.array(["auc"]))
    array([0.1])
    """
    known = past[past.settled]
    every = (known.event.sum() + PRIOR_RATE * PRIOR_PAIRS) / (len(known) + PRIOR_PAIRS)
    out = np.empty(len(kinds))
    for kind in np.unique(kinds):
        mine = known.event[known.kind == kind]
        out[kinds == kind] = (mine.sum() + every * KIND_PAIRS) / (len(mine) + KIND_PAIRS)
    return out
