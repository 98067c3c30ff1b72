"""What ends lives: the share of findings each cause has ended by each age, all causes competing."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from halflife.models.causes import NOISE, WORLD, Cause, Why
from halflife.models.half_life import NOT_ATTRIBUTED
from halflife.models.rows import Array, Mask
from halflife.monitoring.survival.kaplan_meier import at_risk_at
from halflife.monitoring.survival.life import Life

THE_WORLD, RETRAINING_NOISE = "world", "noise"

Incidence = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


def family(cause: Cause | None) -> str:
    """The world and retraining noise as wholes, the other causes by name.

    >>> family(Cause.CONCEPT), family(Cause.SEED), family(Cause.EVIDENCE), family(None)
    ('world', 'noise', 'evidence', 'not attributed')
    """
    if cause is None:
        return NOT_ATTRIBUTED
    return THE_WORLD if cause in WORLD else RETRAINING_NOISE if cause in NOISE else cause.value


def ended_by(lives: Sequence[Life], whys: Mapping[int, Mapping[int, Why]]) -> list[str]:
    """What ended each life; the dominant cause of its first refutation, and empty where it lives.

    Args:
        lives: of any length.
        whys: finding's id -> version -> why it was there as it was.
    """
    return [
        ""
        if life.died_on is None
        else family(why.headline if (why := whys.get(life.finding, {}).get(life.died_on)) is not None else None)
        for life in lives
    ]


def incidence(ages: Array, died: Mask, causes: npt.NDArray[np.object_], *, entry: Array | None = None) -> Incidence:
    """Cumulative incidence of each cause, largest first: (age, share of findings it has ended) at every age of death.

    At every age they add up to 1 − S. One minus the Kaplan-Meier curve of each cause alone would not: it says what a
    cause would do if there were no others.

    Args:
        ages: at death, or up to which it was followed, shape (n,).
        died: whether it died at that age, shape (n,).
        causes: what ended it, shape (n,); read where it died.
        entry: age after which it is at risk, shape (n,); default: 0.

    Source: Aalen and Johansen, Scandinavian Journal of Statistics 5, 1978.

    >>> incidence(np.array([1.0, 2.0]), np.ones(2, dtype=bool), np.array(["noise", "world"], dtype=object))
    (('noise', ((1.0, 0.5), (2.0, 0.5))), ('world', ((1.0, 0.0), (2.0, 0.5))))
    """
    if not np.any(died):
        return ()
    times, at = np.unique(ages[died], return_inverse=True)
    names, which = np.unique(causes[died].astype(str), return_inverse=True)
    ends = np.zeros((len(names), len(times)))
    np.add.at(ends, (which, at), 1.0)
    hazard = ends / at_risk_at(times, ages, entry)
    alive = np.cumprod(1 - hazard.sum(axis=0))
    before = np.concatenate([[1.0], alive[:-1]])
    shares = np.cumsum(before * hazard, axis=1)
    order = sorted(range(len(names)), key=lambda k: (-shares[k, -1], names[k]))
    return tuple((str(names[k]), tuple(zip(times.tolist(), shares[k].tolist(), strict=True))) for k in order)
