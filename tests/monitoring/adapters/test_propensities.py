"""Logged propensities, from the file to the window: kept beside every row, and never a feature."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.errors import FeedError, SchemaError
from halflife.models.rows import PROPENSITY, ROW_ID, Split
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.store_contract import NAME


def table(folder: Path) -> Path:
    """60 decisions over three ticks, of which one logs an impossible propensity."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"amount": rng.gamma(2.0, 9.0, 60), "pi": np.where(rng.random(60) < 0.3, 0.05, 1.0)})
    frame["y"] = (rng.random(60) < 0.3).astype(int)
    frame.loc[7, "pi"] = 0.0
    path = folder / "decisions.csv"
    frame.to_csv(path, index=False)
    return path


def feed(folder: Path, propensity: str | None = "pi") -> FilesFeed:
    """The file as a feed; without its propensities when there is no name for them."""
    return FilesFeed(
        table(folder), label="y", rows_per_tick=20, propensity=propensity, ignore=() if propensity else ["pi"]
    )


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    """The file in a store."""
    source, made = feed(tmp_path), DeltaStore(tmp_path / "store", Split())
    for tick in range(source.ticks):
        made.append(source.batch(tick), source.schema)
    return made


def test_the_column_is_kept_and_is_no_feature(tmp_path: Path, store: DeltaStore) -> None:
    """It comes back with windows and cases as it was logged; the model never sees it."""
    logged = pd.read_csv(table(tmp_path))["pi"].drop(index=7)
    window = store.window(0, 2)
    assert store.schema is not None
    assert store.schema.names == ("amount",)
    rows = window.rows.set_index(ROW_ID)
    assert rows[PROPENSITY].to_dict() == {str(at): value for at, value in logged.items()}
    assert store.cases(["12"])[PROPENSITY].tolist() == [logged[12]]
    assert DeltaStore(store.folder, Split()).window(0, 2).digest == window.digest


def test_an_impossible_propensity_is_set_aside_with_its_reason(store: DeltaStore) -> None:
    """A label that arrives although it had no chance to is a mistake in the log."""
    assert store.quarantine()[["id", "reason"]].to_numpy().tolist() == [
        ["7", "propensity: '0.0' is not above 0 and at most 1"]
    ]


def test_a_store_keeps_to_what_it_began_with(tmp_path: Path, store: DeltaStore) -> None:
    """Propensities can neither end nor begin in the middle of a store."""
    source, blind = feed(tmp_path), feed(tmp_path, None)
    more = pd.concat([source.batch(0).rows.assign(_id=["n" + str(k) for k in range(20)])])
    other = DeltaStore(tmp_path / "other", Split())
    other.append(blind.batch(0), blind.schema)
    with pytest.raises(SchemaError, match="has not had propensities since its first tick, and the feed now says"):
        other.append(source.batch(1), source.schema)
    from halflife.models.rows import Batch

    with pytest.raises(SchemaError, match="has had propensities since its first tick, and the feed no longer says"):
        store.append(Batch(3, more.drop(columns=PROPENSITY), source.batch(0).labels.iloc[:0]), source.schema)


def test_a_store_older_than_propensities_opens_and_grows(tmp_path: Path) -> None:
    """A ``store.json`` that does not speak of propensities means a store without them."""
    blind = feed(tmp_path, None)
    made = DeltaStore(tmp_path / "old", Split())
    made.append(blind.batch(0), blind.schema)
    path = tmp_path / "old" / NAME
    said = json.loads(path.read_text())
    assert said.pop("propensity") is False
    path.write_text(json.dumps(said))
    again = DeltaStore(tmp_path / "old", Split())
    assert again.append(blind.batch(1), blind.schema).rows == 20
    assert PROPENSITY not in again.window(0, 1).rows.columns


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A misspelt propensity is an error of the feed, with the nearest column."""
    with pytest.raises(FeedError, match="the propensity column 'amounts' is not in the header; did you mean 'amount'"):
        _ = FilesFeed(table(tmp_path), label="y", propensity="amounts").schema
