"""Paths in a configuration: relative to its file, with environment variables filled in.

Variables are filled in where paths stand and nowhere else: settings are kept in the home, and secrets must not be.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

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
    folder = folder_of(info)
    return possible(text) if folder is None else str((folder / possible(filled(text))).resolve())


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
WorkingPath = Annotated[Path, BeforeValidator(_filled_in)]
"""A path relative to where the command runs."""
