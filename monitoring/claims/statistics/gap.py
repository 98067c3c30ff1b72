"""How differently the model treats, or does on, two segments."""

from collections.abc import Callable, Mapping

import numpy as np

from models.rows import Array
from monitoring.claims.source import Value
from monitoring.claims.statistic import (
    MIN_OF_CLASS,
    MIN_ROWS,
    WHERE,
    Argument,
    ArgumentKind,
    SetStatistic,
    ratio,
    require,
)
from monitoring.claims.statistics.log_loss import row_loss
from monitoring.claims.sweep import View

Counted = tuple[Array, Array, str]
"""What is counted, shape (n,); among which rows, shape (n,); and how to name those rows."""


def _all(view: View) -> Array:
    return np.ones(len(view))


def _fpr(view: View) -> Counted:
    negative = view.label == 0
    return view.decision & negative, negative, "negatives"


def _tpr(view: View) -> Counted:
    positive = view.label == 1
    return view.decision & positive, positive, "positives"


def _precision(view: View) -> Counted:
    return view.decision & (view.label == 1), view.decision.astype(float), "positive decisions"


METRICS: dict[str, Callable[[View], Counted]] = {
    "accuracy": lambda view: (view.decision == (view.label == 1), _all(view), "rows"),
    "base_rate": lambda view: (view.label, _all(view), "rows"),
    "fpr": _fpr,
    "log_loss": lambda view: (row_loss(view), _all(view), "rows"),
    "positive_rate": lambda view: (view.decision.astype(float), _all(view), "rows"),
    "precision": _precision,
    "tpr": _tpr,
}


class Gap(SetStatistic):
    """metric(rows where a) − metric(rows where b). Every metric is a ratio of sums.

    ``accuracy``, ``positive_rate`` (share decided 1), ``base_rate`` (share labelled 1), ``fpr``, ``tpr``, ``precision``
    are in [0, 1], ``log_loss`` is in nats. A rate of which no event was seen has no spread to resample; its standard
    error is therefore never taken below that with one event and one non-event added to each side.

    Source: Agresti, Caffo, The American Statistician 54, 2000 (the added events).
    """

    name = "gap"
    description = "a metric on one segment minus the same metric on another: " + ", ".join(METRICS)
    example = 'gap("fpr", a="sex = \'F\'", b="sex = \'M\'") > 0.05'
    arguments = (
        Argument("metric", ArgumentKind.CHOICE, positional=True, choices=tuple(METRICS)),
        Argument("a", ArgumentKind.PREDICATE),
        Argument("b", ArgumentKind.PREDICATE),
        WHERE,
    )
    needs_labels = True
    neutral = 0.0

    def columns(self, view: View, arguments: Mapping[str, Value]) -> Array:
        metric = str(arguments["metric"])
        counted, among, what = METRICS[metric](view)
        columns = []
        for side in ("a", "b"):
            where = str(arguments[side])
            mask = view.mask(where)
            require(mask.sum(), MIN_ROWS, f"rows where {where}")
            require(among[mask].sum(), MIN_OF_CLASS, f"{what} where {where}")
            columns += [counted * mask, among * mask]
        return np.column_stack(columns)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1) - ratio(sums, 2, 3)

    def least_error(self, sums: Array, arguments: Mapping[str, Value]) -> float:
        if arguments["metric"] == "log_loss":
            return 0.0
        events, trials = sums[[0, 2]] + 1, sums[[1, 3]] + 2
        rate = events / trials
        return float(np.sqrt((rate * (1 - rate) / trials).sum()))
