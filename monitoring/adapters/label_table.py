"""Labels that come later, from elsewhere: a table of its own, joined to the rows by their id."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from halflife.models.errors import FeedError
from halflife.models.rows import LABEL, ROW_ID
from halflife.monitoring.adapters.binary import labels_of, mistakes
from halflife.monitoring.adapters.csv_dialect import require_known, texts
from halflife.monitoring.adapters.pending import AT
from halflife.monitoring.adapters.table_sources import TableSource
from halflife.monitoring.adapters.time_order import times_of


@dataclass(frozen=True)
class LabelTable:
    """A table with a label a row, which may come late, twice, or otherwise than before.

    Of two labels of one row the first in the order of their times stays, else the first in the table; another one is
    set aside and counted. A label whose row has not come waits for it.

    Attributes:
        source: where it is.
        key: column that says of which row.
        column: of the label.
        time: column that says when it came to be known; None where a label counts as soon as it is seen.
        positive: the label's positive value; inferred for 0/1, no/yes, false/true, n/y.
    """

    source: TableSource
    key: str
    column: str
    time: str | None = None
    positive: str | None = None

    def read(self, zone: str = "UTC") -> pd.DataFrame:
        """``_id``, ``_label`` and `AT`, when it came to be known (NaN where that is not told). Raises FeedError.

        A cell that is neither of the two values is kept as text.
        """
        if self.source.empty:
            return pd.DataFrame({ROW_ID: pd.Series(dtype="str"), LABEL: pd.Series(dtype="float64"), AT: []})
        table = self.source.read().table
        try:
            for what, name in (("key", self.key), ("label", self.column), ("time", self.time)):
                if name is not None:
                    require_known(what, name, table.columns)
            at = np.full(len(table), np.nan) if self.time is None else times_of(table[self.time], zone).values
            label = labels_of(table[self.column], self.positive).cells()
        except FeedError as error:
            raise FeedError(f"{self.source.name}, the table of labels: {error}") from None
        ids: pl.Series = texts(table[self.key]).str.strip_chars()
        found = pd.DataFrame({ROW_ID: ids.to_pandas(), LABEL: label, AT: at}).dropna(subset=[ROW_ID, LABEL])
        return found.sort_values(AT, kind="stable", ignore_index=True)

    def mistakes(self) -> list[str]:
        """A sentence about cells that are neither of the two values, if there are any."""
        if self.source.empty:
            return []
        cells = self.source.read().table[self.column]
        return mistakes(labels_of(cells, self.positive), cells)
