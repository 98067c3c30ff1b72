"""Addresses on object stores, used as paths are; a folder there is what objects' names begin with."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import obstore

from halflife.monitoring.adapters.object_client import answered, client
from halflife.monitoring.object_addresses import plain_address

if TYPE_CHECKING:
    from obstore import ObjectMeta

TRIES = 20
"""How often an addition to an object is tried while others add to it too."""


@dataclass(frozen=True)
class ObjectPath:
    """An object, or what several objects' names begin with.

    Attributes:
        bucket: with its scheme, such as ``s3://bucket``.
        key: the rest, without a slash at its ends.

    Raises:
        OSError: from everything that asks the store; see `answered`.

    >>> path = ObjectPath.of("s3://bucket/days/a.csv")
    >>> str(path.parent / "b.csv"), path.name, path.suffix, path.relative_to(path.parent.parent).as_posix()
    ('s3://bucket/days/b.csv', 'a.csv', '.csv', 'days/a.csv')
    """

    bucket: str
    key: str = ""
    listed: ObjectMeta | None = field(default=None, compare=False, repr=False)
    """What a listing said of it; whoever has it from there asks no more."""

    @classmethod
    def of(cls, address: str) -> ObjectPath:
        """Of an address. Raises ValueError."""
        scheme, _, rest = plain_address(address).partition("://")
        bucket, _, key = rest.partition("/")
        return cls(f"{scheme}://{bucket}", key)

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    def __truediv__(self, below: str) -> ObjectPath:
        return ObjectPath(self.bucket, f"{self.key}/{below}" if self.key else below)

    @property
    def pure(self) -> PurePosixPath:
        """The key as a path."""
        return PurePosixPath(self.key)

    @property
    def name(self) -> str:
        """The last part."""
        return self.pure.name or self.bucket.partition("://")[2]

    @property
    def suffix(self) -> str:
        """The ending."""
        return self.pure.suffix

    @property
    def parent(self) -> ObjectPath:
        """What it is in."""
        return ObjectPath(self.bucket, self.key.rpartition("/")[0])

    def relative_to(self, folder: ObjectPath) -> PurePosixPath:
        """The path from a folder. Raises ValueError."""
        return self.pure.relative_to(folder.pure)

    def is_file(self) -> bool:
        """Whether there is such an object."""
        if self.listed is not None:
            return True
        try:
            self._head()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        """Whether there are objects below."""
        return self.listed is None and next(self._below(chunk=1), None) is not None

    def stamp(self) -> Hashable:
        """What changes when the object does."""
        said = self._head()
        return said["e_tag"] or said["last_modified"].timestamp(), said["size"]

    def size(self) -> int:
        """Bytes."""
        return self._head()["size"]

    def read_bytes(self) -> bytes:
        """All of it."""
        with answered(self.bucket, self):
            return obstore.get(client(self.bucket), self.key).bytes().to_bytes()

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """All of it, as text."""
        return self.read_bytes().decode(encoding, errors)

    def write(self, content: str | bytes, *, first: bool = False) -> None:
        """Put it there, whole or not at all. Raises FileExistsError where it must be the first and is not."""
        raw = content.encode() if isinstance(content, str) else content
        with answered(self.bucket, self):
            obstore.put(
                client(self.bucket), self.key, raw, mode="create" if first else "overwrite", use_multipart=False
            )

    def append(self, text: str) -> None:
        """Put a text behind what is there; what others add at the same moment stays.

        Raises OSError where others are in the way again and again.
        """
        for _ in range(TRIES - 1):
            try:
                return self._appended(text)
            except FileExistsError:
                continue
        return self._appended(text)

    def _appended(self, text: str) -> None:
        store = client(self.bucket)
        with answered(self.bucket, self):
            try:
                found = obstore.get(store, self.key)
            except FileNotFoundError:
                obstore.put(store, self.key, text.encode(), mode="create", use_multipart=False)
            else:
                at: Any = {name: said for name in ("e_tag", "version") if (said := found.meta[name]) is not None}
                whole = found.bytes().to_bytes() + text.encode()
                obstore.put(store, self.key, whole, mode=at, use_multipart=False)

    def unlink(self, missing_ok: bool = False) -> None:
        """Take it away; a store does not say whether it was there."""
        with answered(self.bucket, self):
            try:
                obstore.delete(client(self.bucket), self.key)
            except FileNotFoundError:
                if not missing_ok:
                    raise

    def glob(self, pattern: str) -> Iterator[ObjectPath]:
        """The objects below whose names a pattern matches, with what the listing says of them.

        Args:
            pattern: as ``Path.glob`` has it, with ``*``, ``?``, ``[…]`` and ``**``.
        """
        parts = pattern.split("/")
        for said in self._below():
            path = ObjectPath(self.bucket, said["path"], said)
            if _matches(path.relative_to(self).parts, parts):
                yield path

    def _below(self, chunk: int = 1000) -> Iterator[ObjectMeta]:
        with answered(self.bucket, self):
            prefix = f"{self.key}/" if self.key else None
            for some in obstore.list(client(self.bucket), prefix, chunk_size=chunk):
                yield from (said for said in some if not said["path"].endswith("/"))

    def _head(self) -> ObjectMeta:
        if self.listed is not None:
            return self.listed
        with answered(self.bucket, self):
            return obstore.head(client(self.bucket), self.key)


def _matches(path: tuple[str, ...], pattern: list[str]) -> bool:
    """Whether the parts of a path are those of a pattern.

    >>> _matches(("a", "b", "c.csv"), ["**", "*.csv"]), _matches(("a", "c.csv"), ["*.csv"]), _matches(("c.csv",), ["**", "*"])
    (True, False, True)
    """
    if not pattern or not path:
        return not path and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return _matches(path, pattern[1:]) or _matches(path[1:], pattern)
    return fnmatchcase(path[0], pattern[0]) and _matches(path[1:], pattern[1:])
