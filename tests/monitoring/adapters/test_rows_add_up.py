"""Rows in = stored + waiting + set aside, for every source, however its rows come: the harness of ``make rows``.

Each trial writes the same rows to a source in several steps, in some unpleasant way, takes in what is over after each
step (now and then killed half-way), and counts. ``HALFLIFE_SEEDS`` says with how many seeds.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from deltalake import write_deltalake
from sqlalchemy import create_engine, text

from halflife.models.errors import ConfigError, FeedError, SchemaError
from halflife.models.rows import Split
from halflife.monitoring.adapters.database_addresses import address_of
from halflife.monitoring.adapters.database_source import DatabaseSource
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.inbox import PushedRows
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.object_path import ObjectPath
from halflife.monitoring.adapters.table_sources import FileSource

SEEDS = range(int(os.environ.get("HALFLIFE_SEEDS", "1")))
STEPS = 4


def rows_of(seed: int) -> pd.DataFrame:
    """Some 200 rows over ten days, a few without an id, a few broken, a few twice."""
    rng = np.random.default_rng(seed)
    n = 160 + int(rng.integers(60))
    when = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.sort(rng.integers(0, 10 * 86_400, n)), unit="s")
    frame = pd.DataFrame(
        {
            "id": [f"r{k}" for k in range(n)],
            "at": when.strftime("%Y-%m-%dT%H:%M:%S"),
            "x": rng.normal(size=n).round(3).astype(str),
            "c": rng.choice(["red", "blue"], n),
            "y": rng.integers(0, 2, n).astype(str),
        }
    )
    frame.loc[rng.integers(20, n, 3), "id"] = ""
    frame.loc[rng.integers(20, n, 3), "x"] = "broken"
    return pd.concat([frame, frame.iloc[rng.integers(20, n, 2)]], ignore_index=True).sort_values("at", kind="stable")


def grows(rows: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """At its end."""
    cuts = np.sort(rng.integers(10, len(rows), STEPS - 1))
    return [rows.iloc[:cut] for cut in [*cuts, len(rows)]]


def comes_late(rows: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """A third of the rows is written one step after it happened."""
    step = np.searchsorted(np.linspace(0, len(rows), STEPS + 1)[1:-1], np.arange(len(rows)), side="right")
    written = np.minimum(step + (rng.random(len(rows)) < 0.3), STEPS - 1)
    return [rows[written <= k] for k in range(STEPS)]


def out_of_order(rows: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """The whole is written in another order each time."""
    return [part.sample(frac=1, random_state=int(rng.integers(1 << 30))) for part in grows(rows, rng)]


def labels_later(rows: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Labels are filled in a step after their rows."""
    parts = grows(rows, rng)
    known = [0, *[len(part) for part in parts[:-1]]]
    *_, last = parts
    filled = [
        part.assign(y=part["y"].where(np.arange(len(part)) < k, "")) for part, k in zip(parts, known, strict=True)
    ]
    return [*filled, last]


SITUATIONS: dict[str, Callable[[pd.DataFrame, np.random.Generator], list[pd.DataFrame]]] = {
    said.__name__: said for said in (grows, comes_late, out_of_order, labels_later)
}


class Csv:
    """One file that is written anew; the last line of each but the last step has no end."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rows.csv"
        self.source = FileSource(self.path)

    def write(self, rows: pd.DataFrame) -> None:
        rows.to_csv(self.path, index=False)


class Folder:
    """A file a step, each with what is new in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "days"
        self.folder.mkdir()
        self.source = self.folder

    def write(self, rows: pd.DataFrame) -> None:
        for day, part in rows.groupby(rows["at"].str[:10]):
            (self.folder / f"day={day}").mkdir(exist_ok=True)
            part.to_parquet(self.folder / f"day={day}" / "part.parquet", index=False)


