"""What is kept of some ticks: one sketch a column."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from halflife.monitoring.drift.sketches.column import Categories, Numbers, Sketch, sketch
from halflife.monitoring.drift.sketches.layout import Layout


@dataclass(frozen=True, eq=False)
class Profile:
    """Sketches of all columns of some rows.

    Attributes:
        rows: how many rows there were.
        columns: name -> sketch, in order.
    """

    rows: int
    columns: Mapping[str, Sketch]

    def __add__(self, other: "Profile") -> "Profile":
        """The profile of both sets of rows; their layouts must be the same."""
        both = {name: _sum(kept, other.columns[name]) for name, kept in self.columns.items()}
        return Profile(self.rows + other.rows, both)

    def missing_shares(self) -> dict[str, float]:
        """Column -> share of rows without a value; 0 when there are no rows."""
        return {name: kept.missing / max(self.rows, 1) for name, kept in self.columns.items()}

    def beside(self, columns: Mapping[str, Sketch]) -> "Profile":
        """With further columns of the same rows."""
        return replace(self, columns={**self.columns, **columns})


def profile(rows: pd.DataFrame, layout: Layout) -> Profile:
    """The profile of canonical rows; those of parts of the rows add up to it."""
    return Profile(len(rows), {name: sketch(rows[name], bins) for name, bins in layout.columns.items()})


def _sum(one: Sketch, other: Sketch) -> Sketch:
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one + other
    assert isinstance(one, Categories)
    assert isinstance(other, Categories)
    return one + other
