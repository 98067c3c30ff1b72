from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import ConfigError, NotFound, SchemaError, TickError, Unavailable
from halflife.models.rows import Batch, Column, Kind, Schema, Split
from halflife.monitoring.adapters import delta_table
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.delta_table import TickTable
from halflife.monitoring.ports import Ingested
from halflife.testing.store_specimens import SCHEMA, SPLIT, batch, contents, days, filled


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    """A store of four ticks."""
    folder = tmp_path / "store"
    filled(lambda: DeltaStore(folder, SPLIT))
    return DeltaStore(folder, SPLIT)


def test_an_empty_store_makes_nothing(tmp_path: Path) -> None:
    """Asking a store that was never written leaves no folder behind."""
    empty = DeltaStore(tmp_path / "store", SPLIT)
    assert empty.quarantine().empty
    assert empty.cases(["1"]).empty
    with pytest.raises(TickError, match="ticks 0 to 3 were asked for; the store is empty"):
        empty.window(0, 3)
    assert not (tmp_path / "store").exists()


def test_a_tick_out_of_order_is_told_the_next_one(store: DeltaStore, tmp_path: Path) -> None:
    """The sentence names the tick that came, the one it came after, and the one that is due."""
    with pytest.raises(TickError, match=r"^tick 7 came after tick 3; the next one is 4$"):
        store.append(batch(7, {"x": 1.0}), SCHEMA)
    with pytest.raises(TickError, match=r"^tick 2 came first; the next one is 0$"):
        DeltaStore(tmp_path / "new", SPLIT).append(batch(2, {"x": 1.0}), SCHEMA)


def test_a_window_can_be_built_again_after_more_has_come(store: DeltaStore) -> None:
    """By its source a window gives the same frame and digest, though labels of its rows arrived since."""
    before = store.window(1, 3)
    store.append(batch(4, {"4-0": 1.0}, {"3-0": 1.0, "3-1": 1.0}), SCHEMA)
    for one in (store, DeltaStore(store.folder, SPLIT)):
        again = one.window(1, 3, before.source)
        pd.testing.assert_frame_equal(again.rows, before.rows)
        assert (again.source, again.digest) == (before.source, before.digest)
    now = store.window(1, 3)
    assert now.digest != before.digest
    assert now.rows["_label"].notna().sum() == before.rows["_label"].notna().sum() + 2


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("v3", NotFound, "'v3' is no version of the store; one looks like 'rows@12,labels@12'"),
        ("rows@99,labels@1", NotFound, "the store's rows have no version 99; the newest is 4"),
        ("rows@2,labels@1", TickError, "ticks 0 to 3 were asked for; rows@2,labels@1 ends with tick 1"),
        (None, TickError, "ticks 0 to 9 were asked for; the store has ticks 0 to 3"),
    ],
)
def test_windows_that_cannot_be_built_say_why(
    store: DeltaStore, source: str | None, error: type[Exception], message: str
) -> None:
    """A source that is none, too new or too old for the ticks, and ticks yet to come, are errors, never short windows."""
    with pytest.raises(error) as raised:
        store.window(0, 3 if source else 9, source)
    assert str(raised.value) == message


