"""Shadows as compressed files in a folder, on this machine or on an object store: one a shadow, LightGBM's text and JSON, nothing that is unpickled."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from halflife.models.errors import NotFound, Unavailable
from halflife.models.learner.model import Model
from halflife.monitoring.adapters.places import Place, removed, written_whole
from halflife.monitoring.ports import Shadows

LEVEL = 1
"""Of compression: at 6 the files are a sixth smaller and take four times as long."""
VERSION = re.compile(r"v(\d+)")


class FolderShadows(Shadows):
    """``vN/K.z`` holds shadow K of version N.

    Raises:
        Unavailable: from every method: the folder cannot be read or written.
    """

    def __init__(self, folder: Place) -> None:
        self._folder = folder

    def keep(self, version: int, number: int, model: Model) -> None:
        path = self._path(version, number)
        whole = json.dumps({"text": model.text, "model": model.to_dict()}).encode()
        try:
            written_whole(path, zlib.compress(whole, LEVEL))
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}") from None

    def known(self, version: int) -> tuple[int, ...]:
        with self._answering():
            return tuple(sorted(int(path.name.removesuffix(".z")) for path in self._of(version).glob("*.z")))

    def load(self, version: int, number: int) -> Model:
        path = self._path(version, number)
        try:
            whole = json.loads(zlib.decompress(path.read_bytes()))
        except FileNotFoundError:
            raise NotFound(f"shadow {number} of v{version} is not kept any more, or never was") from None
        except (OSError, zlib.error, ValueError) as error:
            raise Unavailable(f"{path} cannot be read: {error}; remove it and it is trained again") from None
        return Model.from_dict(whole["text"], whole["model"])

    def thin(self, kept: Iterable[int]) -> int:
        spared = set(kept)
        with self._answering():
            there = {path.parent.name for path in self._folder.glob("v*/*")}
            past = [name for name in there if (found := VERSION.fullmatch(name)) and int(found[1]) not in spared]
            return sum(removed(self._folder / name) for name in past)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(f"the shadows in {self._folder} cannot be used: {error.strerror}") from None

    def _of(self, version: int) -> Place:
        return self._folder / f"v{version}"

    def _path(self, version: int, number: int) -> Place:
        return self._of(version) / f"{number}.z"
