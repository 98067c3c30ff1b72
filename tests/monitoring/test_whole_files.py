"""A file is its old content or its new one, whoever is killed and whatever fails."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from halflife.monitoring import whole_files
from halflife.monitoring.whole_files import replacing, write_first, write_whole

OLD, NEW = "what was there: ä\n", "what is there now\r\n"

KILLED = """
import os, sys
from pathlib import Path
from halflife.monitoring import whole_files
def kill(*words):
    os.kill(os.getpid(), 9)
where, synced = sys.argv[2], True
if where == "before the write":
    whole_files._write = kill
elif where == "in the middle":
    def half(draft, content):
        draft.write_text(content[: len(content) // 2])
        kill()
    whole_files._write = half
else:
    Path.replace = kill
whole_files.write_whole(Path(sys.argv[1]), "new " * 1000, synced=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with its old content."""
    path = tmp_path / "said.txt"
    write_whole(path, OLD)
    return path


def test_the_new_content_takes_the_olds_place(file: Path) -> None:
    """Texts are written as they are, bytes too, folders are made, and no draft stays."""
    write_whole(file, NEW)
    assert file.read_bytes() == NEW.encode()
    deep = write_whole(file.parent / "a" / "b" / "raw", b"\x00\xff", synced=True)
    assert deep.read_bytes() == b"\x00\xff"
    assert sorted(path.name for path in file.parent.iterdir()) == ["a", "said.txt"]


@pytest.mark.parametrize("where", ["before the write", "in the middle", "before the rename"])
def test_killed_at_any_moment_the_old_content_is_whole(file: Path, where: str) -> None:
    """After a SIGKILL a reader finds the old content, and the next writer is not in the way of what was left."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file), where], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert file.read_text(encoding="utf-8") == OLD
    assert [path.name for path in file.parent.glob("*") if not path.name.startswith(".")] == [file.name]
    write_whole(file, NEW)
    assert file.read_bytes() == NEW.encode()


def test_a_failure_leaves_the_old_content_and_no_draft(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full half way: the error is told, what was there is there, nothing else is."""

    def full(draft: Path, content: str) -> None:
        draft.write_text(content[:3], encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, NEW)
    with pytest.raises(OSError, match="No space left"):
        write_first(file.parent / "first.txt", NEW)
    assert file.read_text(encoding="utf-8") == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_library_that_fails_half_way_leaves_the_old_content(file: Path) -> None:
    """What is written by somebody else's writer is whole or not at all too."""

    def write_half() -> None:
        with replacing(file) as draft:
            draft.write_text("half", encoding="utf-8")
            raise ValueError("cannot go on")

    with pytest.raises(ValueError, match="cannot"):
        write_half()
    assert file.read_text(encoding="utf-8") == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_file_keeps_its_mode(file: Path) -> None:
    """Who may read a file is not changed by writing it; a new file's mode is the process's habit."""
    habit = os.umask(0o022)
    try:
        file.chmod(0o640)
        write_whole(file, NEW)
        new = write_whole(file.parent / "new", NEW)
    finally:
        os.umask(habit)
    assert file.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode & 0o777 == 0o644


def test_a_link_is_written_through(file: Path, tmp_path: Path) -> None:
    """A person's link stays a link; the file it leads to has the new content."""
    link = tmp_path / "elsewhere" / "link.txt"
    link.parent.mkdir()
    link.symlink_to(file)
    write_whole(link, NEW)
    assert link.is_symlink()
    assert file.read_bytes() == NEW.encode()


def test_of_two_first_writers_one_stands(tmp_path: Path) -> None:
    """Sixteen write at the same time: one is told that its content is there, and it is."""
    path, together = tmp_path / "first.txt", threading.Barrier(16, timeout=30)
    stands: list[str] = []

    def write(content: str) -> None:
        together.wait()
        if write_first(path, content, synced=True):
            stands.append(content)

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stands == [path.read_text(encoding="utf-8")]
    assert list(tmp_path.iterdir()) == [path]


def test_writers_at_once_do_not_meet(file: Path) -> None:
    """Two that write the same file at the same time have drafts of their own: the file is one's content, whole."""
    contents = [str(n) * 100_000 for n in range(8)]
    threads = [threading.Thread(target=write_whole, args=(file, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_text(encoding="utf-8") in contents
    assert list(file.parent.iterdir()) == [file]


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    """The draft's name is no longer than a file system allows when the file's own is as long as it may be."""
    path = tmp_path / ("n" * 255)
    assert write_whole(path, NEW).read_bytes() == NEW.encode()
