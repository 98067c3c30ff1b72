"""Which servers a home is with, where its configuration does not say: the environment's, else those it was last with."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError

SETTINGS = "settings.json"
"""In a home: what it was last used with."""
KEPT = f"{SETTINGS} of the home"
OWN = "mlflow.db"
"""MLflow's database in a home that is with no server; the models of such a home are there."""
TABLES = ("registry", "ledger")
REGISTRY = {"uri": "MLFLOW_TRACKING_URI", "experiment": "MLFLOW_EXPERIMENT_NAME"}
"""Setting of ``[registry]`` -> the variable that MLflow has for it."""

LEDGER = "HALFLIFE_LEDGER_URL"
"""The variable that holds the address of the ledger where none is named; it may hold a password, so it is kept by name."""


@dataclass(frozen=True)
class Placed:
    """Settings with every server in them.

    Attributes:
        settings: in force.
        sources: dotted setting -> where it comes from, of those that the configuration does not say.
    """

    settings: Settings
    sources: Mapping[str, str] = field(default_factory=dict)


def placed(settings: Settings, *, file: bool) -> Placed:
    """The settings with what the environment and the home say of servers.

    What a configuration says stands. Of what it leaves out, the environment's variable is taken, else what the home was
    last used with; but a home whose models are in a database of its own stays there whatever the environment says.

    Args:
        settings: as they were read.
        file: they are a configuration's; False where they are what the home was last used with.

    Raises:
        ConfigError: a variable holds what cannot be.
    """
    kept = _kept(settings.home)
    at, sources = _registry(settings, kept.get("registry", {}), file=file)
    at, more = _ledger(at, kept.get("ledger", {}), file=file)
    return Placed(at, {**sources, **more})


def _registry(settings: Settings, kept: Mapping[str, Any], *, file: bool) -> tuple[Settings, dict[str, str]]:
    said = settings.registry if file else type(settings.registry)()
    own = not said.uri and (settings.home / OWN).exists()
    found, sources = {}, {}
    for name, variable in REGISTRY.items():
        value = os.environ.get(variable, "")
        if getattr(said, name):
            continue
        if value and not own:
            found[name], sources[f"registry.{name}"] = value, f"{variable} environment"
        elif kept.get(name):
            found[name], sources[f"registry.{name}"] = kept[name], KEPT
        elif value:
            sources[f"registry.{name}"] = f"default: the models are in the home's {OWN}; {variable} is for new homes"
    return _with(settings, "registry", found, sources), sources


def _ledger(settings: Settings, kept: Mapping[str, Any], *, file: bool) -> tuple[Settings, dict[str, str]]:
    if file and settings.ledger.shared:
        return settings, {}
    found, source = {name: value for name, value in kept.items() if value}, KEPT
    if os.environ.get(LEDGER):
        found, source = {"url_env": LEDGER}, f"{LEDGER} environment"
    sources = {f"ledger.{name}": source for name in found}
    blank = dict.fromkeys(("url", "url_env"), "")
    return _with(settings, "ledger", {**blank, **found}, sources), sources


def _kept(home: Path) -> dict[str, Any]:
    """What a home keeps of servers; nothing where it keeps none, or what it keeps cannot be read."""
    with suppress(OSError, ValueError):
        kept = json.loads((home / SETTINGS).read_text(encoding="utf-8"))
        return {name: table for name, table in kept.items() if name in TABLES and isinstance(table, dict)}
    return {}


def _with(settings: Settings, table: str, found: Mapping[str, Any], sources: Mapping[str, str]) -> Settings:
    """The settings with these values in a table, which are checked as those of a file are."""
    before = getattr(settings, table)
    try:
        after = type(before).model_validate({**dict(before), **found}, context={"folder": Path()})
    except ValidationError as error:
        (first, *_) = error.errors()
        origin = sources[f"{table}.{first['loc'][0]}"].removesuffix(" environment")
        raise ConfigError(f"{origin}: {str(first['msg']).removeprefix('Value error, ')}") from None
    return settings.model_copy(update={table: after})
