import json
from collections.abc import Iterator
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

SPLIT = Split()
SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))


def batch(tick: int, rows: dict[str, object], labels: dict[str, float] | None = None) -> Batch:
    """Rows of the given ids and ages, all cooks, and the labels that arrive."""
    labels = labels or {}
    return Batch(
        tick,
        pd.DataFrame({"_id": list(rows), "age": list(rows.values()), "job": "cook"}),
        pd.DataFrame({"_id": list(labels), "_label": list(labels.values())}),
    )


def days(ticks: int = 4, late: int = 1) -> Iterator[Batch]:
    """Ticks of three rows whose labels come ``late`` ticks later, with a repeated id and a bad cell in tick 2."""
    for tick in range(ticks):
        rows: dict[str, object] = {f"{tick}-{i}": float(10 * tick + i) for i in range(3)}
        if tick == 2:
            rows |= {"0-0": 99.0, "bad": "junk"}
        yield batch(tick, rows, {f"{tick - late}-{i}": float(i % 2) for i in range(3) if tick >= late})


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    """A store of four ticks."""
    made = DeltaStore(tmp_path / "store", SPLIT)
    for day in days():
        made.append(day, SCHEMA)
    return made


def contents(store: DeltaStore) -> tuple[str, str, int]:
    """Everything that must not differ between two stores of the same ticks."""
    return store.window(0, store.last_tick).digest, store.quarantine().to_json(), store.last_tick


def test_a_window_is_canonical_rows_with_labels_joined(store: DeltaStore) -> None:
    """Columns in order, rows by tick then id, labels where they have arrived, types as promised."""
    window = store.window(2, 3)
    expected = pd.DataFrame(
        {
            "_id": ["2-0", "2-1", "2-2", "3-0", "3-1", "3-2"],
            "_tick": [2, 2, 2, 3, 3, 3],
            "_label": [0.0, 1.0, 0.0, np.nan, np.nan, np.nan],
            "age": [20.0, 21.0, 22.0, 30.0, 31.0, 32.0],
            "job": "cook",
        }
    )
    pd.testing.assert_frame_equal(window.rows, expected.astype({"job": "str"}))
    assert (window.first, window.last, window.source, window.split) == (2, 3, "rows@4,labels@3", SPLIT)


def test_an_empty_store_has_nothing_and_makes_nothing(tmp_path: Path) -> None:
    """Asking a store that was never written leaves no folder behind."""
    empty = DeltaStore(tmp_path / "store", SPLIT)
    assert (empty.last_tick, empty.schema, empty.split) == (-1, None, SPLIT)
    assert list(empty.quarantine().columns) == ["tick", "id", "reason", "row"]
    assert empty.cases(["1"]).empty
    with pytest.raises(TickError, match="ticks 0 to 3 were asked for; the store is empty"):
        empty.window(0, 3)
    assert not (tmp_path / "store").exists()


def test_an_existing_store_knows_its_schema(store: DeltaStore) -> None:
    """Opened again, it needs nothing but its folder and split, and gives the same windows."""
    again = DeltaStore(store.folder, SPLIT)
    assert (again.store.fixed_schema, again.last_tick) == (SCHEMA, 3)
    assert contents(again) == contents(store)


def test_a_repeated_tick_adds_nothing(store: DeltaStore) -> None:
    """Any tick that is stored can come again, through this store or another, and changes nothing."""
    before = contents(store)
    for day in days():
        for one in (store, DeltaStore(store.folder, SPLIT)):
            assert one.append(day, SCHEMA) == Ingested(day.tick, 0, 0, 0, repeated=True)
    assert contents(store) == before


@pytest.mark.parametrize(
    ("tick", "message"),
    [(7, "tick 7 came after tick 3; the next one is 4"), (-1, "tick -1 came after tick 3; the next one is 4")],
)
def test_ticks_out_of_order_are_refused(store: DeltaStore, tick: int, message: str) -> None:
    """A tick that is neither the next nor stored names the next one, and nothing is added."""
    before = contents(store)
    with pytest.raises(TickError) as error:
        store.append(batch(tick, {"x": 1.0}), SCHEMA)
    assert str(error.value) == message
    assert contents(store) == before


def test_the_first_tick_is_0(tmp_path: Path) -> None:
    """An empty store says where to begin."""
    with pytest.raises(TickError, match=r"^tick 2 came first; the next one is 0$"):
        DeltaStore(tmp_path / "store", SPLIT).append(batch(2, {"x": 1.0}), SCHEMA)


