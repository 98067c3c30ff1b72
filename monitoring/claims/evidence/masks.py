"""The rows for which predicates are true."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import pandas as pd
import polars as pl

from halflife.models.errors import ClaimError
from halflife.models.rows import RESERVED, Kind, Mask
from halflife.monitoring.claims.syntax.predicates import columns, expression, first_line
from halflife.monitoring.claims.syntax.sql_words import fault


class Masks:
    """Predicates over one frame, each evaluated once; where one is NULL (a value is missing) the row is out.

    Args:
        frame: canonical rows; only their features can be named.

    >>> rows = pd.DataFrame({"job": ["student", "cook", None], "emp.var.rate": [1.4, -1.8, 1.1]})
    >>> masks = Masks(rows)
    >>> masks.expect(["job <> 'cook'", "no sense at all"])
    >>> masks["job <> 'cook'"]
    array([ True, False, False])
    >>> masks['NOT "emp.var.rate" < 1.2']
    array([ True, False, False])
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._kinds = {
            str(name): Kind.NUMERIC if pd.api.types.is_numeric_dtype(frame[name].dtype) else Kind.CATEGORICAL
            for name in frame.columns
            if name not in RESERVED
        }
        self._known = tuple(self._kinds.items())
        self._columns: dict[str, pl.Series] = {}
        self._masks: dict[str, Mask] = {}

    def __getitem__(self, where: str) -> Mask:
        """The rows for which a predicate is true, shape (n,).

        Raises:
            ClaimError: it does not fit the frame's columns, or cannot be computed on its rows.
        """
        if where not in self._masks:
            meant = expression(where, self._known)
            try:
                self._evaluate({where: meant})
            except pl.exceptions.PolarsError as error:
                message = f"the predicate cannot be computed on these rows: {first_line(error)}"
                raise fault(where, 1, message) from error
        return self._masks[where]

    def expect(self, wheres: Iterable[str]) -> None:
        """Evaluate several in one pass over the rows; what is wrong with one is said when it is asked for."""
        meant = {}
        for where in dict.fromkeys(wheres):
            if where not in self._masks:
                with suppress(ClaimError):
                    meant[where] = expression(where, self._known)
        with suppress(pl.exceptions.PolarsError):
            self._evaluate(meant)

    def _evaluate(self, meant: Mapping[str, pl.Expr]) -> None:
        named = dict.fromkeys(name for where in meant for name in columns(where))
        rows = pl.DataFrame([self._column(name) for name in named])
        found = rows.select(e.fill_null(value=False).alias(str(k)) for k, e in enumerate(meant.values()))
        self._masks |= zip(meant, (series.to_numpy() for series in found), strict=True)

    def _column(self, name: str) -> pl.Series:
        if name not in self._columns:
            values = self._frame[name]
            if self._kinds[name] is Kind.NUMERIC:
                self._columns[name] = pl.Series(name, values.to_numpy(dtype=float)).fill_nan(None)
            else:
                plain = values.astype(object).where(values.notna(), None).to_list()
                self._columns[name] = pl.Series(name, plain, dtype=pl.String)
        return self._columns[name]


def mask(where: str, frame: pd.DataFrame) -> Mask:
    """The rows for which a predicate is true, shape (n,); where it is NULL (a value is missing) the row is out.

    Args:
        where: SQL as it would follow ``WHERE``.
        frame: canonical rows; only their features can be named.

    Raises:
        ClaimError: it does not fit the frame's columns, or cannot be computed on its rows.

    >>> mask("job <> 'cook'", pd.DataFrame({"job": ["student", "cook", None]}))
    array([ True, False, False])
    """
    return Masks(frame)[where]
