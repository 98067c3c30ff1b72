"""From the statuses of re-tests to lives.

The clock counts retrains. A finding made on version 3 has age 4 on version 7.

**Death** is that of ``halflife.monitoring.survival.death``.

**Censoring.** A finding that has not died is followed up to its last valid (not ``untestable``) re-test; a population
finding only up to the one before. A refutation there could not have been confirmed yet, so survivors would count as at
risk at an age at which nobody can be seen to die, and half-lives would come out too long. A finding whose last word is
a single refutation is followed up to the re-test before it.

**Truncation.** A finding that was filed late, about an older version, could not have been seen to die before it was
filed: it is at risk from the version on which it entered. One that was dead when it entered was never at risk.

**Recurrence.** A finding that is confirmed after it died holds again. Its life has ended all the same; how often that
happens is counted beside it, once for every death that was followed by a confirmation, and so is how often it passed
from holding to stale and back, re-test by re-test.

**Not counted.** Stillborn findings; findings refuted on the version they were made on, which never lived; and findings
that were never re-tested.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from halflife.models.domain import Finding, Scope, Status
from halflife.models.rows import Mask
from halflife.monitoring.survival.death import fatal
from halflife.monitoring.survival.life import Life

TOGETHER = 256
"""Findings whose lives are worked out at once."""

Codes = npt.NDArray[np.int64]

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
    >>> told = {7: {1: Status.HOLDS, 2: Status.HOLDS, 3: Status.STALE, 4: Status.UNCLEAR, 5: Status.STALE}}
    >>> lives([finding], told)
    (Life(finding=7, statistic='auc', age=2, died_on=3, recurred_on=None, recurrences=0, made_on=1, entry=0,
          turns=((2, 1), (1, 0))),)
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
    deadly = fatal((codes == _REFUTES).T, (codes == _CONFIRMS).T, exact).T
    last = _last_followed(codes, exact)
    died, recurred, times, turns = _deaths(codes, deadly, last)
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
            made_on=f.made_on,
            entry=0 if f.entered_on is None else max(0, f.entered_on - f.made_on),
            turns=((int(ways[0]), int(ways[1])), (int(ways[2]), int(ways[3]))),
        )
        for f, age, d, r, n, ways, counted in zip(
            followed, ages, died, recurred, times, turns, ~never_lived & (codes != _ABSENT).any(axis=1), strict=True
        )
        if counted
    )


def _first(mask: Mask) -> Codes:
    """Column of the first True of each row, -1 where there is none; shape (n,)."""
    return np.where(mask.any(axis=1), mask.argmax(axis=1), -1)


def _deaths(codes: Codes, deadly: Mask, last: Codes) -> tuple[Codes, Codes, Codes, Codes]:
    """Columns of each row's death and first recurrence, -1 for none; its recurrences; and its turns.

    Turns are counted over re-tests that said something, up to the last that could be judged: those it came to holding,
    of them those it left stale; those it came to stale, of them those it left holding; shape (n, 4).
    """
    died = _first(deadly)
    after = np.arange(codes.shape[1]) > np.where(died < 0, codes.shape[1], died)[:, None]
    dead = np.zeros(len(codes), dtype=bool)
    times, turns = np.zeros(len(codes), dtype=np.int64), np.zeros((len(codes), 4), dtype=np.int64)
    for column, (now, killed) in enumerate(zip(codes.T, deadly.T, strict=True)):
        confirmed = now == _CONFIRMS
        told = (confirmed | (now == _REFUTES)) & ((column <= last) | killed | dead)
        turns += np.column_stack([told & ~dead, told & ~dead & killed, told & dead, told & dead & confirmed])
        times += dead & confirmed
        dead = (dead | killed) & ~confirmed
    return died, _first(after & (codes == _CONFIRMS)), times, turns


def _last_followed(codes: Codes, exact: Mask) -> Codes:
    """Column up to which a survivor is followed, -1 for not at all; shape (n,)."""
    columns = np.arange(codes.shape[1])
    valid = (codes != _ABSENT) & (codes != _UNTESTABLE)
    last = np.where(valid, columns, -1).max(axis=1)
    confirmable = valid & (exact[:, None] | (columns < last[:, None]))
    final = columns > np.where((codes == _CONFIRMS), columns, -1).max(axis=1)[:, None]
    refuted = (codes == _REFUTES) & final
    undecided = np.where(~exact & (refuted.sum(axis=1) == 1), _first(refuted), -1)
    confirmable &= (undecided < 0)[:, None] | (columns < undecided[:, None])
    return np.asarray(np.where(confirmable, columns, -1).max(axis=1), dtype=np.int64)
