"""Histograms kept beside the rows: exactly once, never lost, and there for homes that were made without them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.errors import TickError
from halflife.models.rows import Batch, Column, Kind, Part, Schema, Split, row_hash
from halflife.monitoring.adapters import delta_profiles, profile_files
from halflife.monitoring.adapters.delta_profiles import FOUNDING
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.profile_files import read_layout, read_profile
from halflife.monitoring.drift.sketches.column import Numbers
from halflife.monitoring.drift.sketches.profile import Profile

SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL), Column("void", Kind.NUMERIC)))
N = 4_000
Make = Callable[..., DeltaStore]


def batch(tick: int, n: int = N) -> Batch:
    """One tick; labels of a tick arrive in the next, a row in ten has no age."""
    rng = np.random.default_rng(tick)
    ids = [f"{tick}-{i}" for i in range(n)]
    age = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n) + 0.1 * tick)
    rows = pd.DataFrame({"_id": ids, "age": age, "job": rng.choice(["cook", "spy"], n), "void": np.nan})
    labelled = [f"{tick - 1}-{i}" for i in range(n if tick else 0)]
    return Batch(
        tick, rows, pd.DataFrame({"_id": labelled, "_label": [float(i % 4 == 0) for i in range(len(labelled))]})
    )


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The store in the test's folder, opened anew, with ticks 0 to ``upto`` appended."""

    def store(upto: int = -1, n: int = N) -> DeltaStore:
        opened = DeltaStore(tmp_path / "store", Split())
        for tick in range(opened.last_tick + 1, upto + 1):
            opened.append(batch(tick, n), SCHEMA)
        return opened

    return store


def said(profile: Profile) -> dict[str, object]:
    """A profile as plain values."""
    return {
        name: (kept.counts.tolist(), kept.missing, kept.places.tolist() if isinstance(kept, Numbers) else None)
        for name, kept in profile.columns.items()
    } | {"rows": profile.rows}


def files(store: DeltaStore) -> dict[str, bytes]:
    """What is kept, by name."""
    return {path.name: path.read_bytes() for path in sorted((store.folder / "profiles").glob("*"))}


def test_ingest_keeps_the_histograms_of_every_tick(make: Make) -> None:
    """From the tick that brings the first 10,000 rows on; ticks before it when they are first asked for."""
    store = make(3)
    assert list(files(store)) == ["00000002.parquet", "00000003.parquet", "layout.parquet"]
    profile, rows = store.profile(0, 3), store.window(0, 3).rows
    assert len(files(store)) == 5
    assert profile.rows == len(rows) == 4 * N
    assert profile.columns["age"].missing == rows["age"].isna().sum()
    assert profile.columns["age"].present + profile.columns["age"].missing == 4 * N
    assert sorted(profile.columns["job"].counts[:2]) == sorted(rows["job"].value_counts())
    assert (profile.columns["void"].present, profile.columns["void"].missing) == (0, 4 * N)


def test_kept_histograms_are_read_instead_of_rows(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once every tick asked for has its file, another process answers without a row."""
    before = said(make(3).profile(0, 3))

    def never(*_: object) -> pd.DataFrame:
        raise AssertionError("read the rows")

    monkeypatch.setattr(delta_profiles.Profiles, "_read", never)
    assert said(make().profile(0, 3)) == before


def test_what_is_kept_is_what_is_counted_from_the_rows(make: Make) -> None:
    """Lost, damaged and foreign files are counted again from the rows, to the same bytes; bins too."""
    store = make(4)
    before, kept = said(store.profile(1, 4)), files(store)
    folder = store.folder / "profiles"
    (folder / "00000001.parquet").unlink()
    (folder / "00000002.parquet").write_bytes(kept["00000002.parquet"][:100])
    (folder / "00000003.parquet").write_bytes(b"")
    assert said(make().profile(1, 4)) == before
    assert files(store) == kept
    shutil.rmtree(folder)
    assert said(make().profile(1, 4)) == before
    assert files(store) == kept


def test_a_tick_killed_before_its_histograms_is_counted_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are in and the process dies: appending again adds nothing, and the histograms are made when asked for."""
    whole = said(make(3).profile(0, 3))
    shutil.rmtree(make().folder)
    make(2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delta_profiles, "write_profile", killed)
        with pytest.raises(KeyboardInterrupt):
            make(3)
    store = make()
    assert store.append(batch(3), SCHEMA).repeated
    assert "00000003.parquet" not in files(store)
    assert said(store.profile(0, 3)) == whole


def test_a_write_cut_off_leaves_no_file_that_could_be_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file cut off has not the name of a whole one, and the next write makes it."""
    store = make(2)
    before = files(store)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.profile(0, 2)
    assert files(store) == before
    assert store.profile(0, 2).rows == 3 * N
    assert not [name for name in files(store) if name.endswith(".part")]


def test_a_store_made_without_histograms_gets_them_when_asked(make: Make) -> None:
    """An old home goes on: its ticks are counted from its rows, then kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delta_profiles.Profiles, "keep", lambda *_: None)
        store = make(3)
    assert not (store.folder / "profiles").exists()
    first = said(store.profile(0, 3))
    assert len(files(store)) == 5
    assert said(make().profile(0, 3)) == first


