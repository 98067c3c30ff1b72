"""Addresses on object stores, on a real server: what is put there is there, once, and faults are sentences."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.object_path import ObjectPath
from halflife.monitoring.adapters.places import appended, place_of, removed, stamp_of, written_first, written_whole
from halflife.monitoring.adapters.table_sources import FileSource, source_of


@pytest.fixture
def bucket(object_store: Callable[[], str]) -> ObjectPath:
    """An empty bucket."""
    return ObjectPath.of(object_store())


@pytest.mark.parametrize("name", ["rows.csv", "two words/ä #1%20 b=ü.csv"])
def test_an_object_is_written_whole_and_first_and_taken_away(bucket: ObjectPath, name: str) -> None:
    """Whatever letters its name has: the first writer's stands, another content is another stamp, and a folder goes whole."""
    path = bucket / "folder" / name
    assert (path.is_file(), bucket.is_dir(), stamp_of(path)) == (False, False, None)
    assert [written_first(path, said) for said in ("first", "second")] == [True, False]
    assert path.read_text() == "first"
    before = stamp_of(path)
    written_whole(path, "third")
    assert stamp_of(path) not in (before, None)
    assert [str(found) for found in (bucket / "folder").glob("**/*.csv")] == [str(path)]
    assert (removed(bucket / "folder"), path.is_file()) == (5, False)


def test_what_several_add_at_once_is_all_there(bucket: ObjectPath) -> None:
    """Additions are bound to what was read: of eight writers at one moment, none takes another's away."""
    path = bucket / "lines"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: appended(path, f"{k}\n"), range(8)))
    assert sorted(path.read_text().split()) == [str(k) for k in range(8)]


def test_a_pattern_finds_what_it_finds_in_a_folder(bucket: ObjectPath, tmp_path: Path) -> None:
    """The same names give the same answers as on a disk."""
    names = ["a.csv", "b.txt", "days/a.csv", "days/deep/c1.csv", "days/deep/c2.csv"]
    for name in names:
        (bucket / name).write("x")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for pattern in ("*", "*.csv", "**/*", "**/*.csv", "days/*", "days/**/c[1-3].csv", "*/*/c?.csv", "none/*"):
        here = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob(pattern) if path.is_file()}
        assert {path.relative_to(bucket).as_posix() for path in bucket.glob(pattern)} == here


def test_a_file_that_grows_on_an_object_store_is_read_again(bucket: ObjectPath) -> None:
    """A feed of an address sees the rows that were added; what has no end yet is not over."""
    path = bucket / "rows.csv"
    path.write("id,x,y\n" + "".join(f"{k},{k},{k % 2}\n" for k in range(10)))
    feed = FilesFeed(path, label="y", id="id", rows_per_tick=5)
    assert isinstance(source_of(path), FileSource)
    assert feed.closed == 2
    path.write(path.read_text() + "".join(f"{k},{k},{k % 2}\n" for k in range(10, 15)))
    assert feed.closed == 3
    assert feed.batch(2).rows["_id"].tolist() == ["10", "11", "12", "13", "14"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", r"^no such file: s3://bucket-\d+/none.csv; check path in \[feed\], and the bucket$"),
        ("none/*.csv", r"/none/\*.csv has no files that end in .csv, "),
        ("bad.parquet", r"/bad.parquet is not a Parquet file: "),
    ],
)
def test_what_is_not_there_is_one_sentence(bucket: ObjectPath, name: str, message: str) -> None:
    """A missing object, an empty pattern and a damaged file are named."""
    (bucket / "bad.parquet").write("junk")
    with pytest.raises(FeedError, match=message):
        source_of(bucket / name).read()


def test_a_store_that_cannot_be_used_is_one_sentence(
    object_store: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No bucket, no credentials, nobody there: each says so and what to look at, and none tells a key."""
    path = place_of(f"{object_store()}/rows.csv")
    with pytest.raises(FeedError, match=r"^s3://no-such/a.csv cannot be read: there is no bucket s3://no-such$"):
        source_of(place_of("s3://no-such/a.csv"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(FeedError, match=r"does not answer; check AWS_ENDPOINT_URL and the network$"):
        source_of(path)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(FeedError, match=r"no credentials for s3://bucket-.* AWS_SECRET_ACCESS_KEY") as error:
        source_of(path)
    assert "secret-word" not in str(error.value)
