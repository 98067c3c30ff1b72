"""Rows as they might have been: what a model would say of the same rows with some features changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.rows import Array, Kind, Rows

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View
    from halflife.monitoring.claims.evidence.reference_rows import Donors


@dataclass(frozen=True)
class Do:
    """do(feature = value) for some features, in every row; a category the model does not know counts as missing.

    Source: Pearl, "Causality", 2009, section 3.4 (the notation; of the model's inputs, not of the world).
    """

    changes: tuple[tuple[str, float | str], ...]

    def matrix(self, view: View) -> Array:
        changed = view.matrix.copy()
        model = view.sweep.model
        for feature, value in self.changes:
            code = float("nan")
            if model.schema.kind(feature) is Kind.NUMERIC:
                code = float(value)
            elif value in model.categories[feature]:
                code = float(model.categories[feature].index(str(value)))
            changed[:, model.schema.names.index(feature)] = code
        return np.asarray(changed)


@dataclass(frozen=True)
class AtEdge:
    """Each row's number moved to an edge of the cell it lies in; rows outside all cells stay as they are.

    Attributes:
        edges: of the cells, rising; a cell holds its lower edge, the last one its upper edge too.
        upper: to the upper edge, else to the lower.
    """

    feature: str
    edges: tuple[float, ...]
    upper: bool

    def matrix(self, view: View) -> Array:
        column = view.sweep.model.schema.names.index(self.feature)
        changed = view.matrix.copy()
        mine = cells(changed[:, column], self.edges)
        inside = mine >= 0
        changed[inside, column] = np.asarray(self.edges)[mine[inside] + self.upper]
        return np.asarray(changed)


@dataclass(frozen=True)
class Borrowed:
    """Some features of each row taken together from another row."""

    features: tuple[str, ...]
    donors: Donors

    def matrix(self, view: View) -> Array:
        columns = np.array([view.sweep.model.schema.names.index(name) for name in self.features])
        changed = view.matrix.copy()
        changed[:, columns] = view.sweep.matrix[np.ix_(self.donors(view), columns)]
        return np.asarray(changed)


def cells(values: Array, edges: tuple[float, ...]) -> Rows:
    """The cell of each value, from 0; −1 outside them and where it is missing.

    >>> cells(np.array([0.0, 1.0, 2.0, 2.1, np.nan]), (0.0, 1.0, 2.0))
    array([ 0,  1,  1, -1, -1])
    """
    found = np.searchsorted(edges, values, side="right") - 1
    found = np.where(values == edges[-1], len(edges) - 2, found)
    return np.where((found < len(edges) - 1) & ~np.isnan(values), found, -1)
