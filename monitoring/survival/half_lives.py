"""Half-lives by kind: what was seen, how sure it is, what noise alone would have done, and what ended lives.

With ten deaths or more, the Kaplan-Meier estimate and the ages at which its bands cross one half (Brookmeyer and Crowley,
Biometrics 1982). With fewer, a Gamma posterior of a constant rate; without a single death, only its lower bound. Bands
allow for findings that die together where there are versions enough to tell (``blocks``), and are never narrower than
those of independent findings; a few deaths' rate takes them as independent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from halflife.models.causes import Why
from halflife.models.half_life import Arrival, HalfLife, NoiseAlone, Steps
from halflife.models.rows import Array, Mask
from halflife.monitoring.survival.block_bootstrap import error
from halflife.monitoring.survival.constant_rate import FEW_DEATHS, constant_rate
from halflife.monitoring.survival.incidence import ended_by, incidence
from halflife.monitoring.survival.kaplan_meier import Z, at_risk_at, crossing, survival
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.person_periods import Periods, at_risk, periods
from halflife.monitoring.survival.recurrence import recurrence
from halflife.monitoring.survival.relative_survival import noise_alone

ALL = "all"
ARRIVALS = (1, 2, 4, 8)
"""Lengths of an investigation, in retrains, for which staleness on arrival is told."""


def half_lives(
    every: Sequence[Life],
    *,
    hazards: Mapping[int, Array] | None = None,
    whys: Mapping[int, Mapping[int, Why]] | None = None,
) -> tuple[HalfLife, ...]:
    """The half-life of each statistic by name, then of ``all``; empty when nothing was followed.

    Args:
        every: life.
        hazards: finding's id -> chance that noise alone ends it at age 1, 2, …; of those of which shadows tell.
        whys: finding's id -> version -> why it was there as it was.

    >>> [h.kind for h in half_lives([Life(1, "auc", 3, 4), Life(2, "gap", 2, None), Life(3, "auc", 5, None)])]
    ['auc', 'gap', 'all']
    """
    followed = at_risk(every)
    if not followed:
        return ()
    cut = periods(followed)
    ends = np.array(ended_by(followed, whys or {}), dtype=object)
    kind = np.array([life.statistic for life in followed], dtype=object)
    found = []
    for name in [*sorted(set(kind.tolist())), ALL]:
        chosen = np.ones(len(followed), dtype=bool) if name == ALL else kind == name
        found.append(_half_life(name, followed, chosen, cut, ends, hazards or {}))
    return tuple(found)


def _half_life(
    kind: str,
    followed: Sequence[Life],
    chosen: Mask,
    cut: Periods,
    ends: npt.NDArray[np.object_],
    hazards: Mapping[int, Array],
) -> HalfLife:
    some = [followed[i] for i in np.flatnonzero(chosen).tolist()]
    ages, entry = (np.array([getattr(life, name) for life in some], dtype=float) for name in ("age", "entry"))
    died = np.array([life.died_on is not None for life in some])
    mine = cut.of(chosen)
    alone = noise_alone(followed, mine, hazards)
    shocks = error(mine) if died.any() else None
    late = entry if entry.any() else None
    told = half_life(kind, ages, died, entry=late, shocks=shocks)
    return replace(
        told,
        arrival=arrivals(told.curve, ages, alone, entry=late),
        alone=alone,
        incidence=incidence(ages, died, ends[chosen], entry=late),
        recurrence=recurrence(some),
    )


def half_life(
    kind: str,
    ages: Array,
    died: Mask,
    *,
    entry: Array | None = None,
    shocks: tuple[Array, float] | None = None,
) -> HalfLife:
    """Median survival with its 95 % interval, and the survival curve.

    Args:
        kind: what is followed.
        ages: retrains followed, shape (n,), each above 0.
        died: whether it died at that age (else it was still alive), shape (n,).
        entry: age after which it is at risk, shape (n,), each below its age; default: 0.
        shocks: standard error of ln S at every age of death and the reach of a band, from blocks of versions; default:
            findings are independent.

    Raises:
        ValueError: nothing to follow, or an age that is not above its entry.

    >>> print(half_life("auc", np.array([1.0, 2.0, 4.0]), np.array([True, False, False])).method)
    gamma
    """
    since = np.zeros(len(ages)) if entry is None else entry
    if len(ages) == 0 or np.min(ages - since) <= 0:
        raise ValueError(f"a half-life of {kind!r} needs findings followed for at least one retrain, not ages {ages}")
    deaths = int(np.sum(died))
    spread, reach = (None, Z) if shocks is None else shocks
    curve = survival(ages, died, entry=entry, error=spread, reach=reach)
    band = "independent" if shocks is None else "blocks"
    if deaths >= FEW_DEATHS:
        median, lower, upper = (crossing(curve, column) for column in (1, 2, 3))
        lower = float(np.max(ages)) if lower is None else lower
        return HalfLife(kind, median, lower, upper, len(ages), deaths, "kaplan-meier", curve, band)
    rate = constant_rate(deaths, float(np.sum(ages - since)))
    return HalfLife(kind, *rate, len(ages), deaths, "gamma", curve, band)


def arrivals(
    curve: Steps, ages: Array, alone: NoiseAlone | None = None, *, entry: Array | None = None
) -> tuple[Arrival, ...]:
    """How often an investigation of 1, 2, 4 and 8 retrains ends with a conclusion that is stale, as far as was followed.

    Up to the first death a curve has no band; there the upper end is the exact one of no death among n followed so long,
    1 - 0.025^(1/n).

    Args:
        curve: of survival.
        ages: at death, or up to which findings were followed, shape (n,).
        alone: what noise alone would have done.
        entry: age after which they are at risk, shape (n,); default: 0.

    Source: Clopper and Pearson, Biometrika 26, 1934.

    >>> curve = ((0, 1, 1, 1), (2, 0.75, 0.6, 0.9), (3, 0.75, 0.6, 0.9))
    >>> [(a.retrains, a.stale, round(a.upper, 2)) for a in arrivals(curve, np.array([2.0, 3.0, 3.0, 3.0]))]
    [(1, 0, 0.6), (2, 0.25, 0.4)]
    """
    found = []
    for retrains in ARRIVALS:
        if curve and retrains <= curve[-1][0]:
            _, alive, low, high = next(step for step in reversed(curve) if step[0] <= retrains)
            if alive == 1:
                followed = at_risk_at(np.array([float(retrains)]), ages, entry)[0]
                low = float(0.025 ** (1 / followed)) if followed > 0 else 0.0
            noise = None if alone is None else alone.survival(retrains)
            found.append(Arrival(retrains, 1 - alive, 1 - high, 1 - low, None if noise is None else 1 - noise))
    return tuple(found)
