"""Survival beside what retraining noise alone would leave of it.

At every age, the expected hazard is the mean of the findings' own over those still at risk (Ederer's second method): who
has died is expected to die no more. What lies between the two curves is drift's doing, or whatever else the shadows do
not show. Where findings are filed because they looked their best, they fall back afterwards without any drift; shadows
of the same version share that luck, so noise's part is then a lower bound.

Source: Ederer and Heise, "Instructions to IBM 650 programmers", National Cancer Institute, 1959 (Ederer II);
Perme, Stare and Estève, Biometrics 68, 2012 (what it estimates); Breslow and Day, "Statistical Methods in Cancer
Research II", 1987, section 2.2 (expected deaths).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from halflife.models.half_life import Estimate, NoiseAlone
from halflife.models.rows import Array
from halflife.monitoring.survival.block_bootstrap import enough, resampled
from halflife.monitoring.survival.kaplan_meier import crossing
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.person_periods import Periods


def noise_alone(lives: Sequence[Life], cut: Periods, hazards: Mapping[int, Array]) -> NoiseAlone | None:
    """What noise alone would have done to those of some lives of which shadows tell; None where they tell of none.

    Args:
        lives: at risk.
        cut: of those lives, the periods in question.
        hazards: finding's id -> probability that noise alone ends it at age 1, 2, … if nothing has before.
    """
    told = np.array([life.finding in hazards for life in lives], dtype=bool)
    mine = cut.of(told)
    if len(mine.life) == 0:
        return None
    whose, at = np.unique(mine.life, return_inverse=True)
    rows = [hazards[lives[index].finding] for index in whose.tolist()]
    starts = np.cumsum([0, *map(len, rows)])[:-1]
    expected = np.concatenate(rows)[starts[at] + mine.age - 1]
    ages = int(mine.age.max())
    risk = np.bincount(mine.age, minlength=ages + 1)[1:].astype(float)
    seen = np.bincount(mine.age, weights=mine.died, minlength=ages + 1)[1:]
    due = np.bincount(mine.age, weights=expected, minlength=ages + 1)[1:]
    alone, alive = (np.cumprod(1 - d / np.maximum(risk, 1)) for d in (due, seen))
    curve = ((0.0, 1.0, 1.0), *((float(a + 1), float(alone[a]), float(alive[a])) for a in range(ages)))
    return NoiseAlone(
        findings=len(whose),
        deaths=int(mine.died.sum()),
        expected=float(expected.sum()),
        curve=curve,
        median=crossing(tuple((age, s, s, s) for age, s, _ in curve)),
        share=_share(mine, expected),
    )


def _share(cut: Periods, expected: Array) -> Estimate | None:
    """Deaths expected over deaths seen, at most 1, with the interval of blocks of versions; None without a death."""
    if not cut.died.any():
        return None
    share = min(1.0, float(expected.sum() / cut.died.sum()))
    if enough(cut.version) is None:
        return share, None, None
    one = np.zeros(len(expected), dtype=np.intp)
    due, seen = resampled(cut.version, (one, expected), (one, cut.died.astype(float)))
    lower, upper = np.quantile(np.minimum(1.0, due / seen), [0.025, 0.975])
    return share, float(lower), float(upper)
