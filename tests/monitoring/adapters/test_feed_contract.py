"""The contract that every feed keeps: the checks that ship, over every feed of ours."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.ports import Feed
from halflife.testing.fakes import FramesFeed
from halflife.testing.feed_checks import Check, feed_checks
from halflife.testing.small_model import SCHEMA, small_rows


def world(name: str) -> World:
    """A world of 60 rows a tick."""
    return World(SCENARIOS[name], seed=1, rows_per_tick=60, period=3)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """340 decisions of 40 customers as CSV, and beside it as Parquet, in no order of time; some labels are missing."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "key": [f"K-{k}" for k in range(340)],
            "day": rng.permutation(340),
            "customer": [f"c{k}" for k in rng.integers(40, size=340)],
            "pi": np.where(rng.random(340) < 0.3, 0.05, 1.0),
            "age": np.where(rng.random(340) < 0.1, np.nan, rng.integers(20, 60, 340)),
            "job": rng.choice(["köchin", "spy, retired", ""], 340),
            "y": rng.choice(["no", "yes", ""], 340),
        }
    )
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    return tmp_path / "rows.csv"


FEEDS: dict[str, Callable[[Path], Feed]] = {
    "file": lambda table: FilesFeed(table, label="y", rows_per_tick=60, ignore=["key", "day", "customer", "pi"]),
    "file with every column": lambda table: FilesFeed(
        table.with_suffix(".parquet"),
        label="y",
        id="key",
        time="day",
        cluster="customer",
        propensity="pi",
        label_delay=2,
        rows_per_tick=60,
    ),
    "frames": lambda _: FramesFeed(SCHEMA, [small_rows(50, seed=k, first=1000 * k) for k in (1, 2, 3)]),
    "synthetic": lambda _: SyntheticFeed(world("shortcut"), ticks=4),
    "synthetic without an end": lambda _: SyntheticFeed(world("calm")),
    "synthetic with entities": lambda _: SyntheticFeed(world("reseed"), ticks=9),
    "synthetic with decisions": lambda _: SyntheticFeed(world("feedback"), ticks=9, exploration=0.2),
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("check", feed_checks())
def test_a_feed_keeps_the_contract(name: str, check: Check, table: Path) -> None:
    """What each check states in its first line is true of every feed, with all that can be set."""
    check(lambda: FEEDS[name](table))
