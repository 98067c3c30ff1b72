"""Rows that repeat by entity, from the file to the store: nobody is on both sides of the split."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.errors import ConfigError, FeedError, SchemaError
from halflife.models.rows import ENTITY, LABEL, ROW_ID, Part, Split, entities
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed

SPLIT = Split(cluster="customer")
ROWS, CUSTOMERS = 900, 60


def table(folder: Path) -> Path:
    """900 purchases of 60 customers over three ticks, in no order; the customer of one is not known."""
    rng = np.random.default_rng(0)
    who = rng.integers(CUSTOMERS, size=ROWS)
    frame = pd.DataFrame(
        {"customer": [f"c{k:02d}" for k in who], "age": 20.0 + who, "amount": rng.gamma(2.0, 9.0, ROWS)}
    )
    frame["y"] = (rng.random(ROWS) < 0.3).astype(int)
    frame.loc[7, "customer"] = ""
    path = folder / "purchases.csv"
    frame.to_csv(path, index=False)
    return path


def feed(folder: Path, cluster: str | None = "customer") -> FilesFeed:
    """The file as a feed."""
    return FilesFeed(table(folder), label="y", rows_per_tick=300, cluster=cluster)


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    """The file in a store."""
    source, made = feed(tmp_path), DeltaStore(tmp_path / "store", SPLIT)
    for tick in range(source.ticks):
        made.append(source.batch(tick), source.schema)
    return made


def test_the_column_is_kept_and_is_no_feature(tmp_path: Path, store: DeltaStore) -> None:
    """It comes back with every row, as text, beside the features; a row whose customer is not known is its own."""
    window = store.window(0, 2)
    assert store.schema is not None
    assert store.schema.names == ("age", "amount")
    assert set(window.rows.columns) == {ROW_ID, "_tick", LABEL, ENTITY, "age", "amount"}
    rows = window.rows.set_index(ROW_ID)
    assert rows.loc["7", ENTITY] == "7"
    known = rows.drop(index="7")
    assert (known[ENTITY].str[1:].astype(int) == known["age"] - 20).all()
    assert store.cases(["12"])[ENTITY].tolist() == [rows.loc["12", ENTITY]]
    assert DeltaStore(store.folder, SPLIT).window(0, 2).digest == window.digest


def test_an_entity_plays_one_part(store: DeltaStore) -> None:
    """In every window all rows of a customer are of one part, and the parts still have customers in them."""
    part = store.window(0, 2).split
    seen: dict[str, set[str]] = {}
    for first, last in ((0, 0), (0, 2), (1, 2)):
        window = store.window(first, last)
        for role in Part:
            for who in window.part(role)[ENTITY]:
                seen.setdefault(who, set()).add(role)
    assert part == SPLIT
    assert len(seen) == CUSTOMERS + 1
    assert all(len(parts) == 1 for parts in seen.values())
    assert {next(iter(parts)) for parts in seen.values()} == set(Part)


def test_a_sample_holds_no_row_of_an_entity_that_trains(store: DeltaStore) -> None:
    """What a watch predicts is disjoint by customer from what trained; of too many rows, those of few customers."""
    training = set(store.window(0, 2).part(Part.TRAIN)[ENTITY])
    whole, few = store.sample(0, 2, rows=ROWS), store.sample(0, 2, rows=40)
    assert training.isdisjoint(whole[ENTITY])
    assert set(few[ROW_ID]) < set(whole[ROW_ID])
    assert few[ENTITY].nunique() <= 5


def test_the_cluster_is_fixed_with_the_store(tmp_path: Path, store: DeltaStore) -> None:
    """A store made by customer is not opened by row, nor filled by a feed that does not say who rows are about."""
    with pytest.raises(ConfigError, match="cluster = 'customer', the configuration says evidence"):
        DeltaStore(store.folder, Split())
    blind = FilesFeed(table(tmp_path), label="y", rows_per_tick=100, ignore=["customer"])
    with pytest.raises(SchemaError, match="by 'customer', and the feed does not say which rows are about one entity"):
        store.append(blind.batch(3), blind.schema)
    other = DeltaStore(tmp_path / "other", Split())
    with pytest.raises(SchemaError, match="by row, and the feed says which rows"):
        other.append(feed(tmp_path).batch(0), feed(tmp_path).schema)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A misspelt cluster is an error of the feed, with the nearest column."""
    with pytest.raises(FeedError, match="the cluster column 'custmer' is not in the header; did you mean 'customer'"):
        _ = feed(tmp_path, "custmer").schema


def test_entities_are_numbered_where_there_are_any() -> None:
    """Codes follow first appearance; rows without the column are their own."""
    rows = pd.DataFrame({ROW_ID: ["a", "b", "c"], ENTITY: ["x", "y", "x"]})
    codes = entities(rows)
    assert codes is not None
    assert codes.tolist() == [0, 1, 0]
    assert entities(rows[[ROW_ID]]) is None
