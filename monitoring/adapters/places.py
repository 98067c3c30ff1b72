"""Where files are: on this machine, or on an object store. What is done with both is done here."""

import shutil
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Union

from halflife.monitoring.object_addresses import is_address, plain_address
from halflife.monitoring.whole_files import write_first, write_whole

if TYPE_CHECKING:  # whoever uses no object store loads none
    from halflife.monitoring.adapters.object_path import ObjectPath

Place = Union[Path, "ObjectPath"]


def place_of(text: str) -> Place:
    """The place a text names. Raises ValueError.

    >>> place_of("rows.csv"), str(place_of("s3://bucket/rows.csv")), place_of("file:///rows.csv")
    (PosixPath('rows.csv'), 's3://bucket/rows.csv', PosixPath('/rows.csv'))
    """
    if not is_address(text):
        return Path(text)
    plain = plain_address(text)
    if not is_address(plain):
        return Path(plain)
    from halflife.monitoring.adapters.object_path import ObjectPath

    return ObjectPath.of(plain)


def stamp_of(place: Place) -> Hashable | None:
    """What changes when a file does; None where there is none, or it cannot be told."""
    try:
        if not isinstance(place, Path):
            return place.stamp()
        found = place.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def written_whole(place: Place, content: str | bytes) -> None:
    """Write a file, whole or not at all. Raises OSError."""
    if isinstance(place, Path):
        write_whole(place, content)
    else:
        place.write(content)


def written_first(place: Place, content: str | bytes) -> bool:
    """Write a file unless there is one, and say whether it was: of two writers the first one's stands. Raises OSError."""
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        return write_first(place, content, synced=True)
    try:
        place.write(content, first=True)
    except FileExistsError:
        return False
    return True


def appended(place: Place, text: str) -> None:
    """Put a text behind what a file holds; its folder must be there. Raises OSError."""
    if isinstance(place, Path):
        with place.open("a", encoding="utf-8") as lines:
            lines.write(text)
    else:
        place.append(text)


def removed(folder: Place) -> int:
    """Take a folder of files away, and say how many bytes they had. Raises OSError."""
    if isinstance(folder, Path):
        freed = sum(file.stat().st_size for file in folder.iterdir())
        shutil.rmtree(folder)
        return freed
    objects = list(folder.glob("**/*"))
    for each in objects:
        each.unlink(missing_ok=True)
    return sum(each.size() for each in objects)
