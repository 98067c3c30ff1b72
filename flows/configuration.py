"""From a TOML file to settings; every fault names the file, the key and the way out."""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import ValidationError

from halflife.flows.adapters import FEEDS, feed_kind
from halflife.flows.alert_settings import alert_settings
from halflife.flows.settings import DEFAULT_FEED, Settings
from halflife.models.errors import ConfigError
from halflife.monitoring.alerts.redaction import redacted
from halflife.monitoring.section import Section


def read(path: Path) -> Settings:
    """Settings from a TOML file; paths in it may hold ``${NAME}`` or ``${NAME:-default}``.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, a value out of range, an unset variable.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    return parse(table, str(path), folder=path.parent)


def parse(table: Mapping[str, Any], origin: str, folder: Path | None = None) -> Settings:
    """Settings from plain values.

    Args:
        table: names and values, as in the file.
        origin: names them in errors.
        folder: where paths among them begin, in which variables are filled in; None to take them as they are.

    Raises:
        ConfigError: an unknown key, a value out of range, an unset variable; a line for each fault.

    >>> parse({"retrain": {"evry": 2}}, "halflife.toml")
    Traceback (most recent call last):
    ...
    halflife.models.errors.ConfigError: halflife.toml: retrain.evry is not a setting; did you mean retrain.every?
    """
    try:
        return Settings.model_validate(table, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError("\n".join(f"{origin}: {_explained(e, table)}" for e in error.errors())) from None


def _explained(error: Any, table: Mapping[str, Any]) -> str:
    *tables, key = [str(part) for part in error["loc"]] or [""]
    name = ".".join([*tables, key])
    if error["type"] == "extra_forbidden":
        return _unknown(tables, key, table)
    if error["type"] == "missing":
        return f"{name} is missing: {_section(tables, table).model_fields[key].description}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    said = error["input"]
    if isinstance(said, dict):
        return f"[{name}]: {message}"
    return f"{name} = {redacted(repr(said))}: {message}"


def _unknown(tables: list[str], key: str, table: Mapping[str, Any]) -> str:
    name = ".".join([*tables, key])
    others = [kind for kind, feed in FEEDS.items() if tables == ["feed"] and key in feed.settings.model_fields]
    if others:
        said = table["feed"].get("kind")
        this = f'of kind "{said}"' if said else f'of kind "{DEFAULT_FEED.kind}", since it says no kind'
        return f'{name} belongs to a feed of kind "{others[0]}"; this one is {this}'
    known = sorted(_section(tables, table).model_fields)
    near = get_close_matches(key, known, 1)
    hint = f"did you mean {'.'.join([*tables, near[0]])}?" if near else f"known here: {', '.join(known)}"
    return f"{name} is not a setting; {hint}"


def _section(tables: list[str], table: Mapping[str, Any]) -> type[Section]:
    """The class of a table, by its place."""
    section: Any = Settings
    for name in tables:
        if name not in section.model_fields:  # a name of one's own, as in [trials.NAME]; the position in a list
            continue
        if section is Settings and name == "feed":
            section = feed_kind(table["feed"].get("kind", DEFAULT_FEED.kind)).settings
        elif section is Settings and name == "alerts":
            section = alert_settings(table["alerts"])
        else:
            section = next(
                part for part in _parts(section.model_fields[name].annotation) if hasattr(part, "model_fields")
            )
    return cast(type[Section], section)


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and what it is made of: of ``X | None``, ``X``; of ``tuple[X, ...]``, ``X``."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
