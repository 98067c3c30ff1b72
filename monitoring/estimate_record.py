"""How estimates made before labels came compare with what was measured when they had."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from halflife.models.performance import Basis, Performance

LEVEL = 0.90
"""Share of intervals that should hold the truth."""
UNLIKELY = 0.05
"""Chance of so many misses from which on they are no accident."""
JUDGED = ("auc", "log_loss")
"""What tells an order that is lost from scores that mean something else."""


@dataclass(frozen=True)
class Record:
    """What became of the estimates of one metric.

    Attributes:
        metric: whose.
        held: estimates whose interval held what was measured later.
        told: estimates whose labels have come.
    """

    metric: str
    held: int
    told: int

    @property
    def unreliable(self) -> bool:
        """Whether so many misses are unlikely where 90 % should hold; an exact binomial test at 5 %.

        >>> Record("auc", 9, 10).unreliable, Record("auc", 6, 10).unreliable, Record("auc", 0, 1).unreliable
        (False, True, False)
        """
        by_chance = (comb(self.told, k) * LEVEL**k * (1 - LEVEL) ** (self.told - k) for k in range(self.held + 1))
        return self.told > 1 and sum(by_chance) < UNLIKELY


def pairs(told: Sequence[Performance]) -> list[tuple[Performance, Performance]]:
    """The first estimate of each watch, beside what was measured when its labels had come."""
    first: dict[tuple[int, int], Performance] = {}
    measured: dict[tuple[int, int], Performance] = {}
    for performance in sorted(told, key=lambda p: p.asof):
        kept = measured if performance.basis is Basis.MEASURED else first
        if performance.metrics:
            kept.setdefault((performance.tick, performance.against), performance)
    return [(estimate, measured[at]) for at, estimate in sorted(first.items()) if at in measured]


def record(told: Sequence[Performance]) -> tuple[Record, ...]:
    """Of each judged metric, how many estimates held what was measured; empty before the first labels came.

    Args:
        told: every performance, in any order.
    """
    found = []
    for metric in JUDGED:
        both = [
            (estimate.metrics[metric], truth.metrics[metric])
            for estimate, truth in pairs(told)
            if metric in estimate.metrics and metric in truth.metrics
        ]
        held = sum(estimate.lower <= truth.estimate <= estimate.upper for estimate, truth in both)
        found += [Record(metric, held, len(both))] if both else []
    return tuple(found)


def newest(told: Sequence[Performance]) -> list[Performance]:
    """The newest word on each watch, by tick."""
    last = {(p.tick, p.against): p for p in sorted(told, key=lambda p: p.asof)}
    return [last[at] for at in sorted(last)]
