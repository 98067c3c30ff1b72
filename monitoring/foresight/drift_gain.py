"""What the drift of the columns adds to the margin: two nested hazards, each told beforehand."""

from dataclasses import dataclass

import numpy as np

from halflife.models.domain import Interval
from halflife.models.rows import Array
from halflife.monitoring.foresight.forecast_table import Pairs
from halflife.monitoring.foresight.hazard import foretold
from halflife.monitoring.foresight.score_intervals import Blocks

ALPHA = 0.05


@dataclass(frozen=True)
class Gain:
    """The hazard with the drift of the columns against the one without, over forecasts both could tell.

    Attributes:
        forecasts: how many, all settled.
        saved: mean log loss the drift saves, in nats a forecast, with an interval from blocks of versions; negative
            where it costs.
        auroc: (without, with) drift; None while all ended alike.
    """

    forecasts: int
    saved: Interval
    auroc: tuple[float, float] | None

    @property
    def adds(self) -> bool:
        """Whether drift plainly helps: the whole interval is above 0."""
        return self.saved.lower > 0


def gain_of_drift(past: Pairs) -> Gain | None:
    """The gain over all settled pairs; None while there were too few refutations to learn from.

    Each hazard is learned from earlier versions only, so a column that only follows noise costs as much as it pretends
    to save.
    """
    with_it, without = foretold(past), foretold(past, drift=False)
    known = past.settled & np.isfinite(with_it)
    if not known.any():
        return None
    y = past.event[known]
    saved = saving(past, with_it, without)[known]
    blocks = Blocks(past.version[known], ALPHA)
    areas = [blocks.auroc(said[known], y) for said in (without, with_it)]
    return Gain(
        forecasts=int(known.sum()),
        saved=blocks.ratio(saved, np.ones(len(y))),
        auroc=(areas[0].estimate, areas[1].estimate) if areas[0] and areas[1] else None,
    )


def saving(past: Pairs, one: Array, other: Array) -> Array:
    """Log loss of the other less that of the one, shape (n,), in nats; NaN where the end or either is not known."""
    return _log_loss(other, past.event) - _log_loss(one, past.event)


def _log_loss(said: Array, event: Array) -> Array:
    """Of log-odds, shape (n,), in nats."""
    with np.errstate(invalid="ignore"):  # what was not told stays NaN
        loss = np.logaddexp(0.0, np.where(event == 1, -said, said))
    return np.where(np.isfinite(event), loss, np.nan)