class Delta:
    """A Delta table, overwritten."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "table"

    def write(self, rows: pd.DataFrame) -> None:
        write_deltalake(
            self.source,
            pl.from_pandas(rows.reset_index(drop=True)).to_arrow(),
            mode="overwrite",
            schema_mode="overwrite",
        )


class Sqlite:
    """A table of a database."""

    def __init__(self, folder: Path) -> None:
        self.at(f"sqlite:///{folder / 'rows.db'}")

    def at(self, url: str) -> None:
        os.environ["HALFLIFE_TEST_ROWS"] = url
        self.url = address_of(url)
        self.source = DatabaseSource("HALFLIFE_TEST_ROWS", "rows")

    def write(self, rows: pd.DataFrame) -> None:
        engine = create_engine(self.url)
        rows.to_sql("rows", engine, index=False, if_exists="replace")
        engine.dispose()


class Postgresql(Sqlite):
    """A table of a real server, with a time that is one."""

    def write(self, rows: pd.DataFrame) -> None:
        super().write(rows.assign(at=pd.to_datetime(rows["at"])))


class Marked(Sqlite):
    """A table to which rows are added and in which labels are filled in, read from a mark on: when a row was written.

    A row without an id is written once: written again it would be another one to whoever reads from a mark on.
    """

    def __init__(self, folder: Path) -> None:
        self.held = pd.DataFrame({"id": [], "y": []}, dtype="str")
        self.written = pd.Series(dtype="int64")
        super().__init__(folder)

    def at(self, url: str) -> None:
        super().at(url)
        self.source = DatabaseSource("HALFLIFE_TEST_ROWS", "rows", mark="written")

    def write(self, rows: pd.DataFrame) -> None:
        known = rows["y"].fillna("").to_dict()
        named = rows["id"] != ""
        fresh = [at for at, y in known.items() if at not in self.held.index or (named[at] and self.held["y"][at] != y)]
        first = int(self.written.max()) + 1 if len(self.written) else 0
        self.written = pd.concat(
            [self.written.drop(fresh, errors="ignore"), pd.Series(range(first, first + len(fresh)), index=fresh)]
        )
        self.held = rows
        super().write(rows.assign(written=self.written.loc[rows.index]))


class PostgresqlMarked(Marked):
    """The same on a real server, the mark a time."""

    def write(self, rows: pd.DataFrame) -> None:
        super().write(rows)
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "ALTER TABLE rows ALTER written TYPE timestamptz USING to_timestamp(written), ALTER at TYPE timestamp USING at::timestamp"
                )
            )
        engine.dispose()


class StoredFolder:
    """As `Folder`, on an object store."""

    def __init__(self, folder: Path) -> None:
        self.at("s3://not-yet")

    def at(self, address: str) -> None:
        self.source = ObjectPath.of(address) / "rows of ä"

    def write(self, rows: pd.DataFrame) -> None:
        for day, part in rows.groupby(rows["at"].str[:10]):
            content = BytesIO()
            part.to_parquet(content, index=False)
            (self.source / f"day={day}" / "part.parquet").write(content.getvalue())


class StoredDelta(StoredFolder):
    """As `Delta`, on an object store."""

    def write(self, rows: pd.DataFrame) -> None:
        table = pl.from_pandas(rows.reset_index(drop=True)).to_arrow()
        write_deltalake(str(self.source), table, mode="overwrite", schema_mode="overwrite")


Made = Csv | Folder | Delta | Sqlite | StoredFolder
SOURCES: dict[str, Callable[[Path], Made]] = {
    made.__name__: made
    for made in (Csv, Folder, Delta, Sqlite, Postgresql, Marked, PostgresqlMarked, StoredFolder, StoredDelta)
}
FEWER = ("PostgresqlMarked", "StoredFolder", "StoredDelta")
"""Sources that are tried in one situation alone: a request takes its time, and the rest is as with files."""
TRIALS = [(source, situation) for source in SOURCES for situation in SITUATIONS if source not in FEWER] + [
    ("PostgresqlMarked", "labels_later"),
    ("StoredFolder", "labels_later"),
    ("StoredDelta", "comes_late"),
]
PARTED = ("Folder", "StoredFolder")


@pytest.fixture
def made(source: str, tmp_path: Path, request: pytest.FixtureRequest) -> Made:
    """An empty source of a kind."""
    found = SOURCES[source](tmp_path)
    if isinstance(found, Postgresql | PostgresqlMarked):
        found.at(request.getfixturevalue("postgres")())
    if isinstance(found, StoredFolder):
        found.at(request.getfixturevalue("object_store")())
    return found


def ingest(feed: FilesFeed, store: DeltaStore, upto: int, killed: np.random.Generator | None) -> None:
    """Take in ticks; killed now and then between two of the tables that a tick is written to."""
    for tick in range(store.last_tick + 1, upto):
        if killed is not None and killed.random() < 0.3:
            batch = feed.batch(tick)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(store._rows, "append", _killed)  # where a kill hurts most
                with pytest.raises(KeyboardInterrupt):
                    store.append(batch, feed.schema)
            return
        store.append(feed.batch(tick), feed.schema)


def _killed(tick: int, frame: pd.DataFrame) -> bool:
    raise KeyboardInterrupt


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ticks", ["counted", "calendar"])
@pytest.mark.parametrize(("source", "situation"), TRIALS)
def test_rows_in_are_stored_or_waiting_or_set_aside(
    source: str, made: Made, situation: str, ticks: str, seed: int, tmp_path: Path
) -> None:
    """After every step nothing is lost and nothing is there twice; in the end every row and label is taken in."""
    rng = np.random.default_rng([seed, len(source), len(situation)])
    rows = rows_of(seed)
    if isinstance(made, Marked):  # one whose rows are told apart by an id has it once
        rows = rows[(rows["id"] == "") | ~rows["id"].duplicated()]
    rule = {"rows_per_tick": 30} if ticks == "counted" else {"tick": "1d", "allowed_lateness": "6h"}
    split = Split()
    for step in [*SITUATIONS[situation](rows, rng), rows, rows]:
        made.write(step)
        store = DeltaStore(tmp_path / "store", split)  # a process of its own each time
        feed = FilesFeed(made.source, label="y", id="id", time="at", ignore=["day"] * (source in PARTED), **rule)
        feed = feed.following(store)
        ingest(feed, store, feed.closed, rng)
        store = DeltaStore(tmp_path / "store", split)
        feed = feed.following(store)
        assert counted(store) + feed.waiting.rows == len(step)
    ingest(feed, store, feed.ticks, None)
    feed = feed.following(DeltaStore(tmp_path / "store", split))
    assert (feed.waiting.rows, feed.waiting.labels) == (0, 0)
    assert counted(store) == len(rows)
    held = store.cases(rows["id"])
    good = rows[(rows["id"] != "") & (rows["x"] != "broken")].drop_duplicates("id").set_index("id")
    assert set(held["_id"]) == set(good.index)
    assert held["_label"].astype(int).tolist() == good.loc[held["_id"], "y"].astype(int).tolist()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("source", SOURCES)
def test_a_schema_that_changes_loses_nothing(source: str, made: Made, seed: int, tmp_path: Path) -> None:
    """A column less is refused by name and takes nothing in; when it is back, all rows are stored or set aside."""
    rows = rows_of(seed)
    store = DeltaStore(tmp_path / "store", Split())
    base = FilesFeed(made.source, label="y", id="id", time="at", ignore=["day"] * (source in PARTED), rows_per_tick=30)
    made.write(rows.iloc[:100])
    feed = base.following(store)
    ingest(feed, store, feed.closed, None)
    before = counted(store)
    made.write(rows.drop(columns="c"))
    feed = replace(base).following(store)
    with pytest.raises(SchemaError, match="'c'"):
        ingest(feed, store, feed.closed, None)
    assert counted(store) == before
    made.write(rows)
    feed = replace(base).following(DeltaStore(tmp_path / "store", Split()))
    ingest(feed, store, feed.ticks, None)
    assert counted(store) == len(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_is_cut_off_anywhere_waits(seed: int, tmp_path: Path) -> None:
    """Whatever part of the last line has been written, no row of half a line is taken in, and none is lost."""
    rng = np.random.default_rng(seed)
    rows = rows_of(seed)
    rows = rows[(rows["id"] != "") & (rows["x"] != "broken")].drop_duplicates("id")
    whole = rows.to_csv(index=False)
    ends = [at for at, letter in enumerate(whole) if letter == "\n"]
    path, store = tmp_path / "rows.csv", DeltaStore(tmp_path / "store", Split())
    for line in np.sort(rng.choice(np.arange(20, len(ends) - 1), 12, replace=False)):
        path.write_text(whole[: int(rng.integers(ends[line] + 1, ends[line + 1] + 1))], encoding="utf-8")
        feed = FilesFeed(path, label="y", id="id", time="at", rows_per_tick=7).following(store)
        ingest(feed, store, feed.closed, None)
        assert line <= counted(store) + feed.waiting.rows <= line + 1
    path.write_text(whole, encoding="utf-8")
    feed = FilesFeed(path, label="y", id="id", time="at", rows_per_tick=7).following(store)
    ingest(feed, store, feed.ticks, None)
    held = store.cases(rows["id"]).set_index("_id")
    assert counted(store) == len(rows) == len(held)
    assert held["x"].round(3).tolist() == rows.set_index("id").loc[held.index, "x"].astype(float).tolist()


def counted(store: DeltaStore) -> int:
    """Rows that were taken in, stored or set aside."""
    if store.last_tick < 0:
        return 0
    aside = store.quarantine()
    stored = store.profile(0, store.last_tick).rows
    return stored + int((~aside["row"].str.contains('"_label":')).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_pushed_rows_add_up(seed: int, tmp_path: Path) -> None:
    """Pushes of any size, with labels that follow, are taken in once; a push that does not fit leaves nothing."""
    rng = np.random.default_rng(seed)
    rows = rows_of(seed)
    rows = rows[rows["id"] != ""].drop_duplicates("id")
    inbox = PushedRows(tmp_path / "inbox", "id", "y")
    store = DeltaStore(tmp_path / "store", Split())
    for start in range(0, len(rows), 40):
        part = rows.iloc[start : start + 40]
        inbox.push(pl.from_pandas(part.drop(columns="y").reset_index(drop=True)))
        with pytest.raises(FeedError, match="other columns"):
            inbox.push(pl.from_pandas(part.assign(more=1).reset_index(drop=True)))
        if rng.random() < 0.7:
            inbox.push(pl.from_pandas(part[["id", "y"]].reset_index(drop=True)))
        feed = FilesFeed(
            inbox.rows, label="y", id="id", time="at", rows_per_tick=30, labels=inbox.label_table("1"), positive="1"
        ).following(store)
        ingest(feed, store, feed.closed, None)
    inbox.push(pl.from_pandas(rows[["id", "y"]].reset_index(drop=True)))
    feed = feed.following(store)
    ingest(feed, store, feed.ticks, None)
    assert counted(store) == len(rows)
    assert feed.following(store).waiting.rows == 0


def test_labels_come_late_twice_and_in_conflict(tmp_path: Path) -> None:
    """Labels of another table come in the tick that reaches their time; the first stays, another is counted once."""
    n = 60
    when = pd.date_range("2024-03-01", periods=n, freq="h").strftime("%Y-%m-%dT%H:%M:%S")
    pd.DataFrame({"id": [f"r{k}" for k in range(n)], "at": when, "x": range(n)}).to_csv(tmp_path / "r.csv", index=False)
    told = pd.DataFrame(
        {
            "row": ["r0", "r1", "r0", "r1", "r2", "gone"],
            "ok": ["yes", "no", "yes", "yes", "no", "no"],
            "known": ["2024-03-02T05:00:00", "2024-03-01T02:00:00"] * 2 + ["2024-05-01T00:00:00"] * 2,
        }
    )
    told.to_csv(tmp_path / "labels.csv", index=False)
    labels = LabelTable(FileSource(tmp_path / "labels.csv"), "row", "ok", "known")
    store = DeltaStore(tmp_path / "store", Split())
    feed = FilesFeed(tmp_path / "r.csv", id="id", time="at", rows_per_tick=20, labels=labels).following(store)
    done = [store.append(feed.batch(tick), feed.schema) for tick in range(3)]
    assert [(tick.labels, tick.quarantined) for tick in done] == [(1, 1), (1, 0), (0, 0)]
    assert store.quarantine()["reason"].tolist() == ["label 1 contradicts the label 0 that came first"]
    again = replace(feed, store=store)
    assert again.waiting.labels == 1  # r2's is not due yet; the one of no row is nobody's


def test_silence_means_what_it_is_said_to_mean(tmp_path: Path) -> None:
    """Where only fraud is reported, a row without a label for 2 ticks is 0 from then on, once; a later word is set aside."""
    ids = [f"r{k}" for k in range(60)]
    pd.DataFrame({"id": ids, "x": range(60)}).to_csv(tmp_path / "r.csv", index=False)
    told = tmp_path / "labels.csv"
    told.write_text("row,fraud\nr1,1\nr41,1\n", encoding="utf-8")
    labels = LabelTable(FileSource(told), "row", "fraud")
    store = DeltaStore(tmp_path / "store", Split())
    feed = FilesFeed(
        tmp_path / "r.csv", id="id", rows_per_tick=10, labels=labels, give_up_after=2, silence_is_negative=True
    ).following(store)
    assert feed.waiting.labels == 2  # silence is no label that waits
    done = [store.append(feed.batch(tick), feed.schema) for tick in range(4)]
    assert [tick.labels for tick in done] == [1, 0, 9, 10]
    told.write_text("row,fraud\nr1,1\nr41,1\nr2,1\n", encoding="utf-8")
    done += [store.append(feed.batch(tick), feed.schema) for tick in range(4, 6)]
    assert [tick.labels for tick in done[4:]] == [11, 10]
    assert store.quarantine()[["tick", "reason"]].to_numpy().tolist() == [
        [4, "label 1 contradicts the label 0 that came in tick 2"]
    ]
    known = store.window(0, 5).rows.set_index("_id")["_label"]
    assert known[["r0", "r1", "r2", "r41"]].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert known.isna().sum() == 19  # the last two ticks', but for r41


def test_nothing_is_given_up_before_it_can_come(tmp_path: Path) -> None:
    """Giving up no later than the first label can come is refused, with the figures."""
    with pytest.raises(ConfigError, match=r"give_up_after = 3 in \[labels\] .* feed.label_delay = 3"):
        FilesFeed(tmp_path / "r.csv", label="y", label_delay=3, give_up_after=3)
