"""Lives cut into retrains: one period for every retrain at which a finding could have been seen to die."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.rows import Mask, Rows
from halflife.monitoring.survival.life import Life


@dataclass(frozen=True)
class Periods:
    """Finding-retrains, n of them.

    Attributes:
        life: index into the lives they were cut from, shape (n,).
        age: of the finding at the end of the period, from 1; shape (n,).
        version: number of the retrain, shape (n,).
        died: whether the finding died in it, shape (n,).
    """

    life: Rows
    age: Rows
    version: Rows
    died: Mask

    def of(self, lives: Mask) -> "Periods":
        """The periods of some of the lives; shape of ``lives`` (lives,)."""
        mine = lives[self.life]
        return Periods(self.life[mine], self.age[mine], self.version[mine], self.died[mine])


def at_risk(lives: Sequence[Life]) -> list[Life]:
    """Those whose death could have been seen at some retrain: alive when they entered, and followed for one at least."""
    return [life for life in lives if life.age > life.entry]


def periods(lives: Sequence[Life]) -> Periods:
    """Cut lives that were at risk into periods, life by life.

    >>> cut = periods([Life(1, "auc", 3, 7, made_on=4, entry=1), Life(2, "auc", 1, None, made_on=5)])
    >>> cut.life, cut.age, cut.version, cut.died
    (array([0, 0, 1]), array([2, 3, 1]), array([6, 7, 6]), array([False,  True, False]))
    """
    ages = np.array([life.age for life in lives], dtype=np.intp)
    entries = np.array([life.entry for life in lives], dtype=np.intp)
    dead = np.array([life.died_on is not None for life in lives], dtype=bool)
    made_on = np.array([life.made_on for life in lives], dtype=np.intp)
    counts = ages - entries
    whose = np.repeat(np.arange(len(lives)), counts)
    age = np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts) + entries[whose] + 1
    return Periods(whose, age, made_on[whose] + age, dead[whose] & (age == ages[whose]))
