import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from halflife.models.errors import Unavailable
from halflife.models.rows import Batch, Column, Kind, Schema, Split, Window
from halflife.monitoring.adapters import delta_store, delta_table
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.delta_table import TickTable

SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
EVERY = 4


def day(tick: int) -> Batch:
    """Three rows, out of order, whose labels come two ticks later, and a bad row."""
    ids = [f"{tick}-{i}" for i in (2, 0, 1)]
    rows = pd.DataFrame({"_id": [*ids, f"bad{tick}"], "age": [float(tick), None, 3.0, "junk"], "job": "cook"})
    due = [f"{tick - 2}-{i}" for i in range(3) if tick >= 2]
    return Batch(tick, rows, pd.DataFrame({"_id": due, "_label": [1.0, 0.0, 1.0][: len(due)]}))


def fill(folder: Path, ticks: int, *, look: bool = True) -> tuple[DeltaStore, list[Window]]:
    """A store of so many ticks, and after each new tick the window of the newest four as it was then, if asked."""
    store, windows = DeltaStore(folder, Split()), []
    for tick in range(store.last_tick + 1, ticks):
        store.append(day(tick), SCHEMA)
        if look:
            windows.append(store.window(max(0, tick - 3), tick))
    return store, windows


def files(folder: Path, table: str) -> int:
    """How many files the newest version of a table has."""
    return len(DeltaTable(folder / table).file_uris())


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are joined every four ticks."""
    monkeypatch.setattr(delta_store, "COMPACTED", EVERY)


def test_files_grow_much_slower_than_ticks(tmp_path: Path) -> None:
    """After 24 ticks no table has more files than the ticks since the last time and two for each time before."""
    fill(tmp_path / "store", 24, look=False)
    for table in ("rows", "labels", "quarantine"):
        assert files(tmp_path / "store", table) <= EVERY + 2 * (24 // EVERY - 1)


def test_every_window_is_built_again_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its source, from this store and from one opened anew, after its files were joined and the old ones taken away."""
    monkeypatch.setattr(delta_table, "KEPT_HOURS", 0)
    store, windows = fill(tmp_path / "store", 14)
    on_disk = len(list((tmp_path / "store" / "rows").glob("*.parquet")))
    assert on_disk < 14
    for one in (store, DeltaStore(tmp_path / "store", Split())):
        for window in windows:
            again = one.window(window.first, window.last, window.source)
            pd.testing.assert_frame_equal(again.rows, window.rows)
            assert again.digest == window.digest


def test_joining_files_changes_nothing_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, cases, quarantine and repeats are those of a store whose files were never joined."""
    joined, windows = fill(tmp_path / "joined", 8)
    monkeypatch.setattr(delta_store, "COMPACTED", 1_000)
    plain, others = fill(tmp_path / "plain", 8)
    assert files(tmp_path / "joined", "rows") < files(tmp_path / "plain", "rows")
    assert [w.digest for w in windows] == [w.digest for w in others]
    pd.testing.assert_frame_equal(joined.quarantine(), plain.quarantine())
    pd.testing.assert_frame_equal(joined.cases(["0-1", "7-0"]), plain.cases(["0-1", "7-0"]))
    assert joined.append(day(3), SCHEMA).repeated
    again = day(0).rows.assign(_id=["0-2", "0-0", "0-1", "new"], age=1.0)
    assert joined.append(Batch(8, again, day(0).labels), SCHEMA).rows == 1


def test_whoever_reads_an_older_version_can_go_on(tmp_path: Path) -> None:
    """Files that were joined stay for as long as a reader may hold a version that has them."""
    fill(tmp_path / "store", EVERY, look=False)
    reader = DeltaTable(tmp_path / "store" / "rows")
    fill(tmp_path / "store", 7, look=False)
    assert reader.to_pyarrow_table().num_rows == 3 * EVERY


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("table", ["quarantine", "labels", "rows"])
def test_a_kill_while_files_are_joined_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, after: bool
) -> None:
    """Killed before or after any table's files were joined, the tick goes in, and every version is that of no kill."""
    compact: Callable[[TickTable], None] = TickTable.compact

    def dying(self: TickTable) -> None:
        if after:
            compact(self)
        if self.folder.name == table:
            raise KeyboardInterrupt
        compact(self)

    store, _ = fill(tmp_path / "killed", EVERY, look=False)
    shutil.copytree(tmp_path / "killed", tmp_path / "never")
    with monkeypatch.context() as patched:
        patched.setattr(TickTable, "compact", dying)
        with pytest.raises(KeyboardInterrupt):
            store.append(day(EVERY), SCHEMA)
    _, never = fill(tmp_path / "never", EVERY + 1)
    _, killed = fill(tmp_path / "killed", EVERY + 1)
    assert [(w.source, w.digest) for w in killed] == [(w.source, w.digest) for w in never]
    assert len(killed) == 1


def test_a_disk_that_refuses_stops_the_tick_and_not_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old file that cannot be taken away is one sentence; when it can be, the same tick goes in."""
    monkeypatch.setattr(delta_table, "KEPT_HOURS", 0)
    store, _ = fill(tmp_path / "store", 2 * EVERY, look=False)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(Unavailable, match="cannot be used: Permission denied"):
            store.append(day(2 * EVERY), SCHEMA)
    assert store.append(day(2 * EVERY), SCHEMA).rows == 3


def test_what_a_cycle_reads_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows looked at to append a tick and build a window are as many after 18 ticks as after 8."""
    store, _ = fill(tmp_path / "store", 8, look=False)
    read: list[int] = []
    near = TickTable.near

    def counting(self: TickTable, ids: "pd.Series[str]") -> object:
        found = near(self, ids)
        read.append(len(found.collect()))
        return found

    monkeypatch.setattr(TickTable, "near", counting)
    seen = []
    for tick in range(8, 18):
        read.clear()
        store.append(day(tick), SCHEMA)
        store.window(tick - 3, tick)
        seen.append(sum(read))
    assert max(seen[5:]) <= max(seen[:5])
