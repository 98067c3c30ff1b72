"""The contract that every store keeps: the checks that ship, over the store of ours, its caches and its past."""

from pathlib import Path

import pytest

from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.caches import CachedStore
from halflife.monitoring.ports import Store
from halflife.monitoring.trials.store_as_of import StoreAsOf
from halflife.testing.store_checks import store_checks
from halflife.testing.store_reading_checks import store_reading_checks
from halflife.testing.store_specimens import SCHEMA, SPLIT, Check, batch, filled


@pytest.mark.parametrize("cached", [False, True], ids=["delta", "cached"])
@pytest.mark.parametrize("check", store_checks())
def test_a_store_keeps_the_contract(cached: bool, check: Check, tmp_path: Path) -> None:
    """What each check states in its first line is true of the store, and of the one that remembers a window."""

    def make() -> Store:
        store = DeltaStore(tmp_path / "store", SPLIT)
        return CachedStore(store) if cached else store

    check(make)


def past(store: Store) -> Store:
    """The store as of tick 3, with two more ticks that nobody may see."""
    for tick in range(store.last_tick + 1, 6):
        store.append(batch(tick, {f"{tick}-{i}": 1.0 for i in range(3)}, {f"{tick - 1}-0": 1.0}), SCHEMA)
    return StoreAsOf(store, 3)


VIEWS = {
    "delta": lambda store: store,
    "cached": CachedStore,
    "past": past,
    "cached past": lambda s: CachedStore(past(s)),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("check", store_reading_checks())
def test_what_is_read_keeps_the_contract(view: str, check: Check, tmp_path: Path) -> None:
    """It is true of what is read from the store, through a cache, of its past, and of its past through a cache."""
    check(lambda: VIEWS[view](filled(lambda: DeltaStore(tmp_path / "store", SPLIT))))
