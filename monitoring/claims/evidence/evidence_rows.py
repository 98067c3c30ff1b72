"""The rows claims are tested on: several named sets as one table of unique rows, whatever models look at it."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, ROW_ID, Array, Mask, entities, row_hash, units
from halflife.monitoring.claims.evidence.bootstrap_weights import poisson_counts
from halflife.monitoring.claims.evidence.masks import Masks
from halflife.monitoring.claims.syntax.segment import Segment

Rows = npt.NDArray[np.intp]
"""Positions in the union."""

Weights = npt.NDArray[np.uint8]


class Evidence:
    """The union of named row sets, each row once, whatever number of sets or models look at it.

    Attributes:
        frame: canonical rows, unique by id. A row that came without its label in one set and with it in another has
            it; if two sets know different labels, the one named last is right.
        index: set -> positions of its rows in ``frame``, in the set's order.
        member: set -> which rows of ``frame`` are in it, shape (n,).
        label: 1, 0, or NaN while unknown, shape (n,).

    >>> old = pd.DataFrame({"_id": ["a", "b"], "_tick": 0, "_label": [1.0, np.nan], "age": [30.0, 31.0]})
    >>> new = pd.DataFrame({"_id": ["b", "c"], "_tick": 0, "_label": [0.0, 1.0], "age": [31.0, 32.0]})
    >>> evidence = Evidence({"old": old, "new": new})
    >>> evidence.label.tolist(), evidence.index["new"], evidence.mask(Segment(("age > 30",), labelled=True))
    ([1.0, 0.0, 1.0], array([1, 2]), array([False,  True,  True]))
    """

    def __init__(self, sets: Mapping[str, pd.DataFrame]) -> None:
        starts = np.cumsum([0, *(len(rows) for rows in sets.values())])
        spans = dict(zip(sets, pairwise(starts), strict=True))
        ids = np.concatenate([rows[ROW_ID].to_numpy(dtype=object) for rows in sets.values()])
        codes, self._ids = pd.factorize(ids)
        new = codes > np.concatenate([[-1], np.maximum.accumulate(codes)])[:-1]
        firsts = [rows[new[top:end]] for rows, (top, end) in zip(sets.values(), spans.values(), strict=True)]
        self.index: Mapping[str, Rows] = {name: codes[top:end] for name, (top, end) in spans.items()}
        self.frame: pd.DataFrame = pd.concat([f for f in firsts if len(f)] or firsts[:1], ignore_index=True)
        self.label: Array = np.full(len(self.frame), np.nan)
        self.member: Mapping[str, Mask] = {name: np.zeros(len(self.frame), dtype=bool) for name in sets}
        for name, rows in sets.items():
            said = rows[LABEL].to_numpy(dtype=float)
            known = ~np.isnan(said)
            self.label[self.index[name][known]] = said[known]
            self.member[name][self.index[name]] = True
        self.frame[LABEL] = self.label
        self._predicates = Masks(self.frame)
        self._segments: dict[Segment, Mask] = {}
        self._encoded: list[tuple[Model, Array]] = []
        self._weights: dict[int, Weights] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def mask(self, segment: Segment) -> Mask:
        """The rows of the union that are in a segment, shape (n,). Raises ClaimError."""
        if segment not in self._segments:
            keep = ~np.isnan(self.label) if segment.labelled else np.ones(len(self), dtype=bool)
            for where in segment.where:
                keep = keep & self._predicates[where]
            self._segments[segment] = keep
        return self._segments[segment]

    def expect(self, wheres: Iterable[str]) -> None:
        """Evaluate predicates that will be asked for, all in one go; what is wrong with one is said when it is asked."""
        self._predicates.expect(wheres)

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return dict(zip(self._ids, range(len(self._ids)), strict=True))

    def find(self, rows: str, case: str) -> int | None:
        """Where the case is, if it is in the set ``rows``."""
        at = self._positions.get(case)
        return at if at is not None and self.member[rows][at] else None

    def matrix(self, model: Model) -> Array:
        """The union as the model's trees see it, shape (n, p); one for all models that encode rows alike."""
        for other, matrix in self._encoded:
            if other.schema == model.schema and other.categories == model.categories:
                return matrix
        self._encoded.append((model, encode(self.frame, model.schema, model.categories)))
        return self._encoded[-1][1]

    @cached_property
    def entities(self) -> Rows | None:
        """The number of each row's entity, shape (n,); None where rows do not repeat by entity."""
        return entities(self.frame) if len(self) else None

    def weights(self, replicates: int) -> Weights:
        """Poisson bootstrap weights of the rows of the union, shape (n, B), each with mean and variance 1.

        Rows about one entity have the same.
        """
        if replicates not in self._weights:
            self._weights[replicates] = poisson_counts(row_hash(units(self.frame)), replicates)
        return self._weights[replicates]
