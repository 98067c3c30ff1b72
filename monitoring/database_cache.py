"""Empty databases, migrated once on a machine and copied ever after: migrations take seconds, a copy milliseconds.

A template is a file ``KEY-DIGEST.db`` in the user's cache: the key names what made it and in which version, the digest
is of its content, so that a damaged file is told from a sound one and is made anew. It appears under its name all at
once, so two processes may make it at the same time. Whatever the cache does, nothing depends on it: where there is no
template, the database is migrated where it stands.
"""

import logging
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from halflife.monitoring.whole_files import write_first, write_whole

LOG = logging.getLogger(__name__)

Make = Callable[[Path], None]
"""Makes the tables in a new SQLite file, closes it, and leaves nothing in this process that remembers the file."""


def cache() -> Path | None:
    """The folder of templates: ``$HALFLIFE_CACHE``, else ``halflife`` in the user's cache. It need not exist.

    Returns:
        An absolute path; None for a user without a home, as a container's may be.
    """
    own = os.environ.get("HALFLIFE_CACHE")
    if own:
        return Path(own).absolute()
    users = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if users.is_absolute():  # the XDG specification has a relative one ignored
        return users / "halflife"
    try:
        return Path.home() / ".cache" / "halflife"
    except RuntimeError:
        return None


def fill(target: Path, key: str, make: Make) -> bool:
    """Put a copy of a template where there is no file yet; the template is made when there is none.

    Args:
        target: of the copy; its folder exists. An existing file is left as it is.
        key: names the template; another version of what ``make`` runs needs another key.
        make: makes the template.

    Returns:
        Whether there was a template to copy or a file to leave; False where the database must be made without, because
        the cache or the target's folder cannot be written.
    """
    if target.exists():
        return True
    content = ready(key, make)
    if content is None:
        return False
    try:
        write_first(target, content)
    except OSError:
        return False
    return True


def ready(key: str, make: Make) -> bytes | None:
    """The template's content, made if there is no sound one; None where the cache cannot be written."""
    folder = cache()
    if folder is None:
        return None
    try:
        sound = _sound(folder.glob(f"{key}-*.db"))
        return _made(folder, key, make) if sound is None else sound
    except (
        Exception
    ) as error:  # whatever a library raises over a disk that is full or knows no locks: it is only a cache
        LOG.info("no template %s in %s, migrating in place: %s", key, folder, error)
        return None


def _sound(files: Iterable[Path]) -> bytes | None:
    """The first content that is what its name says; files that are not are removed."""
    for file in sorted(files):
        content = file.read_bytes()
        if file.stem.endswith(f"-{_digest(content)}"):
            return content
        file.unlink()
        LOG.warning("the template %s was damaged and is made anew", file)
    return None


def _made(folder: Path, key: str, make: Make) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"{key}.") as scratch:
        made = Path(scratch) / "empty.db"
        make(made)
        with closing(sqlite3.connect(made)) as database:
            database.execute("PRAGMA journal_mode = DELETE")  # what is still in the write-ahead log goes into the file
        content = made.read_bytes()
    LOG.info("made the template %s", write_whole(folder / f"{key}-{_digest(content)}.db", content))
    return content


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
