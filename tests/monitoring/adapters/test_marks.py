"""A table of a database is read from its mark on: what is below was taken in, and is not asked for again."""

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import ROW_ID, Mark, Split
from halflife.monitoring.adapters.database_source import DatabaseSource
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.ports import Store

ADDRESS = "HALFLIFE_TEST_MARKS"


class Orders:
    """A table ``orders`` with a serial number, and a store that takes it in, ten rows a tick."""

    def __init__(self, folder: Path, **said: str) -> None:
        self.engine = create_engine(f"sqlite:///{folder / 'rows.db'}")
        self.source = DatabaseSource(ADDRESS, "orders", mark="n", **said)
        self.folder = folder / "store"

    def add(self, first: int, last: int, label: str = "even") -> None:
        """Rows ``first`` to ``last``."""
        n = range(first, last + 1)
        even = [str(k % 2) for k in n] if label == "even" else None
        pd.DataFrame({"n": n, "key": [f"k{k}" for k in n], "x": n, "y": even}).to_sql(
            "orders", self.engine, index=False, if_exists="append"
        )

    def run(self, *statements: str) -> None:
        """Change the table."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def feed(self, **said: object) -> FilesFeed:
        """As a new process has it."""
        feed = FilesFeed(self.source, label="y", id="key", rows_per_tick=10, **said)  # type: ignore[arg-type]
        return feed.following(self.store)

    @property
    def store(self) -> DeltaStore:
        return DeltaStore(self.folder, Split())

    def ingest(self, **said: object) -> FilesFeed:
        """Take in what is over."""
        store, feed = self.store, self.feed(**said)
        for tick in range(store.last_tick + 1, feed.closed):
            store.append(feed.batch(tick), feed.schema)
        return self.feed(**said)


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Orders:
    """An empty table."""
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'rows.db'}")
    return Orders(tmp_path)


def asked_for(feed: FilesFeed) -> int:
    """Rows that are read for what comes next."""
    assert feed.waiting is not None
    return len(feed._table.feed.rows)


def test_only_rows_from_the_mark_on_are_asked_for(orders: Orders) -> None:
    """Of 35 rows 30 are taken in: from then on the five that wait are read, and what comes, and each comes once."""
    orders.add(0, 34)
    feed = orders.ingest()
    assert orders.store.mark == Mark("n", "int:30")
    assert (asked_for(feed), feed.waiting.rows) == (5, 5)
    orders.add(35, 61)
    feed = orders.ingest()
    assert (asked_for(feed), feed.waiting.rows, orders.store.last_tick) == (2, 2, 5)
    assert orders.store.profile(0, 5).rows == 60
    assert orders.store.quarantine().empty


def test_rows_below_the_mark_may_be_cleared_away(orders: Orders) -> None:
    """A table whose old rows were deleted, or all of them, is no error: nothing is new, and what comes then is taken in."""
    orders.add(0, 29)
    orders.ingest()
    orders.run("DELETE FROM orders")
    feed = orders.ingest()
    assert (feed.waiting.rows, feed.waiting.labels, feed.closed) == (0, 0, 3)
    orders.add(30, 39)
    assert orders.ingest().waiting.rows == 0
    assert orders.store.last_tick == 3


def test_the_mark_waits_for_labels_that_are_to_come(orders: Orders) -> None:
    """With labels two ticks late, rows whose labels are not taken in are read again, though the rows were."""
    orders.add(0, 49)
    feed = orders.ingest(label_delay=2)
    assert orders.store.mark == Mark("n", "int:30")
    assert (feed.waiting.rows, feed.waiting.labels) == (0, 20)
    orders.add(50, 79)
    orders.ingest(label_delay=2)
    assert sum(orders.store.labels(0, 5)) == 60


def test_a_row_written_late_is_seen_with_an_overlap_alone(orders: Orders) -> None:
    """What appears below the mark is not asked for, as the documentation says, unless the overlap reaches it."""
    orders.add(0, 19)
    orders.ingest()
    orders.run("INSERT INTO orders VALUES (15, 'late', 1, '0')")
    assert orders.feed().waiting.rows == 0
    orders.source = DatabaseSource(ADDRESS, "orders", mark="n", overlap="10")
    assert (orders.feed().waiting.rows, asked_for(orders.feed())) == (1, 12)


def test_rows_without_a_mark_or_an_id_are_not_lost(orders: Orders) -> None:
    """A row without a mark is asked for each time; rows without an id are set aside once each."""
    orders.add(0, 17)
    orders.run("INSERT INTO orders VALUES (18, NULL, 1, '0'), (19, NULL, 1, '0'), (20, NULL, 1, '0')")
    orders.ingest()
    orders.run("INSERT INTO orders VALUES (NULL, 'unmarked', 1, '0'), (20, NULL, 1, '1')")
    assert orders.feed().waiting.rows == 3
    orders.add(21, 27)
    feed = orders.ingest()
    assert (len(orders.store.quarantine()), feed.waiting.rows) == (4, 0)
    assert orders.store.profile(0, 2).rows == 26


def test_a_mark_of_another_column_reads_all_again(orders: Orders) -> None:
    """A setting that is changed loses nothing: the table is read whole once, and no row comes twice."""
    orders.add(0, 24)
    orders.ingest()
    orders.source = DatabaseSource(ADDRESS, "orders", mark="x")
    feed = orders.feed()
    assert (asked_for(feed), feed.waiting.rows) == (25, 5)


def test_what_is_known_of_some_ids_is_what_is_known_of_all(orders: Orders) -> None:
    """A store that looks at some ids says of them what one says that looks at everything."""
    orders.add(0, 29)
    orders.run("UPDATE orders SET x = 'broken' WHERE n IN (3, 12)")
    orders.ingest()
    ids = ["k1", "k3", "k12", "k13", "k29", "none"]
    quick, slow = orders.store.taken_of(ids), Store.taken_of(orders.store, ids)
    assert set(quick.rows[ROW_ID]) == set(ids) - {"none"}
    for ours, theirs in ((quick.rows, slow.rows), (quick.labels, slow.labels)):
        assert sorted(ours.itertuples(index=False)) == sorted(theirs.itertuples(index=False))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"overlap": "soon", "mark": "n"}, "mark_overlap = 'soon' in .feed.: say a number, such as \"1000\""),
        ({"overlap": "5"}, "mark_overlap in .feed. goes with mark"),
    ],
)
def test_an_overlap_that_cannot_be_says_why(said: dict[str, str], message: str) -> None:
    """It is a number or a span, and goes with a mark."""
    with pytest.raises(ConfigError, match=message):
        DatabaseSource(ADDRESS, "orders", **said)


def test_a_mark_that_cannot_be_says_why(orders: Orders) -> None:
    """It goes with an id, is a column that is there, and holds numbers or times."""
    orders.add(0, 19)
    with pytest.raises(ConfigError, match=r"^mark in \[feed\] goes with id: "):
        FilesFeed(orders.source, label="y")
    orders.source = DatabaseSource(ADDRESS, "orders", mark="m")
    with pytest.raises(FeedError, match=r"cannot be read: no such column: m$"):
        orders.ingest()
    orders.source = DatabaseSource(ADDRESS, "orders", mark="key")
    with pytest.raises(
        FeedError, match=r"the mark 'k\d+' is neither a number nor a time; name a column that only grows"
    ):
        orders.ingest()
