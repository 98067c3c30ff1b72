"""What the model says of the rows of a session, computed once and looked at from every side."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.domain import Scope
from halflife.models.learner.evaluate import row_log_loss
from halflife.models.learner.model import Model
from halflife.models.rows import TICK, Array, Mask, Rows, Schema
from halflife.monitoring.claims.estimation.measure import estimates
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.investigator.column_signal import auc

ROWS, SOME = "discovery", "some"
MOST_EXPLAINED = 1000
"""Rows that are explained: shares are then wrong by a point at most, nineteen times in twenty."""
MOST_IMAGINED = 400
"""Rows that are predicted under changes: enough to see an effect, which other rows will measure."""


class ScoredRows:
    """One model over labelled rows.

    Args:
        model: under investigation.
        rows: canonical, all labelled.
        threads: for LightGBM and attributions.
    """

    def __init__(self, model: Model, rows: pd.DataFrame, threads: int = 1) -> None:
        self.model, self.rows = model, rows
        some = rows.iloc[:: -(-len(rows) // MOST_IMAGINED)]
        self.sweep = ModelPass(model, Evidence({ROWS: rows, SOME: some}), threads=threads)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def schema(self) -> Schema:
        return self.model.schema

    @property
    def matrix(self) -> Array:
        """Encoded features, shape (n, p)."""
        return self.sweep.matrix

    @property
    def probability(self) -> Array:
        return self.sweep.probability

    @property
    def decision(self) -> Mask:
        return self.sweep.decision

    @property
    def label(self) -> Array:
        return self.sweep.evidence.label

    @cached_property
    def loss(self) -> Array:
        """Log loss of each row, shape (n,), in nats."""
        return row_log_loss(self.probability, self.label)

    @cached_property
    def explained(self) -> Rows:
        """Positions of the rows whose attributions are looked at, shape (m,)."""
        return np.arange(0, len(self), -(-len(self) // MOST_EXPLAINED))

    @cached_property
    def attributions(self) -> Array:
        """φ of the explained rows, shape (m, p), in log-odds."""
        return self.sweep.attributions(self.explained)

    @cached_property
    def share(self) -> Array:
        """Each feature's share of all attribution, shape (p,); 0 where nothing is attributed."""
        size = np.abs(self.attributions).sum(axis=0)
        total = size.sum()
        return np.asarray(size / total if total > 0 else size)

    @cached_property
    def ranking(self) -> Rows:
        """Features by falling share, shape (p,)."""
        return np.argsort(-self.share, kind="stable")

    @cached_property
    def auc(self) -> float:
        """Of the model."""
        return float(auc(self.sweep.margin[:, None], self.label)[0])

    @cached_property
    def halves(self) -> tuple[Mask, Mask] | None:
        """The rows of the older and of the newer ticks; None where either is too few to tell anything."""
        ticks: npt.NDArray[np.int64] = self.rows[TICK].to_numpy()
        newer = np.asarray(ticks > np.median(ticks))
        enough = all(self.label[half].sum() >= 20 and (1 - self.label[half]).sum() >= 20 for half in (newer, ~newer))
        return (~newer, newer) if enough else None

    def seen(self, subjects: Sequence[str], rows: str = ROWS) -> Array:
        """What each statistic, with its arguments, is on these rows, shape (k,); NaN where it has no value.

        Args:
            subjects: statistics with their arguments.
            rows: ``ROWS``, or ``SOME`` of them for what takes a prediction of every row.
        """
        questions = [Question(parse(f"{subject} > 0"), Scope.ARTIFACT, rows, reference=ROWS) for subject in subjects]
        return np.asarray(estimates([self.sweep], questions)[0])
