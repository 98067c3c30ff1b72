"""Files that are written whole or not at all: a draft of a name of its own beside them, which then takes their place.

Killed at any moment, a reader finds the old content or the new one. What a killed process leaves is a hidden file that
ends in ``.part``; no other writer, of the same file or at the same time, uses that name.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

LONGEST = 80
"""Characters of a file's name that its draft's name repeats."""


def write_whole(path: Path, content: str | bytes, *, synced: bool = False, private: bool = False) -> Path:
    """Write a file, making its folder; a text in UTF-8, its lines as they are.

    Args:
        path: of the file. One that is there keeps its mode; where it is a link, what it leads to is written.
        content: all of it.
        synced: whether it must be on the disk, and not only with the operating system, when this returns.
        private: for its owner's eyes alone, whatever the umask and whatever was there.

    Returns:
        ``path``.

    Raises:
        OSError: it cannot be written; then what was there is there still.

    >>> from tempfile import mkdtemp
    >>> write_whole(Path(mkdtemp()) / "new" / "said.txt", "holds").read_text()
    'holds'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, synced=synced, private=private) as draft:
        if private:
            draft.touch(0o600, exist_ok=False)
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            _write(draft, content)
    return path


def write_first(path: Path, content: str | bytes, *, synced: bool = False) -> bool:
    """Write a file unless there is one: of two writers the first one's stands. Its folder must be there.

    Args:
        path: of the file.
        content: all of it.
        synced: as in `write_whole`.

    Returns:
        Whether this content is there now; False where another was before it.

    Raises:
        OSError: it cannot be written.
    """
    draft = _beside(path)
    try:
        _write(draft, content)
        if synced:
            _sync(draft)
        path.hardlink_to(draft)  # unlike a rename, it never takes another's file away
        if synced:
            _sync(path.parent)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


@contextmanager
def replacing(path: Path, *, synced: bool = False, private: bool = False) -> Iterator[Path]:
    """The name of a draft, for what a library writes; it takes the place of ``path`` when the block ends.

    Args:
        path: of the file; its folder must be there.
        synced: as in `write_whole`.
        private: the mode of what is there is not taken over.

    Raises:
        OSError: the draft cannot take the place; whatever the block raises. The draft is gone then.
    """
    path = path.resolve()
    draft = _beside(path)
    try:
        yield draft
        if path.exists() and not private:
            shutil.copymode(path, draft)
        if synced:
            _sync(draft)
        draft.replace(path)
        if synced:
            _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:LONGEST]}.{uuid4().hex}.part")


def _write(draft: Path, content: str | bytes) -> None:
    with draft.open("xb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
