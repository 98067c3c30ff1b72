"""From a TOML file to settings; every fault names the file, the key and the way out."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def read(path: Path) -> Settings:
    """Settings from a TOML file; ``feed.path`` and ``home`` may hold ``${NAME}`` or ``${NAME:-default}``.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, a value out of range, an unset variable.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    settings = parse(_filled(table, str(path)), str(path))
    if settings.feed.path is None:
        return settings
    feed = settings.feed.model_copy(update={"path": str((path.parent / settings.feed.path).resolve())})
    return settings.model_copy(update={"feed": feed})


def parse(table: Mapping[str, Any], origin: str) -> Settings:
    """Settings from plain values; ``origin`` names them in errors.

    >>> parse({"retrain": {"evry": 2}}, "halflife.toml")
    Traceback (most recent call last):
    ...
    halflife.models.errors.ConfigError: halflife.toml: retrain.evry is not a setting; did you mean retrain.every?
    """
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise ConfigError("\n".join(f"{origin}: {_explained(e)}" for e in error.errors())) from None


def _explained(error: Any) -> str:
    *tables, key = [str(part) for part in error["loc"]] or ["file"]
    name = ".".join([*tables, key])
    if error["type"] == "extra_forbidden":
        known = _keys(tables)
        near = get_close_matches(key, known, 1)
        hint = f"did you mean {'.'.join([*tables, near[0]])}?" if near else f"known here: {', '.join(known)}"
        return f"{name} is not a setting; {hint}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name} = {error['input']!r}: {message}" if not isinstance(error["input"], dict) else f"[{name}]: {message}"


def _keys(tables: list[str]) -> list[str]:
    section: Any = Settings
    for table in tables:
        if table not in section.model_fields:  # a name of one's own, as in [trials.NAME]
            continue
        if not table.isdigit():  # the position in a list of tables
            annotation = section.model_fields[table].annotation
            options = [a for a in (annotation, *getattr(annotation, "__args__", ())) if hasattr(a, "model_fields")]
            section = options[0]
    return sorted(section.model_fields)


def _filled(table: dict[str, Any], origin: str) -> dict[str, Any]:
    """Variables are filled in where paths stand and nowhere else: settings are kept in the home, and secrets must not be."""
    feed = table.get("feed")
    if isinstance(feed, dict) and isinstance(feed.get("path"), str):
        table = {**table, "feed": {**feed, "path": _expanded(feed["path"], origin)}}
    if isinstance(table.get("home"), str):
        table = {**table, "home": _expanded(table["home"], origin)}
    return table


def _expanded(text: str, origin: str) -> str:
    def fill(match: re.Match[str]) -> str:
        found = os.environ.get(match[1], match[2])
        if found is None:
            raise ConfigError(f"{origin}: {text!r} needs the environment variable {match[1]}, which is not set")
        return found

    return _VARIABLE.sub(fill, text)
