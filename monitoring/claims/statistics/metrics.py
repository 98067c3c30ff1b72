"""Metrics of a model on labelled rows, each a ratio of sums: what the statistics named for them and ``gap`` share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.claims.statistics.base import (
    MIN_OF_CLASS,
    Quantity,
    Requirement,
    SumStatistic,
    Term,
    ones,
    ratio,
)
from halflife.monitoring.claims.syntax.arguments import WHERE, Arguments
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View


def positive(view: View) -> Array:
    """1 where the label is 1."""
    return np.asarray(view.label == 1, dtype=float)


def negative(view: View) -> Array:
    """1 where the label is 0."""
    return np.asarray(view.label == 0, dtype=float)


def decided(view: View) -> Array:
    """1 where the model decides for class 1."""
    return np.asarray(view.decision, dtype=float)


def true_positive(view: View) -> Array:
    """1 where the model decides for class 1, rightly."""
    return np.asarray(view.decision & (view.label == 1), dtype=float)


def false_positive(view: View) -> Array:
    """1 where the model decides for class 1, wrongly."""
    return np.asarray(view.decision & (view.label == 0), dtype=float)


def correct(view: View) -> Array:
    """1 where the decision is the label."""
    return np.asarray(view.decision == (view.label == 1), dtype=float)


def squared_error(view: View) -> Array:
    """(p − y)², shape (n,)."""
    return np.asarray((view.probability - view.label) ** 2, dtype=float)


def row_loss(view: View) -> Array:
    """−log of the probability given to what happened, shape (n,), in nats."""
    return loss(view.probability, view.label)


def loss(probability: Array, label: Array) -> Array:
    """−log of the probability given to what happened, shape (n,), in nats."""
    from scipy.special import xlogy

    return np.asarray(-(xlogy(label, probability) + xlogy(1 - label, 1 - probability)), dtype=float)


@dataclass(frozen=True)
class Metric:
    """A ratio of two sums: what is counted, among which rows, and how to name those rows.

    Attributes:
        rate: what is counted is a number of rows, so that θ is a share of them.
    """

    counted: Quantity
    among: Quantity
    what: str
    rate: bool = True

    def terms(self, segment: Segment) -> tuple[Term, Term]:
        """Numerator and denominator."""
        return Term(self.counted, segment), Term(self.among, segment)


METRICS = {
    "accuracy": Metric(correct, ones, "rows"),
    "base_rate": Metric(positive, ones, "rows"),
    "brier": Metric(squared_error, ones, "rows", rate=False),
    "fpr": Metric(false_positive, negative, "negatives"),
    "log_loss": Metric(row_loss, ones, "rows", rate=False),
    "positive_rate": Metric(decided, ones, "rows"),
    "precision": Metric(true_positive, decided, "positive decisions"),
    "tpr": Metric(true_positive, positive, "positives"),
}


class MetricStatistic(SumStatistic):
    """One metric on the rows a claim speaks about; rates with Wilson's interval, means with the bootstrap's."""

    arguments = (WHERE,)
    needs_labels = True

    @property
    def metric(self) -> Metric:
        """The entry of the table under its own name."""
        return METRICS[self.name]

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        return self.metric.terms(self.segment(arguments))

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        if self.metric.among is ones:
            return ()
        return (Requirement(self.terms(arguments)[1], MIN_OF_CLASS, self.metric.what),)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)

    def interval(self, sums: Array, alpha: float) -> Array | None:
        from halflife.monitoring.claims.statistics.closed_forms import wilson

        return wilson(sums[..., 0], sums[..., 1], alpha) if self.metric.rate else None
