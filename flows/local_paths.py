"""Paths and addresses in a configuration: paths relative to its file, both with environment variables filled in.

Variables are filled in where paths stand and nowhere else: settings are kept in the home, and secrets must not be.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from halflife.monitoring.object_addresses import is_address, plain_address

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def variables(text: str) -> tuple[str, ...]:
    """The environment variables that a text names and that are set.

    >>> variables("${HALFLIFE_NO_SUCH_FOLDER:-data}/rows.csv")
    ()
    """
    return tuple(name for name, _ in _VARIABLE.findall(text) if name in os.environ)


def filled(text: str) -> str:
    """The text with ``${NAME}`` and ``${NAME:-default}`` replaced. Raises ValueError for a variable that is not set.

    >>> filled("${HALFLIFE_NO_SUCH_FOLDER:-data}/rows.csv")
    'data/rows.csv'
    """

    def fill(match: re.Match[str]) -> str:
        found = os.environ.get(match[1], match[2])
        if found is None:
            raise ValueError(f"needs the environment variable {match[1]}, which is not set")
        return found

    return _VARIABLE.sub(fill, text)


def _beside(text: str, info: ValidationInfo) -> str:
    found = _somewhere(text, info)
    if is_address(found):
        raise ValueError("a folder of this machine is needed here, not an address on an object store")
    return found


def _somewhere(text: str, info: ValidationInfo) -> str:
    folder = folder_of(info)
    text = possible(text if folder is None else filled(text))
    if is_address(text):
        text = plain_address(text)
    return text if folder is None or is_address(text) else str((folder / text).resolve())


def _filled_in(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    return possible(value if folder_of(info) is None else filled(value))


def possible(path: str) -> str:
    r"""The path, where a system can have it. Raises ValueError.

    >>> possible("a\0.csv")
    Traceback (most recent call last):
    ...
    ValueError: the path 'a\x00.csv' holds a NUL character, which no file's name can have
    """
    if "\0" in path:
        raise ValueError(f"the path {path!r} holds a NUL character, which no file's name can have")
    return path


def folder_of(info: ValidationInfo) -> Path | None:
    """Where the file stands that is being read; None for values that come from elsewhere and are taken as they are."""
    return (info.context or {}).get("folder")


LocalPath = Annotated[str, AfterValidator(_beside)]
"""A path beside the configuration's file; what is kept of it is absolute."""
PathOrAddress = Annotated[str, AfterValidator(_somewhere)]
"""A path as `LocalPath`, or an address on an object store."""
WorkingPath = Annotated[Path, BeforeValidator(_filled_in)]
"""A path relative to where the command runs."""
