"""Metrics of a model on labelled rows, each a ratio of sums and a row of one table."""

from __future__ import annotations

from dataclasses import dataclass

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
from halflife.monitoring.claims.statistics.outcomes import (
    correct,
    decided,
    false_positive,
    negative,
    positive,
    row_loss,
    squared_error,
    true_positive,
)
from halflife.monitoring.claims.syntax.arguments import WHERE, Arguments
from halflife.monitoring.claims.syntax.segment import Segment


@dataclass(frozen=True, kw_only=True)
class Metric(SumStatistic):
    """A ratio of two sums on the rows a claim speaks about; rates with Wilson's interval, means with the bootstrap's.

    Attributes:
        formula: what it is, with its range.
        source: who said so.
        counted: what is counted or added up.
        among: the rows it is counted among.
        what: how those rows are named.
        rate: what is counted is a number of rows, so that θ is a share of them.
        alone: a claim can be about it; if not, only ``gap`` speaks of it.
    """

    name: str
    description: str
    example: str
    formula: str
    source: str
    counted: Quantity
    among: Quantity
    what: str = "rows"
    untestable: str = ""
    rate: bool = True
    of_columns: bool = False
    alone: bool = True

    arguments = (WHERE,)
    needs_labels = True

    @property
    def explanation(self) -> str:
        return f"{self.formula}\n\nSource: {self.source}"

    def on(self, segment: Segment) -> tuple[Term, Term]:
        """Numerator and denominator."""
        return Term(self.counted, segment), Term(self.among, segment)

    def terms(self, arguments: Arguments) -> tuple[Term, ...]:
        return self.on(self.segment(arguments))

    def requirements(self, arguments: Arguments) -> tuple[Requirement, ...]:
        if self.among is ones:
            return ()
        return (Requirement(self.terms(arguments)[1], MIN_OF_CLASS, self.what),)

    def value(self, sums: Array) -> Array:
        return ratio(sums, 0, 1)

    def interval(self, sums: Array, alpha: float) -> Array | None:
        from halflife.monitoring.claims.statistics.closed_forms import wilson

        return wilson(sums[..., 0], sums[..., 1], alpha) if self.rate else None


_TABLE = (
    Metric(
        name="accuracy",
        description="share of decisions that are right",
        example="accuracy() > 0.7",
        formula="Share of rows whose decision is their label, in [0, 1]; with the interval of Wilson.",
        source="Wilson, Journal of the American Statistical Association 22, 1927 (the interval).",
        counted=correct,
        among=ones,
    ),
    Metric(
        name="base_rate",
        description="share of rows whose label is 1, whatever the model says",
        example="base_rate(where=\"sex = 'F'\") > 0.3",
        formula="P(label 1) on the rows, in [0, 1]: a claim about the data; with the interval of Wilson.",
        source="Wilson, Journal of the American Statistical Association 22, 1927 (the interval).",
        counted=positive,
        among=ones,
        of_columns=True,
    ),
    Metric(
        name="brier",
        description="mean squared error of the calibrated probabilities: 0 is perfect, ¼ a coin",
        example="brier() < 0.2",
        formula="Mean (p − y)² of the calibrated probabilities, in [0, 1]; 0 is perfect, ¼ a coin.",
        source='Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.',
        counted=squared_error,
        among=ones,
        rate=False,
    ),
    Metric(
        name="fpr",
        description="share of negatives that the model decides for",
        example="fpr() < 0.4",
        formula="P(decision 1 | label 0), in [0, 1]; with the interval of Wilson.",
        source='Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.',
        counted=false_positive,
        among=negative,
        what="negatives",
        untestable="It is untestable with fewer than 10 negatives.",
    ),
    Metric(
        name="log_loss",
        description="mean log loss of the calibrated probabilities, in nats",
        example="log_loss() < 0.5",
        formula="Mean −log p(what happened) of the calibrated probabilities, in nats a row; 0 is perfect, ln 2 a coin.",
        source='Good, "Rational decisions", Journal of the Royal Statistical Society B 14, 1952.',
        counted=row_loss,
        among=ones,
        rate=False,
    ),
    Metric(
        name="positive_rate",
        description="share of rows that the model decides for",
        example="positive_rate() > 0.3",
        formula="P(decision 1) on the rows, in [0, 1].",
        source="Wilson, Journal of the American Statistical Association 22, 1927 (the interval).",
        counted=decided,
        among=ones,
        alone=False,
    ),
    Metric(
        name="precision",
        description="share of positive decisions that are right",
        example="precision() > 0.6",
        formula="P(label 1 | decision 1), in [0, 1]; with the interval of Wilson.",
        source='Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.',
        counted=true_positive,
        among=decided,
        what="positive decisions",
        untestable="It is untestable with fewer than 10 positive decisions.",
    ),
    Metric(
        name="tpr",
        description="share of positives that the model decides for: recall",
        example="tpr() > 0.6",
        formula="P(decision 1 | label 1), in [0, 1], also called recall or sensitivity; with the interval of Wilson.",
        source='Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.',
        counted=true_positive,
        among=positive,
        what="positives",
        untestable="It is untestable with fewer than 10 positives.",
    ),
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in _TABLE}
