"""The parts of the rows whose learning curves are looked at."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from halflife.models.errors import ClaimError
from halflife.models.learner.model import Model
from halflife.models.rows import Kind, Schema
from halflife.monitoring.claims.syntax.claim_text import spelled
from halflife.monitoring.claims.syntax.predicates import check
from halflife.monitoring.claims.syntax.sql_words import near, quote
from halflife.monitoring.investigator.candidates import literal
from halflife.monitoring.investigator.lead import rounded

COMMON = 0.01
"""Share of the rows from which a value of a column is a segment."""
COLUMNS = 3
"""Strongest columns whose values are segments where none are configured."""


def strongest(model: Model, count: int = COLUMNS) -> tuple[str, ...]:
    """The columns that gain the trees most loss, categorical ones before numeric ones."""
    gains = np.asarray(model.booster.feature_importance("gain"), dtype=float)
    order = [model.schema.names[j] for j in np.argsort(-gains, kind="stable") if gains[j] > 0]
    return tuple(sorted(order, key=lambda name: model.schema.kind(name) is Kind.NUMERIC)[:count])


def parts(segments: Iterable[str], rows: pd.DataFrame, schema: Schema) -> list[str]:
    """Predicates: each common value of a categorical column, the halves of a numeric one, a predicate and its negation.

    Where a column is missing often enough, that is a part too.

    Args:
        segments: columns, or predicates.
        rows: canonical rows, which decide what is common.
        schema: of the rows.

    Raises:
        ClaimError: a segment is neither a column nor a predicate over columns.

    >>> from halflife.models.rows import Column
    >>> rows = pd.DataFrame({"sex": ["F", "M"] * 5, "age": range(10)})
    >>> schema = Schema((Column("sex", Kind.CATEGORICAL), Column("age", Kind.NUMERIC)))
    >>> parts(["sex", "age", "age < 3"], rows, schema)
    ["sex = 'F'", "sex = 'M'", 'age <= 4.5', 'age > 4.5', 'age < 3', 'NOT (age < 3)']
    """
    found: list[str] = []
    for segment in segments:
        if segment not in schema.names:
            _check(segment, schema)
            found += [segment, f"NOT ({segment})"]
            continue
        name, values = quote(segment), rows[segment]
        if schema.kind(segment) is Kind.NUMERIC:
            found += _halves(name, values)
        else:
            shares = values.value_counts(normalize=True).sort_index()
            found += [f"{name} = {literal(str(value))}" for value in shares.index[shares >= COMMON]]
        if values.isna().mean() >= COMMON:
            found.append(f"{name} IS NULL")
    return list(dict.fromkeys(found))


def _halves(name: str, values: "pd.Series[float]") -> Sequence[str]:
    if values.nunique() < 2:
        return []
    middle = spelled(rounded(float(values.median()), 4))
    return [f"{name} <= {middle}", f"{name} > {middle}"]


def _check(segment: str, schema: Schema) -> None:
    try:
        check(segment, schema)
    except ClaimError as error:
        hint = near(segment, schema.names) if segment.isidentifier() else ""
        raise ClaimError(f"{error.message}{hint}", text=segment, column=error.column) from error
