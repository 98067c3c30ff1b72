"""How long findings live: from the statuses of their re-tests to lives, from lives to half-lives.

The clock counts retrains. A finding made on version 3 has age 4 on version 7.

**Death.** A re-test refutes (``stale``, ``reversed``), confirms (``holds``, ``weakened``) or says neither (``unclear``,
``untestable``). A population finding dies when two refutations follow each other with no confirmation between them, and
its death is dated back to the first. What says neither does not count at all: it neither kills nor acquits, so
*stale, unclear, stale* is a death, because nothing ever spoke for the finding again. An artifact finding is exact, so
its first refutation is its death.

**Censoring.** A finding that has not died is followed up to its last valid (not ``untestable``) re-test; a population
finding only up to the one before. A refutation there could not have been confirmed yet, so survivors would count as at
risk at an age at which nobody can be seen to die, and half-lives would come out too long. A finding whose last word is
a single refutation is followed up to the re-test before it.

**Recurrence.** A finding that is confirmed after it died holds again. Its life has ended all the same; how often that
happens is counted beside it, once for every death that was followed by a confirmation.

**Not counted.** Stillborn findings; findings refuted on the version they were made on, which never lived; and findings
that were never re-tested.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from models.domain import Finding, Scope, Status
from models.half_life import HalfLife
from models.rows import Array, Mask
from monitoring.conclusions import Life

ALL = "all"
TOGETHER = 256
"""Findings whose lives are worked out at once."""
FEW_DEATHS = 10
"""Below this many deaths a survival curve says little about its own median."""
PRIOR_DEATHS, PRIOR_EXPOSURE = 0.5, 1.0
"""Gamma prior of the death rate: half a death in one retrain. Before any data its half-life is 3.0 retrains, with a
95 % interval from 0.3 to 1,400: weak enough that one death in ten retrains already outweighs it."""
ROUNDING = 1e-9
"""A product of shares that is one half by hand may miss it by the last digit."""
Z = NormalDist().inv_cdf(0.975)

Curve = tuple[tuple[float, float, float, float], ...]

_CONFIRMS, _REFUTES, _NEITHER, _UNTESTABLE, _ABSENT = 0, 1, 2, 3, 4
_CODES = {
    Status.HOLDS: _CONFIRMS,
    Status.WEAKENED: _CONFIRMS,
    Status.STALE: _REFUTES,
    Status.REVERSED: _REFUTES,
    Status.UNCLEAR: _NEITHER,
    Status.UNTESTABLE: _UNTESTABLE,
}


def lives(findings: Sequence[Finding], status: Mapping[int, Mapping[int, Status]]) -> tuple[Life, ...]:
    """The life of every finding that lived and was re-tested.

    Args:
        findings: in the order in which their lives are wanted.
        status: finding id -> version number -> status of its check there, birth included.

    >>> finding = Finding("drop", "auc() > 0.8", "auc", Scope.POPULATION, made_on=1, id=7)
    >>> lives([finding], {7: {1: Status.HOLDS, 2: Status.HOLDS, 3: Status.STALE, 4: Status.UNCLEAR, 5: Status.STALE}})
    (Life(finding=7, statistic='auc', age=2, died_on=3, recurred_on=None, recurrences=0),)
    """
    followed = [f for f in findings if not f.stillborn and status.get(f.id)]
    return tuple(life for some in _batched(followed) for life in _lives(some, status))


def _batched(findings: Sequence[Finding]) -> Iterator[Sequence[Finding]]:
    """Some findings at a time: those filed together share versions, and all findings by all versions is a large table."""
    for start in range(0, len(findings), TOGETHER):
        yield findings[start : start + TOGETHER]


def _lives(followed: Sequence[Finding], status: Mapping[int, Mapping[int, Status]]) -> tuple[Life, ...]:
    numbers = np.array(sorted({number for f in followed for number in status[f.id]}))
    made_on = np.array([f.made_on for f in followed])
    retired_on = np.array([np.inf if f.retired_on is None else f.retired_on for f in followed])
    exact = np.array([f.scope is Scope.ARTIFACT for f in followed])
    codes = np.full((len(followed), len(numbers)), _ABSENT)
    position = {int(number): j for j, number in enumerate(numbers)}
    for i, finding in enumerate(followed):
        for number, said in status[finding.id].items():
            codes[i, position[number]] = _CODES[said]

    never_lived = ((codes == _REFUTES) & (numbers == made_on[:, None])).any(axis=1)
    codes = np.where((numbers > made_on[:, None]) & (numbers < retired_on[:, None]), codes, _ABSENT)
    died, recurred, times = _deaths(codes, exact)
    last = _last_followed(codes, exact)
    until = np.where(died >= 0, died, last)
    ages = np.where(until >= 0, numbers[until] - made_on, 0)
    return tuple(
        Life(
            finding=f.id,
            statistic=f.statistic,
            age=int(age),
            died_on=int(numbers[d]) if d >= 0 else None,
            recurred_on=int(numbers[r]) if r >= 0 else None,
            recurrences=int(n),
        )
        for f, age, d, r, n, counted in zip(
            followed, ages, died, recurred, times, ~never_lived & (codes != _ABSENT).any(axis=1), strict=True
        )
        if counted
    )


def _first(mask: Mask) -> npt.NDArray[np.int64]:
    """Column of the first True of each row, -1 where there is none; shape (n,)."""
    return np.where(mask.any(axis=1), mask.argmax(axis=1), -1)


def _next_decisive(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first confirmation or refutation after each cell, ``_ABSENT`` where none follows; shape of ``codes``."""
    following = np.full_like(codes, _ABSENT)
    for j in range(codes.shape[1] - 2, -1, -1):
        here = codes[:, j + 1]
        following[:, j] = np.where((here == _CONFIRMS) | (here == _REFUTES), here, following[:, j + 1])
    return following


