"""A watch's scores as tests registered with Evidently: it draws the columns, and shows what was found on all rows.

Importing this module imports Evidently, which takes seconds: the reporter does so when it first draws.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import pandas as pd

from halflife.models.domain import ColumnDrift
from halflife.monitoring.adapters.evidently_quiet import quiet
from halflife.monitoring.drift.comparison import METHODS, MISSING_SHARE, NEW_VALUES

with quiet():
    from evidently.legacy.calculations.stattests import StatTest, register_stattest
    from evidently.legacy.core import ColumnType
    from evidently.metrics import ValueDrift

SHOWN = {
    "wasserstein": "Wasserstein distance over the standard deviation",
    "jensenshannon": "Jensen-Shannon distance",
    MISSING_SHARE: "change of the share of missing values",
    NEW_VALUES: "share of values a constant column did not have",
}
assert set(METHODS.values()) <= set(SHOWN)
_showing: ContextVar[dict[str, ColumnDrift]] = ContextVar("_showing")


@contextmanager
def showing(columns: Sequence[ColumnDrift]) -> Iterator[list[ValueDrift]]:
    """One metric a column, whose score is looked up by the column's name while this lasts."""
    token = _showing.set({column.name: column for column in columns})
    try:
        yield [
            ValueDrift(column=column.name, method=_registered(column.method), threshold=column.threshold)
            for column in columns
        ]
    finally:
        _showing.reset(token)


def _registered(method: str) -> str:
    return f"halflife {method}"


def _look_up(
    reference: pd.Series, current: pd.Series, feature_type: ColumnType, threshold: float
) -> tuple[float, bool]:
    found = _showing.get()[str(reference.name)]
    return found.score, found.drifted


for _method, _name in SHOWN.items():
    register_stattest(
        StatTest(_registered(_method), f"{_name} of all rows", [ColumnType.Numerical, ColumnType.Categorical], 0.1),
        default_impl=_look_up,
    )
