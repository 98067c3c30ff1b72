from pathlib import Path

import numpy as np
import pytest

from halflife.monitoring.adapters import id_index as module
from halflife.monitoring.adapters.id_index import IdIndex

IDS = np.random.default_rng(0).permutation(1000).astype(str).astype(object)


def fill(index: IdIndex, ticks: range) -> None:
    """Add a hundred ids a tick."""
    for tick in ticks:
        index.add(IDS[100 * tick : 100 * (tick + 1)], tick, tick)


def found(index: IdIndex) -> list[list[int]]:
    """The ticks of every 37th id."""
    return [index.ticks([name]).tolist() for name in IDS[::37]]


EVERY = [[i // 100] for i in range(0, 1000, 37)]


@pytest.mark.parametrize("spill", [100, 250, 10_000])
def test_the_index_finds_every_id_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spill: int) -> None:
    """In memory or in files, each id's tick is found, several ids have several, and unknown ids have none."""
    monkeypatch.setattr(module, "SPILL", spill)
    index = IdIndex(tmp_path, -1)
    fill(index, range(10))
    assert found(index) == EVERY
    assert index.ticks(IDS[[5, 950, 955]]).tolist() == [0, 9]
    assert index.ticks(["1000", "x"]).tolist() == index.ticks([]).tolist() == []
    assert len(list(tmp_path.glob("*.npy"))) == 1000 // max(spill, 100) - (spill == 250)


def test_what_stays_in_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each tick fewer hashes than the bound are in memory, however many came before."""
    monkeypatch.setattr(module, "SPILL", 250)
    index = IdIndex(tmp_path, -1)
    for tick in range(10):
        fill(index, range(tick, tick + 1))
        assert index._newest.shape[1] < 250


def test_an_index_opened_again_goes_on_from_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows the last tick that is in a file, and with the ticks after it finds what an uninterrupted one finds."""
    monkeypatch.setattr(module, "SPILL", 250)
    fill(IdIndex(tmp_path, -1), range(8))
    again = IdIndex(tmp_path, 7)
    assert again.last == 5
    fill(again, range(6, 10))
    assert found(again) == EVERY


def test_files_that_overlap_are_used_without_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two processes that wrote files of different lengths every tick is found, once."""
    monkeypatch.setattr(module, "SPILL", 300)
    fill(IdIndex(tmp_path, -1), range(9))
    monkeypatch.setattr(module, "SPILL", 400)
    (tmp_path / "3-5.npy").rename(tmp_path / "kept")
    fill(IdIndex(tmp_path, -1), range(3, 3))
    other = IdIndex(tmp_path, 2)
    fill(other, range(3, 7))
    (tmp_path / "kept").rename(tmp_path / "3-5.npy")
    again = IdIndex(tmp_path, 8)
    assert again.last == 6
    fill(again, range(7, 10))
    assert found(again) == EVERY


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"PK\x03\x04 no array"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    """The index ends before it, so that its ticks are read again from the table."""
    monkeypatch.setattr(module, "SPILL", 200)
    fill(IdIndex(tmp_path, -1), range(10))
    (tmp_path / "4-5.npy").write_bytes(damage)
    again = IdIndex(tmp_path, 9)
    assert again.last == 3
    fill(again, range(4, 10))
    assert found(again) == found(IdIndex(tmp_path, 9)) == EVERY


def test_files_of_later_ticks_than_the_table_has_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table brought back from an older copy is indexed anew from where it ends."""
    monkeypatch.setattr(module, "SPILL", 200)
    fill(IdIndex(tmp_path, -1), range(10))
    assert IdIndex(tmp_path, 4).last == 3
    assert IdIndex(tmp_path, 4).ticks(IDS[700:]).tolist() == []


def test_a_kill_while_a_file_is_written_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before its bytes are on the disk, it does not count, and the next try makes it."""

    def never(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "SPILL", 200)
    with monkeypatch.context() as patched:
        patched.setattr("halflife.monitoring.whole_files.os.fsync", never)
        with pytest.raises(KeyboardInterrupt):
            fill(IdIndex(tmp_path, -1), range(2))
    again = IdIndex(tmp_path, 1)
    assert again.last == -1
    fill(again, range(10))
    assert found(again) == EVERY