def test_ids_whose_hashes_collide_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index only says where to look: with every hash equal, rows, labels and repeats are still right."""
    monkeypatch.setattr(
        "halflife.monitoring.adapters.id_index.row_hash", lambda ids: np.zeros(len(ids), dtype=np.uint64)
    )
    new = DeltaStore(tmp_path / "store", SPLIT)
    results = [new.append(day, SCHEMA) for day in days()]
    assert [result.rows for result in results] == [3, 3, 3, 3]
    assert new.quarantine()["id"].tolist() == ["0-0", "bad"]
    assert new.window(0, 3).rows["_label"].notna().sum() == 9


def killed(store: DeltaStore, day: Batch, at: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Append ``day``, dying at the ``at``-th write to a table; whether it came to that."""
    calls, append = iter(range(99)), TickTable.append

    def dying(table: TickTable, tick: int, frame: pd.DataFrame) -> bool:
        if next(calls) == at:
            raise KeyboardInterrupt
        return append(table, tick, frame)

    with monkeypatch.context() as patched:
        patched.setattr(TickTable, "append", dying)
        try:
            store.append(day, SCHEMA)
        except KeyboardInterrupt:
            return True
    return False


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_kill_between_tables_loses_and_doubles_nothing(
    store: DeltaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Killed at any write of every tick and tried again, the store equals one that was never killed."""
    folder, deaths = tmp_path / "killed", 0
    for day in days():
        deaths += killed(DeltaStore(folder, SPLIT), day, at, monkeypatch)
        half = DeltaStore(folder, SPLIT)
        assert half.last_tick in (day.tick - 1, day.tick)
        half.append(day, SCHEMA)
    assert deaths >= 1
    assert contents(DeltaStore(folder, SPLIT)) == contents(store)
    assert DeltaStore(folder, SPLIT).window(0, 3).source == store.window(0, 3).source


@pytest.mark.parametrize("stage", ["store_contract", "quarantine", "labels", "rows"])
def test_a_kill_while_the_store_is_made_leaves_it_makeable(
    store: DeltaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Killed before its contract or any of its tables exists, the next try makes what is missing."""
    folder, create = tmp_path / "killed", TickTable.create

    def dying(table: TickTable, columns: Any) -> None:
        if table.folder.name == stage:
            raise KeyboardInterrupt
        create(table, columns)

    def never(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TickTable, "create", dying)
        if stage == "store_contract":
            patched.setattr("halflife.monitoring.whole_files.os.fsync", never)
        with pytest.raises(KeyboardInterrupt):
            DeltaStore(folder, SPLIT).append(next(days()), SCHEMA)
    assert DeltaStore(folder, SPLIT).last_tick == -1
    for day in days():
        DeltaStore(folder, SPLIT).append(day, SCHEMA)
    assert contents(DeltaStore(folder, SPLIT)) == contents(store)
    assert {path.name for path in folder.iterdir()} == {"rows", "labels", "quarantine", "store.json"}


def meeting(monkeypatch: pytest.MonkeyPatch, table: str, parties: int = 2) -> None:
    """Let writers meet after both have read the state of ``table`` and before either writes to it."""
    barrier, write = Barrier(parties), delta_table.write_deltalake

    def waiting(target: Any, data: Any, **options: Any) -> None:
        if f"/{table}/" in target.table_uri + "/":
            barrier.wait(timeout=20)
        write(target, data, **options)

    monkeypatch.setattr("halflife.monitoring.adapters.delta_table.write_deltalake", waiting)


def test_of_two_writers_of_one_tick_one_wins(store: DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the same state, both write: the rows are there once, and the other one says repeated."""
    writers = [DeltaStore(store.folder, SPLIT) for _ in range(2)]
    day = batch(4, {"4-0": 1.0, "4-1": 2.0, "0-1": 3.0}, {"3-0": 1.0})
    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as pool:
        meeting(patched, "rows")
        done = list(pool.map(lambda writer: writer.append(day, SCHEMA), writers))
    assert sorted(result.repeated for result in done) == [False, True]
    for one in (*writers, DeltaStore(store.folder, SPLIT)):
        assert one.window(4, 4).rows["_id"].tolist() == ["4-0", "4-1"]
        assert one.quarantine()["id"].tolist() == ["0-0", "bad", "0-1"]
        assert one.append(batch(5, {f"5-{id(one)}": 1.0}), SCHEMA).tick == 5


def test_opening_the_tables_anew_changes_nothing(
    store: DeltaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few versions a store follows before it opens its tables anew, it holds the same."""
    monkeypatch.setattr(delta_table, "STEPS", 1)
    other = DeltaStore(tmp_path / "other", SPLIT)
    assert [other.append(day, SCHEMA).rows for day in days()] == [3, 3, 3, 3]
    assert contents(other) == contents(store)


def test_another_split_is_refused(store: DeltaStore) -> None:
    """Other shares would let evidence rows train; the message names both."""
    with pytest.raises(ConfigError) as error:
        DeltaStore(store.folder, Split(evidence=0.2))
    assert str(error.value) == (
        f"the store in {store.folder} was made with evidence = 0.1, discovery = 0.05, calibration = 0.1, "
        "the configuration says evidence = 0.2, discovery = 0.05, calibration = 0.1: "
        "rows kept out of training until now would leak into it. Use the store's shares, or another home"
    )


def test_names_the_tables_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    """Delta Lake knows no upper and lower case; nothing is made before that is said."""
    twins = Schema((Column("Age", Kind.NUMERIC), Column("age", Kind.NUMERIC)))
    rows = pd.DataFrame({"_id": ["a"], "Age": [1.0], "age": [2.0]})
    with pytest.raises(SchemaError, match="column 'Age', 'age': the store tells no two names apart"):
        DeltaStore(tmp_path / "store", SPLIT).append(Batch(0, rows, batch(0, {}).labels), twins)
    assert not (tmp_path / "store").exists()


def test_a_folder_that_cannot_be_used_is_said_plainly(tmp_path: Path) -> None:
    """A file where the folder should be is one sentence, when the store is opened and not only when it is written."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as error:
        DeltaStore(tmp_path / "file" / "store", SPLIT)
    assert str(error.value) == f"the store in {tmp_path / 'file' / 'store'} cannot be used: Not a directory"


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full or read-only disk stops the tick with one sentence; when it is mended the same tick goes in."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    new = DeltaStore(tmp_path / "store", SPLIT)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        with pytest.raises(Unavailable, match=r"^the store in .*store cannot be used: Permission denied$"):
            new.append(next(days()), SCHEMA)
    with monkeypatch.context() as patched:
        patched.setattr("halflife.monitoring.adapters.delta_table.write_deltalake", refuse)
        with pytest.raises(Unavailable, match="cannot be used: Permission denied"):
            new.append(next(days()), SCHEMA)
    assert new.append(next(days()), SCHEMA) == Ingested(0, 3, 0, 0, repeated=False)


def test_a_damaged_contract_is_said_plainly(store: DeltaStore) -> None:
    """A truncated store.json names the file and what it is for."""
    (store.folder / "store.json").write_text("{")
    with pytest.raises(Unavailable, match=r"store.json is damaged .* bring it back from a copy"):
        DeltaStore(store.folder, SPLIT)


def test_lost_data_files_are_said_plainly(store: DeltaStore) -> None:
    """A table whose files are gone is one sentence, not a reader's stack."""
    for file in (store.folder / "rows").glob("*.parquet"):
        file.unlink()
    with pytest.raises(Unavailable, match=r"^the store in .* cannot be used: [^\n]+$"):
        store.window(0, 3)


NAMES = st.text(min_size=1, max_size=3)
TICK = st.tuples(
    st.dictionaries(NAMES, st.tuples(st.none() | st.floats(allow_infinity=False), st.none() | NAMES), max_size=4),
    st.dictionaries(NAMES, st.sampled_from([0.0, 1.0]), max_size=4),
)


@given(ticks=st.lists(TICK, min_size=1, max_size=3))
@settings(max_examples=12, deadline=None)
def test_what_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory,
    ticks: list[tuple[dict[str, tuple[float | None, str | None]], dict[str, float]]],
) -> None:
    """Of any ticks, each id's first row and first label come back bit for bit, and all else is in quarantine."""
    new = DeltaStore(tmp_path_factory.mktemp("any") / "store", SPLIT)
    rows: dict[str, tuple[int, float | None, str | None]] = {}
    labels: dict[str, float] = {}
    set_aside = 0
    for tick, (cells, says) in enumerate(ticks):
        frame = pd.DataFrame(
            {
                "_id": pd.Series(list(cells), dtype=object),
                "age": pd.Series([age for age, _ in cells.values()], dtype=float),
                "job": pd.Series([job for _, job in cells.values()], dtype=object),
            }
        )
        new.append(Batch(tick, frame, batch(tick, {}, says).labels), SCHEMA)
        set_aside += sum(name in rows for name in cells) + sum(labels.get(n, v) != v for n, v in says.items())
        rows = {name: (tick, *cell) for name, cell in cells.items()} | rows
        labels = says | labels
    out = DeltaStore(new.folder, SPLIT).window(0, len(ticks) - 1).rows.astype(object)
    out = out.where(out.notna(), None)
    assert {row[0]: (row[1], row[3], row[4]) for row in out.to_numpy()} == {
        name: (tick, None if age is None or np.isnan(age) else age, job) for name, (tick, age, job) in rows.items()
    }
    assert dict(zip(out["_id"], out["_label"], strict=True)) == {name: labels.get(name) for name in rows}
    assert len(new.quarantine()) == set_aside
