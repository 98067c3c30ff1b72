"""The contract that every store keeps: the checks that ship, over the store of ours, its caches and its past."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from halflife.models.rows import Span
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.object_path import ObjectPath
from halflife.monitoring.caches import CachedStore
from halflife.monitoring.ports import Store
from halflife.monitoring.trials.store_as_of import StoreAsOf
from halflife.testing.store_checks import store_checks
from halflife.testing.store_reading_checks import store_reading_checks
from halflife.testing.store_specimens import SCHEMA, SPLIT, Check, batch, contents, days, filled


@pytest.mark.parametrize("cached", [False, True], ids=["delta", "cached"])
@pytest.mark.parametrize("check", store_checks())
def test_a_store_keeps_the_contract(cached: bool, check: Check, tmp_path: Path) -> None:
    """What each check states in its first line is true of the store, and of the one that remembers a window."""

    def make() -> Store:
        store = DeltaStore(tmp_path / "store", SPLIT)
        return CachedStore(store) if cached else store

    check(make)


@pytest.fixture(scope="module")
def address(object_store: Callable[[], str]) -> ObjectPath:
    """A bucket for every store of this module."""
    return ObjectPath.of(object_store())


@pytest.mark.parametrize("check", store_checks())
def test_a_store_on_an_object_store_keeps_the_contract(address: ObjectPath, check: Check, tmp_path: Path) -> None:
    """It is true of a store in a bucket, each time it is opened with nothing on this machine but what is made again."""
    opened = count()
    check(lambda: DeltaStore(address / check.__name__, SPLIT, tmp_path / str(next(opened) % 2)))


@pytest.mark.parametrize("check", store_reading_checks())
def test_what_is_read_from_an_object_store_keeps_the_contract(
    address: ObjectPath, check: Check, tmp_path: Path
) -> None:
    """It is true of what is read from a bucket."""
    check(lambda: filled(lambda: DeltaStore(address / check.__name__, SPLIT, tmp_path)))


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


def test_two_writers_at_once_lose_nothing(address: ObjectPath, tmp_path: Path) -> None:
    """Two machines take in the same rows at the same moment: each tick is there once, and its span, whoever was first."""
    ticks = [replace(day, span=Span(day.tick, day.tick + 0.5, 0, False)) for day in days()]

    def writes(name: str) -> list[bool]:
        store, added = DeltaStore(address / "twice", SPLIT, tmp_path / name), []
        for day in ticks:
            starting.wait()
            added.append(not store.append(day, SCHEMA).repeated)
        return added

    starting = Barrier(2, timeout=60)
    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(writes, ("ours", "theirs"))
    assert [a + b for a, b in zip(ours, theirs, strict=True)] == [1] * len(ticks)
    store = DeltaStore(address / "twice", SPLIT, tmp_path / "later")
    assert contents(store) == contents(filled(lambda: DeltaStore(tmp_path / "alone", SPLIT)))
    assert store.span(0, store.last_tick) == Span(0, ticks[-1].tick + 0.5, 0, False)
