"""What one model says about all evidence rows, computed once and looked up by every claim."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from halflife.models.explain.attributions import attributions
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Mask
from halflife.monitoring.claims.evidence.evidence_rows import Evidence, Rows

_CERTAIN = 1e-12


class WhatIf(Protocol):
    """A change of rows, which says how they might have been. Equal ones are predicted once: frozen dataclasses.

    A statistic names those it needs in ``counterfactuals`` and reads them with ``view.under(change)``. Those of all
    questions are stacked into one matrix and predicted together, once for each model. The kinds there are stand in
    ``what_if``.
    """

    def matrix(self, view: "View") -> Array:
        """The rows of ``view`` after the change, encoded for its model, shape (n, p)."""


class ModelScores:
    """What a model makes of raw scores.

    Args:
        model: its calibration and threshold.
        raw: gives log-odds before calibration, shape (n,), when they are first needed.
    """

    def __init__(self, model: Model, raw: Callable[[], Array]) -> None:
        self.model, self._raw = model, raw

    @cached_property
    def raw(self) -> Array:
        """Log-odds before calibration, shape (n,)."""
        return self._raw()

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


class ModelPass(ModelScores):
    """One model over one evidence; what is asked for first is computed first, and nothing twice.

    Args:
        model: whose conclusions are tested.
        evidence: the rows; several models may share one, with its encoding, its masks and its weights.
        threads: for LightGBM.
    """

    def __init__(self, model: Model, evidence: Evidence, *, threads: int = 1) -> None:
        super().__init__(model, lambda: self._predicted(self.matrix))
        self.evidence, self.threads = evidence, threads
        shape = len(evidence), len(model.schema.columns)
        self._attributions = _Table(shape, lambda rows: attributions(model, self.matrix[rows], threads))
        self._imagined: dict[WhatIf, _Table] = {}

    @cached_property
    def matrix(self) -> Array:
        """Encoded features, shape (n, p)."""
        return self.evidence.matrix(self.model)

    def _predicted(self, matrix: Array) -> Array:
        return self.model.raw(matrix, self.threads)

    @cached_property
    def standing(self) -> Rows:
        """How many smaller margins there are, equal ones counted once, shape (n,)."""
        return np.unique(self.margin, return_inverse=True)[1]

    def attributions(self, rows: Rows) -> Array:
        """TreeSHAP of these rows, shape (len(rows), p); only rows not asked for before are explained."""
        return self._attributions.read(rows)

    @cached_property
    def _leaves(self) -> "_Table":
        trees = self.model.leaves(self.matrix[:0]).shape[1]
        return _Table((len(self.evidence), trees), self._routed)

    def _routed(self, rows: Rows) -> Array:
        return self.model.leaves(self.matrix[rows], self.threads).astype(float)

    def leaves(self, rows: Rows) -> Array:
        """The leaf each row falls in, shape (len(rows), trees); only rows not asked for before are routed."""
        return self._leaves.read(rows)

    def under(self, change: WhatIf, rows: Rows) -> Array:
        """Raw scores these rows would have after a change, shape (len(rows),)."""
        self.imagine({change: rows})
        return np.asarray(self._imagined[change].values[rows, 0])

    def imagine(self, wanted: Mapping[WhatIf, Rows]) -> None:
        """Predict rows under several changes, stacked into one matrix; nothing that was predicted before."""
        new: list[tuple[_Table, Rows, Array]] = []
        for change, rows in wanted.items():
            table = self._imagined.setdefault(change, _Table((len(self.evidence), 1)))
            unknown = table.unknown(rows)
            if unknown.size:
                new.append((table, unknown, change.matrix(View(self, unknown))))
        if new:
            raw = self._predicted(np.concatenate([matrix for _, _, matrix in new]))
            parts = np.split(raw, np.cumsum([len(rows) for _, rows, _ in new])[:-1])
            for (table, rows, _), part in zip(new, parts, strict=True):
                table.write(rows, part[:, None])


class _Table:
    """Values by row, each row computed when it is first read."""

    def __init__(self, shape: tuple[int, int], compute: Callable[[Rows], Array] | None = None) -> None:
        self._shape, self._compute = shape, compute
        self._known = np.zeros(shape[0], dtype=bool)

    @cached_property
    def values(self) -> Array:
        return np.empty(self._shape)

    def unknown(self, rows: Rows) -> Rows:
        new = rows[~self._known[rows]]
        return np.unique(new) if new.size else new

    def write(self, rows: Rows, values: npt.ArrayLike) -> None:
        self.values[rows] = values
        self._known[rows] = True

    def read(self, rows: Rows) -> Array:
        new = self.unknown(rows)
        if new.size and self._compute is not None:
            self.write(new, self._compute(new))
        return self.values[rows]


@dataclass(frozen=True, eq=False)
class View:
    """The rows one statistic looks at; what is read of them is looked up once.

    Attributes:
        rows: positions in the union; every array below follows their order.
    """

    sweep: ModelPass
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def under(self, change: WhatIf) -> ModelScores:
        """What the model would make of these rows after a change."""
        return ModelScores(self.sweep.model, lambda: self.sweep.under(change, self.rows))

    @property
    def features(self) -> tuple[str, ...]:
        return self.sweep.model.schema.names

    @cached_property
    def matrix(self) -> Array:
        return self.sweep.matrix[self.rows]

    @cached_property
    def label(self) -> Array:
        return self.sweep.evidence.label[self.rows]

    @cached_property
    def probability(self) -> Array:
        return self.sweep.probability[self.rows]

    @cached_property
    def margin(self) -> Array:
        return self.sweep.margin[self.rows]

    @cached_property
    def decision(self) -> Mask:
        return self.sweep.decision[self.rows]

    @cached_property
    def standing(self) -> Rows:
        """The rank of each margin among those of all rows of the union, shape (n,)."""
        return self.sweep.standing[self.rows]

    @cached_property
    def attributions(self) -> Array:
        """φ, shape (n, p), features in the order of ``features``."""
        return self.sweep.attributions(self.rows)

    @cached_property
    def leaves(self) -> Array:
        """The leaf each row falls in, tree by tree, shape (n, trees)."""
        return self.sweep.leaves(self.rows)
