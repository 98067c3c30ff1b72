"""What one model says about all evidence rows, computed once and looked up by every claim."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import logit

from models.explain.attributions import attributions
from models.learner.model import Model
from models.rows import Array, Mask
from monitoring.claims.evidence import Evidence, Rows

_CERTAIN = 1e-12


class Pass:
    """One model over one evidence; what is asked for first is computed first, and nothing twice.

    Args:
        model: whose conclusions are tested.
        evidence: the rows; several models may share one, with its masks and weights.
        threads: for LightGBM.
    """

    def __init__(self, model: Model, evidence: Evidence, *, threads: int = 1) -> None:
        self.model, self.evidence, self.threads = model, evidence, threads
        self._explained = np.zeros(len(evidence), dtype=bool)

    @cached_property
    def matrix(self) -> Array:
        """Encoded features, shape (n, p)."""
        return self.model.matrix(self.evidence.frame)

    @cached_property
    def raw(self) -> Array:
        """Log-odds before calibration, shape (n,)."""
        return self.model.raw(self.matrix, self.threads) if len(self.matrix) else np.empty(0)

    @cached_property
    def probability(self) -> Array:
        """Calibrated probability of class 1, shape (n,), kept off 0 and 1 by 1e-12 so that its log-odds are finite."""
        return np.clip(self.model.calibration(self.raw), _CERTAIN, 1 - _CERTAIN)

    @cached_property
    def margin(self) -> Array:
        """Log-odds of the calibrated probability over the threshold's, shape (n,)."""
        return np.asarray(logit(self.probability) - logit(self.model.threshold), dtype=float)

    @cached_property
    def decision(self) -> Mask:
        """Whether the model decides for class 1, shape (n,)."""
        return np.asarray(self.probability >= self.model.threshold)

    @cached_property
    def _attributions(self) -> Array:
        return np.empty((len(self.evidence), len(self.model.schema.columns)))

    def attributions(self, rows: Rows) -> Array:
        """TreeSHAP of these rows, shape (len(rows), p); only rows not asked for before are explained."""
        new = np.unique(rows[~self._explained[rows]])
        if new.size:
            self._attributions[new] = attributions(self.model, self.matrix[new], self.threads)
            self._explained[new] = True
        return self._attributions[rows]


@dataclass(frozen=True)
class View:
    """The rows one statistic looks at.

    Attributes:
        rows: positions in the union; every array below follows their order.
    """

    sweep: Pass
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, where: str | None = None, *, labelled: bool = False) -> "View":
        """The rows that satisfy a predicate, and whose label is known if asked. Raises ClaimError."""
        keep = np.ones(len(self.rows), dtype=bool) if where is None else self.mask(where)
        if labelled:
            keep = keep & ~np.isnan(self.label)
        return View(self.sweep, self.rows[keep])

    def mask(self, where: str) -> Mask:
        """Which of the rows satisfy a predicate, shape (n,). Raises ClaimError."""
        return self.sweep.evidence.mask(where)[self.rows]

    @property
    def features(self) -> tuple[str, ...]:
        return self.sweep.model.schema.names

    @property
    def label(self) -> Array:
        return self.sweep.evidence.label[self.rows]

    @property
    def probability(self) -> Array:
        return self.sweep.probability[self.rows]

    @property
    def margin(self) -> Array:
        return self.sweep.margin[self.rows]

    @property
    def decision(self) -> Mask:
        return self.sweep.decision[self.rows]

    @property
    def attributions(self) -> Array:
        return self.sweep.attributions(self.rows)
