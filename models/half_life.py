"""How long conclusions of one kind live."""

from dataclasses import dataclass


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
    """

    kind: str
    median: float | None
    lower: float | None
    upper: float | None
    n: int
    deaths: int
    method: str
    curve: tuple[tuple[float, float, float, float], ...] = ()
