"""Every setting with its value, its default, and where the value comes from."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from halflife.flows.local_paths import variables
from halflife.flows.placement import KEPT
from halflife.flows.resolution import Resolved
from halflife.flows.settings import DEFAULT_FEED, Settings
from halflife.flows.toml_text import lines
from halflife.monitoring.alerts.redaction import redacted
from halflife.monitoring.section import Section

DEFAULT = "default"
Source = Callable[[str, Any], str]
"""(setting, value) -> where it comes from."""
_ABSENT = object()


@dataclass(frozen=True)
class InForce:
    """One setting.

    Attributes:
        setting: its dotted name.
        value: in force, as JSON has it, without passwords.
        default: None where there is none.
        source: ``default``; file and line; the home's settings; an option; the environment.
    """

    setting: str
    value: Any
    default: Any
    source: str


def in_force(resolved: Resolved) -> list[InForce]:
    """Every setting, in the order of the reference."""
    source = _from_file(resolved.file) if resolved.file else _from_home(resolved.kept)
    elsewhere = {**resolved.servers, **({"home": resolved.home} if resolved.home else {})}
    return [
        InForce(name, _public(value), default, elsewhere.get(name) or source(name, value))
        for name, value, default in _entries(resolved.settings)
    ]


def _entries(settings: Settings) -> Iterator[tuple[str, Any, Any]]:
    for name, value, default in _walk(settings, ""):
        if name != "trials" or not value:
            yield name, value, DEFAULT_FEED.kind if name == "feed.kind" else default
    usual = settings.recipe.model_dump(mode="json")
    for name, trial in settings.trials.items():
        own = {key: value for key, value in trial.model_dump(mode="json").items() if value != usual[key]}
        yield f"trials.{name}", own, None


def _walk(section: Section, before: str) -> Iterator[tuple[str, Any, Any]]:
    tables = {name: value for name, value in section if isinstance(value, Section)}
    plain = section.model_dump(mode="json", exclude=set(tables))
    for name, value in plain.items():
        yield f"{before}{name}", value, default_of(type(section).model_fields[name])
    for name, table in tables.items():
        yield from _walk(table, f"{before}{name}.")


def default_of(field: FieldInfo) -> Any:
    """As JSON has it; None where there is none."""
    if field.is_required():
        return None
    value = field.get_default(call_default_factory=True)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _from_file(file: Path) -> Source:
    """Says of a setting on which line of a configuration it stands, and which variables were filled in there."""
    text = file.read_text(encoding="utf-8")
    table, where = tomllib.loads(text), lines(text)

    def source(name: str, value: Any) -> str:
        names = [name, "recipe.threads"] if name == "compute.threads" else [name]
        found = [line for at, line in where.items() if any(at == own or at.startswith(f"{own}.") for own in names)]
        if not found:
            return DEFAULT
        line = f"{file}:{min(found)}"
        raw = _at(table, name)
        filled = variables(raw) if isinstance(raw, str) and raw != value else ()
        return f"{' and '.join(filled)} environment ({line})" if filled else line

    return source


def _from_home(kept: Path | None) -> Source:
    """Says of a setting whether a home keeps it."""
    table = {} if kept is None else json.loads(kept.read_text(encoding="utf-8"))
    return lambda name, value: DEFAULT if _at(table, name) is _ABSENT else KEPT


def _at(table: Any, name: str) -> Any:
    """What a table has under a dotted name."""
    for part in name.split("."):
        if not isinstance(table, Mapping) or part not in table:
            return _ABSENT
        table = table[part]
    return table


def _public(value: Any) -> Any:
    """The same without passwords, however deep they stand."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {key: _public(item) for key, item in value.items()}
    return [_public(item) for item in value] if isinstance(value, list) else value