def test_bad_rows_are_quarantined_with_tick_and_reason(store: DeltaStore) -> None:
    """A bad cell and an id of an earlier tick are set aside, counted, and told; good rows beside them stay."""
    told = store.quarantine()
    assert told[["tick", "id", "reason"]].to_numpy().tolist() == [
        [2, "0-0", "id '0-0' was already seen in tick 0"],
        [2, "bad", "age: 'junk' is not a number"],
    ]
    assert json.loads(told["row"][1]) == {"_id": "bad", "age": "junk", "job": "cook"}
    assert store.cases(["0-0"])["age"].tolist() == [0.0]


def test_counts_of_a_tick_add_up(tmp_path: Path) -> None:
    """What is ingested is told: rows, labels, and what was set aside."""
    new = DeltaStore(tmp_path / "store", SPLIT)
    done = new.append(batch(0, {"a": 1.0, "b": np.inf, "c": np.nan}, {"a": 1.0, "b": 2.0, "c": np.nan}), SCHEMA)
    assert done == Ingested(0, rows=2, labels=1, quarantined=2, repeated=False)
    assert new.quarantine()["reason"].tolist() == ["age: infinite", "label: '2' is neither 0 nor 1"]


def test_a_mended_row_may_come_again(store: DeltaStore) -> None:
    """An id is taken by a row that is stored, not by one that was set aside."""
    assert store.append(batch(4, {"bad": 5.0}), SCHEMA).rows == 1
    assert store.cases(["bad"])["_tick"].tolist() == [4]


def test_ticks_without_rows_count(tmp_path: Path) -> None:
    """A tick of nothing, or of nothing good, is a tick: the next one follows it, and it is not asked for again."""
    new = DeltaStore(tmp_path / "store", SPLIT)
    for tick, rows in enumerate([{}, {"a": "junk"}, {"b": 1.0}]):
        new.append(batch(tick, rows), SCHEMA)
    assert new.last_tick == 2
    assert new.rows.window(0, 2).rows["_id"].tolist() == ["b"]
    assert new.rows.window(0, 1).rows.empty
    assert new.append(batch(1, {"a": "junk"}), SCHEMA).repeated


def test_all_missing_columns_are_stored_as_missing(tmp_path: Path) -> None:
    """A numeric and a categorical column without a single value keep their types in the window."""
    new = DeltaStore(tmp_path / "store", SPLIT)
    nothing = pd.DataFrame({"_id": ["a", "b"], "age": [None, None], "job": [None, None]})
    new.append(Batch(0, nothing, batch(0, {}).labels), SCHEMA)
    rows = new.rows.window(0, 0).rows
    assert rows[["age", "job"]].isna().all(axis=None)
    assert [str(dtype) for dtype in rows.dtypes] == ["str", "int64", "float64", "float64", "str"]


def test_labels_are_joined_whenever_they_come(tmp_path: Path) -> None:
    """A label may come ticks after its row, with it, or before it."""
    new = DeltaStore(tmp_path / "store", SPLIT)
    new.append(batch(0, {"late": 1.0}, {"early": 1.0}), SCHEMA)
    new.append(batch(1, {"prompt": 1.0}, {"prompt": 0.0}), SCHEMA)
    new.append(batch(2, {"early": 1.0}, {"late": 1.0}), SCHEMA)
    labels = new.rows.window(0, 2).rows.set_index("_id")["_label"]
    assert labels.to_dict() == {"late": 1.0, "prompt": 0.0, "early": 1.0}


def test_the_first_label_wins(store: DeltaStore) -> None:
    """The same label again is nothing new; a contradiction is set aside and the first one stays."""
    done = store.append(batch(4, {}, {"1-0": 0.0, "1-1": 0.0}), SCHEMA)
    assert (done.labels, done.quarantined) == (0, 1)
    last = store.quarantine().iloc[-1]
    assert (last["id"], last["reason"]) == ("1-1", "label 0 contradicts the label 1 that came in tick 2")
    assert store.cases(["1-0", "1-1"])["_label"].tolist() == [0.0, 1.0]


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


def test_cases_are_found_by_id(store: DeltaStore) -> None:
    """Those that exist come back once each, labels joined, by tick then id; others are left out."""
    found = store.cases(["3-1", "1-1", "nobody", "1-1"])
    assert found[["_id", "_tick"]].to_numpy().tolist() == [["1-1", 1], ["3-1", 3]]
    assert found["_label"].tolist()[0] == 1.0
    assert list(found.columns) == ["_id", "_tick", "_label", "age", "job"]
    assert store.cases([]).empty


