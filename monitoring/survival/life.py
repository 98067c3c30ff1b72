"""How long one finding lived."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Life:
    """How long one finding lived, in retrains.

    Attributes:
        age: retrains from birth to death; of a survivor, retrains for which its death would have been seen (see
            ``halflife.monitoring.survival.lives``).
        died_on: version of the first of the refutations that killed it; None while it lives.
        recurred_on: first version on which it held again after death; None otherwise.
        recurrences: times it held again after a death; it may have died again in between.
        made_on: version it was made on.
        entry: age from which on its death could be seen: 0, or more where it was filed late about an older version.
        turns: ((re-tests it came to holding, of them those it left stale), (those it came to stale, of them those it
            left holding)).
    """

    finding: int
    statistic: str
    age: int
    died_on: int | None
    recurred_on: int | None = None
    recurrences: int = 0
    made_on: int = 0
    entry: int = 0
    turns: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))
