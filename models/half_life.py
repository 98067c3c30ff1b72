"""How long conclusions of one kind live, and how long they would live if only retraining noise spoke."""

from dataclasses import dataclass
from typing import TypeAlias

Steps: TypeAlias = tuple[tuple[float, float, float, float], ...]
"""(age in retrains, survival, lower, upper) at 0, at every death and at the end."""
Estimate: TypeAlias = tuple[float, float | None, float | None]
"""An estimate and its 95 % interval; None for an end that is not known."""

NOT_ATTRIBUTED = "not attributed"
"""What ended the lives of which nobody said why."""


@dataclass(frozen=True)
class Arrival:
    """What an investigation of some retrains meets at its end: conclusions that are stale already.

    Attributes:
        retrains: how long it takes, d.
        stale: probability that a conclusion is stale by then, 1 − S(d).
        lower: of its 95 % interval.
        upper: of its 95 % interval.
        noise: the same probability if only retraining noise spoke; None without shadows.
    """

    retrains: int
    stale: float
    lower: float
    upper: float
    noise: float | None = None


@dataclass(frozen=True)
class NoiseAlone:
    """What retraining noise alone would have done to the findings whose own version had shadows.

    Attributes:
        findings: of them, how many were followed.
        deaths: of those, how many died.
        expected: deaths that noise alone would have brought in the time they were followed.
        curve: (age in retrains, survival by noise alone, survival that was seen) of those findings, at every age.
        median: half-life by noise alone; None when it is longer than they were followed.
        share: of the deaths seen, the share that would have come without any drift; None when none died.
    """

    findings: int
    deaths: int
    expected: float
    curve: tuple[tuple[float, float, float], ...]
    median: float | None
    share: Estimate | None

    def survival(self, retrains: float) -> float | None:
        """By noise alone, after so many retrains; None beyond what was followed.

        >>> NoiseAlone(9, 1, 0.5, ((0, 1, 1), (1, 0.9, 0.8)), None, None).survival(1.5) is None
        True
        """
        return None if retrains > self.curve[-1][0] else [s for age, s, _ in self.curve if age <= retrains][-1]

    def relative(self, retrains: float) -> float | None:
        """Survival seen over survival by noise alone, of the same findings: what is left when noise is taken out.

        >>> NoiseAlone(9, 1, 0.5, ((0, 1, 1), (1, 0.9, 0.45)), None, None).relative(1)
        0.5
        """
        alone = self.survival(retrains)
        return [seen for age, _, seen in self.curve if age <= retrains][-1] / alone if alone else None


@dataclass(frozen=True)
class Recurrence:
    """Conclusions that go stale and come true again: a chain of two states, from re-test to re-test.

    Attributes:
        to_stale: chance that one that holds is stale at its next re-test.
        to_holds: chance that one that is stale holds again at its next re-test.
        holds: share of re-tests at which such a conclusion holds in the long run.
        turns: ((re-tests come to holding, of them left stale), (re-tests come to stale, of them left holding)).
    """

    to_stale: Estimate
    to_holds: Estimate
    holds: Estimate
    turns: tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class HalfLife:
    """How long findings of one kind live, in retrains.

    Attributes:
        kind: statistic's name, or ``all``.
        median: None when fewer than half died.
        lower: of the 95 % interval.
        upper: None when unbounded.
        n: findings followed.
        deaths: of them, those that died.
        method: ``kaplan-meier``, or ``gamma`` when there were fewer than ten deaths.
        curve: (age in retrains, survival, lower, upper) at each step.
        band: what the curve's band allows for: ``blocks``, that one change of the world ends many lives at once; or
            ``independent``, where there are too few versions to tell.
        arrival: after 1, 2, 4 and 8 retrains, as far as findings were followed.
        alone: what noise alone would have done; None without shadows.
        incidence: what ended lives -> (age in retrains, share of findings it had ended by then), at every death.
        recurrence: None before any re-test said something.
    """

    kind: str
    median: float | None
    lower: float | None
    upper: float | None
    n: int
    deaths: int
    method: str
    curve: Steps = ()
    band: str = "independent"
    arrival: tuple[Arrival, ...] = ()
    alone: NoiseAlone | None = None
    incidence: tuple[tuple[str, tuple[tuple[float, float], ...]], ...] = ()
    recurrence: Recurrence | None = None
