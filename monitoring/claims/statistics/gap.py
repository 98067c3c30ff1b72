"""How differently the model treats, or does on, two segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import (
    MIN_OF_CLASS,
    MIN_ROWS,
    Requirement,
    SetStatistic,
    SumStatistic,
    Term,
    ones,
    ratio,
    require,
)
from halflife.monitoring.claims.statistics.metrics import METRICS
from halflife.monitoring.claims.statistics.placements import auc_columns, auc_of
from halflife.monitoring.claims.syntax.arguments import WHERE, Argument, ArgumentKind, Arguments, named
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View

CHOICES = ("auc", *METRICS)


@dataclass(frozen=True)
class Gap(SumStatistic):
    """metric(rows where a) − metric(rows where b), of any metric that is a statistic of its own.

    ``accuracy``, ``positive_rate`` (share decided 1), ``base_rate`` (share labelled 1), ``fpr``, ``tpr``, ``precision``
    are in [0, 1], with Newcombe's interval, which needs no event to have been seen; ``auc`` is in [0, 1], ``brier`` too,
    ``log_loss`` in nats, with the bootstrap's.

    Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17, 1998.
    """

    metric: str = "fpr"

    name = "gap"
    description = "a metric on one segment minus the same metric on another: " + ", ".join(CHOICES)
    example = 'gap("fpr", a="sex = \'F\'", b="sex = \'M\'") > 0.05'
    untestable = (
        "It is untestable with fewer than 30 labelled rows in a segment, or 10 of those the metric is a share of "
        "(negatives for fpr, positives for tpr, positive decisions for precision, either class for auc)."
    )
    arguments = (
        Argument("metric", ArgumentKind.CHOICE, positional=True, choices=CHOICES, meaning="what is compared"),
        Argument("a", ArgumentKind.PREDICATE, meaning="one segment"),
        Argument("b", ArgumentKind.PREDICATE, meaning="the other segment"),
        WHERE,
    )
    needs_labels = True
    neutral = 0.0

    def of(self, arguments: Arguments) -> Gap | AucGap:
        return AUC_GAP if arguments["metric"] == "auc" else Gap(str(arguments["metric"]))

    def depends_on(self, arguments: Arguments, features: tuple[str, ...]) -> tuple[str, ...]:
        said = named(self.arguments, arguments)
        whole = arguments["metric"] != "base_rate"
        return tuple(name for name in features if whole or name in said)

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        return tuple(term for side in _sides(self, arguments) for term in METRICS[self.metric].on(side))

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        needed = []
        for side in _sides(self, arguments):
            where = side.where[-1]
            what = f"{METRICS[self.metric].what} where {where}"
            needed += [
                Requirement(Term(ones, side), MIN_ROWS, f"rows where {where}"),
                Requirement(METRICS[self.metric].on(side)[1], MIN_OF_CLASS, what),
            ]
        return tuple(needed)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1) - ratio(sums, 2, 3)

    def interval(self, sums: Array, alpha: float) -> Array | None:
        from halflife.monitoring.claims.statistics.closed_forms import newcombe

        return newcombe(sums[..., :2], sums[..., 2:], alpha) if METRICS[self.metric].rate else None


class AucGap(SetStatistic):
    """The gap of ``auc``: each side ranked by itself."""

    name, description, example = Gap.name, Gap.description, Gap.example
    arguments = Gap.arguments
    needs_labels = True
    neutral = 0.0

    def columns(self, view: View, arguments: Arguments) -> Array:
        out = np.zeros((len(view), 8))
        for k, side in enumerate(_sides(self, arguments)):
            inside = view.sweep.evidence.mask(side)[view.rows]
            require(inside.sum(), MIN_ROWS, f"rows where {side.where[-1]}")
            out[inside, 4 * k : 4 * k + 4] = auc_columns(
                type(view)(view.sweep, view.rows[inside]), where=side.where[-1]
            )
        return out

    def value(self, sums: Array) -> Array:
        return auc_of(sums[..., :4]) - auc_of(sums[..., 4:])


AUC_GAP = AucGap()


def _sides(statistic: SetStatistic, arguments: Arguments) -> tuple[Segment, Segment]:
    segment = statistic.segment(arguments)
    return segment.narrowed(str(arguments["a"])), segment.narrowed(str(arguments["b"]))