def test_ids_whose_hashes_collide_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index only says where to look: with every hash equal, rows, labels and repeats are still right."""
    monkeypatch.setattr(
        "halflife.monitoring.adapters.id_index.row_hash", lambda ids: np.zeros(len(ids), dtype=np.uint64)
    )
    new = DeltaStore(tmp_path / "store", SPLIT)
    results = [new.append(day, SCHEMA) for day in days()]
    assert [result.rows for result in results] == [3, 3, 3, 3]
    assert new.quarantine()["id"].tolist() == ["0-0", "bad"]
    assert new.rows.window(0, 3).rows["_label"].notna().sum() == 9


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


def test_another_process_appends_are_seen(store: DeltaStore) -> None:
    """A store that is open follows what others write: ticks, ids and labels."""
    other = DeltaStore(store.folder, SPLIT)
    assert other.window(0, 3).rows["_label"].notna().sum() == 9
    store.append(batch(4, {"4-0": 1.0}, {"3-0": 1.0}), SCHEMA)
    assert other.last_tick == 4
    assert other.cases(["4-0"])["_tick"].tolist() == [4]
    other.append(batch(5, {"4-0": 2.0, "5-0": 3.0}, {"3-0": 0.0}), SCHEMA)
    assert store.quarantine()["reason"].tolist()[-2:] == [
        "label 0 contradicts the label 1 that came in tick 4",
        "id '4-0' was already seen in tick 4",
    ]


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


def test_a_changed_feed_is_refused_and_nothing_is_added(store: DeltaStore) -> None:
    """An extra column, or a numeric column turned to words, is an error for the feed's owner; the tick can be mended."""
    before = contents(store)
    extra = Batch(4, batch(4, {"a": 1.0}).rows.assign(pay=1.0), batch(4, {}).labels)
    with pytest.raises(SchemaError, match="column 'pay' is new in the feed"):
        store.append(extra, Schema((*SCHEMA.columns, Column("pay", Kind.NUMERIC))))
    with pytest.raises(SchemaError, match="column 'age' is numeric in the store, but 6 of its 6 cells"):
        store.append(batch(4, {f"4-{i}": "low" for i in range(6)}), SCHEMA)
    assert contents(store) == before
    assert store.append(batch(4, {"4-0": 1.0}), SCHEMA).rows == 1


def test_junk_that_makes_a_feed_call_a_column_text_is_still_quarantined(store: DeltaStore) -> None:
    """The store's kind counts, not the feed's: one bad cell costs one row, not the tick."""
    called_text = Schema((Column("age", Kind.CATEGORICAL), Column("job", Kind.CATEGORICAL)))
    done = store.append(batch(4, {"4-0": "1", "4-1": "oops", "4-2": "2.5"}), called_text)
    assert (done.rows, done.quarantined) == (2, 1)
    assert store.window(4, 4).rows["age"].tolist() == [1.0, 2.5]


def test_names_the_tables_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    """Delta Lake knows no upper and lower case; nothing is made before that is said."""
    twins = Schema((Column("Age", Kind.NUMERIC), Column("age", Kind.NUMERIC)))
    rows = pd.DataFrame({"_id": ["a"], "Age": [1.0], "age": [2.0]})
    with pytest.raises(SchemaError, match="column 'Age', 'age': the store tells no two names apart"):
        DeltaStore(tmp_path / "store", SPLIT).append(Batch(0, rows, batch(0, {}).labels), twins)
    assert not (tmp_path / "store").exists()


def test_odd_column_names_are_kept(tmp_path: Path) -> None:
    """Dots, spaces, quotes, separators and letters of any script come back as they went in."""
    names = ["emp.var.rate", "a b", "a,b;c", "x=y", "{q}(z)", "a\"b'c", "50%", "a/b", "é", "`x`", "tab\tx", "数"]
    schema = Schema(tuple(Column(name, Kind.NUMERIC) for name in names))
    new = DeltaStore(tmp_path / "store", SPLIT)
    rows = pd.DataFrame({"_id": ["a"], **{name: [float(i)] for i, name in enumerate(names)}})
    new.append(Batch(0, rows, batch(0, {}).labels), schema)
    again = DeltaStore(new.folder, SPLIT).window(0, 0).rows
    assert list(again.columns[3:]) == names
    assert again.iloc[0, 3:].tolist() == list(range(len(names)))


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
