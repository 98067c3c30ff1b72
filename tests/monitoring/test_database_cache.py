"""Empty databases are migrated once on a machine and copied; whatever befalls the cache, nothing depends on it."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from halflife.monitoring import database_cache

KEY = "library-1.2.3"


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing catches it."""


class Library:
    """Makes tables as a library's migrations would, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.asked = 0

    def make(self, path: Path) -> None:
        """One table, still in the write-ahead log when the connection closes."""
        self.asked += 1
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE made (n)")
            database.execute("INSERT INTO made VALUES (7)")
            database.commit()


@pytest.fixture
def library() -> Library:
    """Nobody has asked it for anything."""
    return Library()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, not made yet."""
    monkeypatch.setenv("HALFLIFE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def content(path: Path) -> list[tuple[int]]:
    """The rows of the one table."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT n FROM made").fetchall()


def test_the_second_database_is_a_copy(cache: Path, library: Library, tmp_path: Path) -> None:
    """Two targets hold what one migration made, write-ahead log and all; no draft is left beside them."""
    for name in ("one.db", "two.db"):
        assert database_cache.fill(tmp_path / name, KEY, library.make)
        assert content(tmp_path / name) == [(7,)]
    assert library.asked == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "one.db", "two.db"]
    (kept,) = cache.iterdir()
    assert kept.name.startswith(f"{KEY}-")


def test_another_version_has_another_template(cache: Path, library: Library, tmp_path: Path) -> None:
    """A key names one version: the next one's tables are made anew."""
    database_cache.fill(tmp_path / "old.db", "library-1.2.3", library.make)
    database_cache.fill(tmp_path / "new.db", "library-1.2.4", library.make)
    assert library.asked == 2


def test_a_file_that_is_there_is_left_alone(cache: Path, library: Library, tmp_path: Path) -> None:
    """Whatever it holds, even nothing."""
    target = tmp_path / "mine.db"
    target.write_bytes(b"")
    assert database_cache.fill(target, KEY, library.make)
    assert target.read_bytes() == b""
    assert library.asked == 0


def test_a_file_that_comes_meanwhile_is_left_alone(cache: Path, tmp_path: Path, library: Library) -> None:
    """Another process that makes the same database first keeps it, and no draft stays behind."""
    target = tmp_path / "ours.db"

    def slowly(path: Path) -> None:
        library.make(path)
        target.write_bytes(b"theirs")

    assert database_cache.fill(target, KEY, slowly)
    assert target.read_bytes() == b"theirs"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "ours.db"]


def cut(file: Path) -> None:
    """Lose the end of a file, as a full disk does."""
    file.write_bytes(file.read_bytes()[:-512])


def flip(file: Path) -> None:
    """Change one byte in the middle of a file."""
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)


def empty(file: Path) -> None:
    """Leave a file of no bytes."""
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, empty])
def test_a_damaged_template_is_made_anew(
    cache: Path, library: Library, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """A template whose content is not what its name says is thrown away, and a sound one takes its place."""
    database_cache.fill(tmp_path / "one.db", KEY, library.make)
    (kept,) = cache.iterdir()
    damage(kept)
    assert database_cache.fill(tmp_path / "two.db", KEY, library.make)
    assert library.asked == 2
    assert content(tmp_path / "two.db") == [(7,)]
    assert database_cache.fill(tmp_path / "three.db", KEY, library.make)
    assert library.asked == 2


def test_killed_while_it_is_made_leaves_no_template(cache: Path, library: Library, tmp_path: Path) -> None:
    """Half a template never has a template's name: the next process makes a whole one."""

    def killed(path: Path) -> None:
        library.make(path)
        raise Killed

    with pytest.raises(Killed):
        database_cache.fill(tmp_path / "one.db", KEY, killed)
    assert not (tmp_path / "one.db").exists()
    assert not list(cache.glob("*.db"))
    assert database_cache.fill(tmp_path / "one.db", KEY, library.make)
    assert content(tmp_path / "one.db") == [(7,)]


def test_two_at_once_both_get_a_whole_one(cache: Path, library: Library, tmp_path: Path) -> None:
    """Both find none and make one at the same time; each has its copy, and a third needs to make none."""
    together = threading.Barrier(2, timeout=30)
    filled: list[bool] = []

    def make(path: Path) -> None:
        together.wait()
        library.make(path)
        together.wait()

    def one(name: str) -> None:
        filled.append(database_cache.fill(tmp_path / name, KEY, make))

    threads = [threading.Thread(target=one, args=(name,)) for name in ("one.db", "two.db")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert filled == [True, True]
    assert content(tmp_path / "one.db") == content(tmp_path / "two.db") == [(7,)]
    assert database_cache.fill(tmp_path / "three.db", KEY, library.make)
    assert library.asked == 2


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file stands where the folder should be: there is no template, no target and no error."""
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("HALFLIFE_CACHE", str(tmp_path / "cache"))
    assert not database_cache.fill(tmp_path / "one.db", KEY, library.make)
    assert not (tmp_path / "one.db").exists()
    assert database_cache.ready(KEY, library.make) is None


def test_a_target_without_a_folder_is_done_without(cache: Path, tmp_path: Path, library: Library) -> None:
    """What cannot be copied to is left to whoever opens the database, who says what is wrong."""
    assert not database_cache.fill(tmp_path / "nowhere" / "one.db", KEY, library.make)


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own variable first, then the user's cache as the XDG specification has it."""
    monkeypatch.delenv("HALFLIFE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert database_cache.cache() == Path.home() / ".cache" / "halflife"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/ann")
    assert database_cache.cache() == Path("/var/cache/ann/halflife")
    monkeypatch.setenv("HALFLIFE_CACHE", "/srv/templates")
    assert database_cache.cache() == Path("/srv/templates")
    monkeypatch.setenv("HALFLIFE_CACHE", "templates")
    assert database_cache.cache() == Path.cwd() / "templates"


def test_a_relative_users_cache_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the XDG specification has it."""
    monkeypatch.delenv("HALFLIFE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert database_cache.cache() == Path.home() / ".cache" / "halflife"


def test_a_user_without_a_home_has_no_cache(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """HOME is not set and the user is none the system knows, as in a container: every database is made where it is."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("HALFLIFE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert database_cache.cache() is None
    assert not database_cache.fill(tmp_path / "one.db", KEY, library.make)


def test_a_template_that_cannot_be_made_is_done_without(cache: Path, tmp_path: Path) -> None:
    """Whatever a library raises, it is raised again where the database itself is made, if it matters there."""

    def full(path: Path) -> None:
        raise ValueError("a library's own kind of error: the disk is full")

    assert not database_cache.fill(tmp_path / "one.db", KEY, full)
    assert not list(cache.iterdir())