def test_a_small_store_keeps_nothing_and_answers_all_the_same(make: Make) -> None:
    """Below 10,000 rows bins are provisional and the same for any ticks asked for."""
    store = make(2, n=1_000)
    assert not (store.folder / "profiles").exists()
    parts = store.profile(0, 0) + store.profile(1, 2)
    assert said(parts) == said(store.profile(0, 2))
    assert parts.rows == 3_000 < FOUNDING


def test_bins_of_another_store_are_not_mistaken_for_ours(make: Make, tmp_path: Path) -> None:
    """A profile says which bins it was counted over, and a layout is refused when it is not what it says."""
    store = make(3)
    layout = store.folder / "profiles" / "layout.parquet"
    fixed = read_layout(layout, SCHEMA.names)
    assert fixed is not None
    table, said_of_it = profile_files._read(layout)
    profile_files._write(layout, table.slice(1), said_of_it)
    assert read_layout(layout, SCHEMA.names) is None
    assert read_layout(layout, ("other",)) is None
    path = store.folder / "profiles" / "00000003.parquet"
    assert read_profile(path, fixed) is not None
    other, said_of_it = profile_files._read(path)
    profile_files._write(path, other, {**said_of_it, "layout": "0"})
    assert read_profile(path, fixed) is None
    profile_files._write(path, other.slice(1), said_of_it)
    assert read_profile(path, fixed) is None


def test_labels_are_counted_as_of_a_version(make: Make) -> None:
    """A label counts for its row's tick, however late it came, and only as far as it had come by then."""
    store = make(2)
    then = store.window(0, 2).source
    make(3)
    store = make()
    assert store.labels(0, 2, then) == (2 * N * 3 // 4, 2 * N // 4)
    assert store.labels(0, 2) == (3 * N * 3 // 4, 3 * N // 4)
    assert store.labels(3, 3) == (0, 0)


def test_samples_are_the_smallest_hashes_of_rows_that_never_train(make: Make) -> None:
    """Overlapping ticks share them, with features and labels as in the window."""
    store = make(3)
    window = store.window(0, 3).rows
    unseen = window[store.split.parts(window["_id"]) != Part.TRAIN]
    chosen = unseen.iloc[np.argsort(row_hash(unseen["_id"]))[:500]].sort_values(["_tick", "_id"], ignore_index=True)
    pd.testing.assert_frame_equal(store.sample(0, 3, rows=500), chosen)
    assert len(store.sample(0, 3, rows=10**6)) == len(unseen)


def test_one_column_is_read_alone(make: Make) -> None:
    """All values of a feature in the ticks asked for, and a plain error for ticks that are not there."""
    store = make(3)
    values = store.values("age", 1, 2)
    assert sorted(values.dropna()) == sorted(store.window(1, 2).rows["age"].dropna())
    for ask in (store.profile, store.labels, lambda *ticks: store.values("age", *ticks)):
        with pytest.raises(TickError, match="ticks 3 to 4 were asked for; the store has ticks 0 to 3"):
            ask(3, 4)
