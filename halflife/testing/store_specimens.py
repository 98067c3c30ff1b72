"""What the checks of a store put into it: a few ticks of cooks, some of them bad."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, Batch, Column, Kind, Schema, Split
from halflife.monitoring.ports import Store

SPLIT = Split()
SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))

Make: TypeAlias = Callable[[], Store]
Check: TypeAlias = Callable[[Make], None]


def batch(tick: int, ages: Mapping[str, object], labels: Mapping[str, float] | None = None) -> Batch:
    """One tick of cooks.

    Args:
        tick: its number.
        ages: id -> age.
        labels: id -> label, of those that arrive.
    """
    rows = pd.DataFrame({ROW_ID: list(ages), "age": list(ages.values()), "job": "cook"})
    told = labels or {}
    return Batch(tick, rows, pd.DataFrame({ROW_ID: list(told), LABEL: list(told.values())}))


def days(ticks: int = 4, late: int = 1) -> Iterator[Batch]:
    """Ticks of three rows whose labels come ``late`` ticks later, with a repeated id and a bad cell in tick 2.

    >>> [len(day.rows) for day in days()]
    [3, 3, 5, 3]
    """
    for tick in range(ticks):
        ages: dict[str, object] = {f"{tick}-{i}": float(10 * tick + i) for i in range(3)}
        if tick == 2:
            ages |= {"0-0": 99.0, "bad": "junk"}
        yield batch(tick, ages, {f"{tick - late}-{i}": float(i % 2) for i in range(3) if tick >= late})


def filled(make: Make) -> Store:
    """The store with four `days` in it."""
    store = make()
    for day in days():
        store.append(day, SCHEMA)
    return store


def contents(store: Store) -> dict[str, Any]:
    """Everything that must not differ between two stores of the same ticks."""
    return {
        "last tick": store.last_tick,
        "schema": store.schema,
        "window": store.window(0, store.last_tick).digest,
        "labels": store.labels(0, store.last_tick),
        "quarantine": store.quarantine().to_json(),
    }