def _deaths(codes: npt.NDArray[np.int64], exact: Mask) -> tuple[npt.NDArray[np.int64], ...]:
    """Columns of each row's death and first recurrence, -1 where there is none, and its recurrences; each of shape (n,)."""
    fatal = (codes == _REFUTES) & (exact[:, None] | (_next_decisive(codes) == _REFUTES))
    died = _first(fatal)
    after = np.arange(codes.shape[1]) > np.where(died < 0, codes.shape[1], died)[:, None]
    dead, times = np.zeros(len(codes), dtype=bool), np.zeros(len(codes), dtype=np.int64)
    for now, killed in zip(codes.T, fatal.T, strict=True):
        times += dead & (now == _CONFIRMS)
        dead = (dead | killed) & (now != _CONFIRMS)
    return died, _first(after & (codes == _CONFIRMS)), times


def _last_followed(codes: npt.NDArray[np.int64], exact: Mask) -> npt.NDArray[np.int64]:
    """Column up to which a survivor is followed, -1 for not at all; shape (n,)."""
    columns = np.arange(codes.shape[1])
    valid = (codes != _ABSENT) & (codes != _UNTESTABLE)
    last = np.where(valid, columns, -1).max(axis=1)
    confirmable = valid & (exact[:, None] | (columns < last[:, None]))
    undecided = _first((codes == _REFUTES) & (_next_decisive(codes) == _ABSENT) & ~exact[:, None])
    confirmable &= (undecided < 0)[:, None] | (columns < undecided[:, None])
    return np.asarray(np.where(confirmable, columns, -1).max(axis=1), dtype=np.int64)


def half_lives(every: Sequence[Life]) -> tuple[HalfLife, ...]:
    """The half-life of each statistic by name, then of ``all``; empty when nothing was followed.

    >>> [h.kind for h in half_lives([Life(1, "auc", 3, 4), Life(2, "gap", 2, None), Life(3, "auc", 5, None)])]
    ['auc', 'gap', 'all']
    """
    followed = [life for life in every if life.age > 0]
    kinds = sorted({life.statistic for life in followed})
    groups = [(kind, [life for life in followed if life.statistic == kind]) for kind in kinds]
    if followed:
        groups.append((ALL, followed))
    return tuple(
        half_life(kind, np.array([life.age for life in group], dtype=float), np.array([_dead(life) for life in group]))
        for kind, group in groups
    )


def _dead(life: Life) -> bool:
    return life.died_on is not None


