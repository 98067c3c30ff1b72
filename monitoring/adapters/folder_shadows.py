"""Shadows as compressed files in a folder: one a shadow, LightGBM's text and JSON, nothing that is unpickled."""

import json
import re
import shutil
import zlib
from collections.abc import Iterable
from pathlib import Path

from halflife.models.errors import NotFound, Unavailable
from halflife.models.learner.model import Model
from halflife.monitoring.ports import Shadows
from halflife.monitoring.whole_files import write_whole

LEVEL = 1
"""Of compression: at 6 the files are a sixth smaller and take four times as long."""
VERSION = re.compile(r"v(\d+)")


class FolderShadows(Shadows):
    """``vN/K.z`` holds shadow K of version N.

    Raises:
        Unavailable: from every method: the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, version: int, number: int, model: Model) -> None:
        path = self._path(version, number)
        whole = json.dumps({"text": model.text, "model": model.to_dict()}).encode()
        try:
            write_whole(path, zlib.compress(whole, LEVEL))
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}") from None

    def known(self, version: int) -> tuple[int, ...]:
        return tuple(sorted(int(path.stem) for path in self._of(version).glob("*.z")))

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
        freed, spared = 0, set(kept)
        for folder in self._folder.glob("v*"):
            found = VERSION.fullmatch(folder.name)
            if found and int(found[1]) not in spared:
                freed += sum(path.stat().st_size for path in folder.iterdir())
                shutil.rmtree(folder)
        return freed

    def _of(self, version: int) -> Path:
        return self._folder / f"v{version}"

    def _path(self, version: int, number: int) -> Path:
        return self._of(version) / f"{number}.z"