def half_life(kind: str, ages: Array, died: Mask) -> HalfLife:
    """Median survival with its 95 % interval, and the survival curve.

    With ten deaths or more, the Kaplan-Meier estimate and the ages at which its log-log bands cross one half. A death
    is only seen at the next retrain, so it is placed inside its last step, along an exponential: a constant hazard p
    then has the half-life ln ½ / ln(1 - p) and not the next whole number. With fewer deaths, a Gamma posterior of a
    constant rate; without a single death, only its lower bound.

    The bands treat findings as independent. One change of the world that kills many at once makes them too narrow.

    Args:
        kind: what is followed.
        ages: retrains followed, shape (n,), each above 0.
        died: whether it died at that age (else it was still alive), shape (n,).

    Raises:
        ValueError: nothing to follow, or an age that is not above 0.

    Source: Kaplan and Meier, JASA 1958; Brookmeyer and Crowley, Biometrics 1982 (interval of the median);
    Kim and Proschan, IEEE Transactions on Reliability 1991 (exponential steps).

    >>> print(half_life("auc", np.array([1.0, 2.0, 4.0]), np.array([True, False, False])).method)
    gamma
    """
    if len(ages) == 0 or np.min(ages) <= 0:
        raise ValueError(f"a half-life of {kind!r} needs findings followed for at least one retrain, not ages {ages}")
    deaths = int(np.sum(died))
    curve = survival(ages, died)
    if deaths >= FEW_DEATHS:
        median, lower, upper = (_crossing(curve, column) for column in (1, 2, 3))
        lower = float(np.max(ages)) if lower is None else lower
        return HalfLife(kind, median, lower, upper, len(ages), deaths, "kaplan-meier", curve)
    from scipy.special import gammaincinv  # most readers of a ledger never ask for a rate

    shape, exposure = PRIOR_DEATHS + deaths, PRIOR_EXPOSURE + float(np.sum(ages)) - deaths / 2
    short, middle, long = np.log(2) * exposure / gammaincinv(shape, [0.975, 0.5, 0.025])
    if deaths == 0:
        return HalfLife(kind, None, float(short), None, len(ages), 0, "gamma", curve)
    return HalfLife(kind, float(middle), float(short), float(long), len(ages), deaths, "gamma", curve)


def survival(ages: Array, died: Mask) -> Curve:
    """The Kaplan-Meier curve with 95 % log-log bands: (age, survival, lower, upper) at 0, every death and the end.

    Where the curve reaches 0 the log-log band is undefined; its lower end is then 0 and its upper end stays where it
    was.

    Source: Kaplan and Meier, JASA 1958; Greenwood, Reports on Public Health 33, 1926 (standard error); Kalbfleisch and
    Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4 (bands).

    >>> [(age, round(s, 3)) for age, s, *_ in survival(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 1, 0, 0]) > 0)]
    [(0.0, 1.0), (1.0, 0.75), (2.0, 0.5), (3.0, 0.5)]
    """
    steps = [(0.0, 1.0, 1.0, 1.0)]
    if np.any(died):
        times, deaths = np.unique(ages[died], return_counts=True)
        at_risk = len(ages) - np.searchsorted(np.sort(ages), times)
        alive = np.cumprod(1 - deaths / at_risk)
        inside = alive > 0
        left = np.where(inside, at_risk - deaths, 1)
        s = np.where(inside, alive, 0.5)
        greenwood = np.sqrt(np.cumsum(np.where(inside, deaths / (at_risk * left), 0.0)))
        spread = np.exp(Z * np.where(inside, greenwood, 0.0) / np.abs(np.log(s)))
        lower = np.where(inside, s**spread, 0.0)
        upper = s ** (1 / spread)
        upper = np.where(inside, upper, upper[inside][-1] if inside.any() else 1.0)
        steps += zip(times.tolist(), alive.tolist(), lower.tolist(), upper.tolist(), strict=True)
    if np.max(ages) > steps[-1][0]:
        steps.append((float(np.max(ages)), *steps[-1][1:]))
    return tuple(steps)


def _crossing(curve: Curve, column: int) -> float | None:
    """The age at which one line of the curve comes down to one half; None when it never does."""
    for before, after in pairwise(curve):
        high, low = before[column], after[column]
        if low <= 0.5 + ROUNDING < high:
            # An exponential cannot reach 0: the last deaths of a sample are spread evenly over their step.
            share = np.log(high / 0.5) / np.log(high / low) if low > 0 else (high - 0.5) / high
            return float(max(before[0], after[0] - 1) + min(share, 1.0) * min(1.0, after[0] - before[0]))
    return None


def obsolete_on_arrival(curve: Curve, retrains: float) -> float | None:
    """Probability that a finding is already stale when an investigation of this many retrains ends: 1 - S(d).

    None when no finding was followed that long.

    >>> obsolete_on_arrival(((0, 1, 1, 1), (2, 0.75, 0.6, 0.9), (4, 0.5, 0.3, 0.7)), 3)
    0.25
    """
    if not curve or retrains > curve[-1][0]:
        return None
    return 1.0 - float([s for age, s, *_ in curve if age <= retrains][-1])
