"""A registry for as long as a process lives: models in memory, and nothing of what is said about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from halflife.models.domain import Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.model import Model
from halflife.models.rows import Window
from halflife.monitoring.ports import Registry

READY = 8
"""Models that are kept ready for use, beside the texts of all."""


class MemoryRegistry(Registry):
    """Keeps each model's text and what goes with it; the latest `READY` asked for stay ready for use.

    Attributes:
        aliases: role -> number of the version that has it.
    """

    def __init__(self) -> None:
        self.aliases: dict[Role, int] = {}
        self._kept: dict[int, tuple[str, dict[str, Any]]] = {}
        self._ready = lru_cache(maxsize=READY)(lambda number: Model.from_dict(*self._kept[number]))

    def register(self, version: Version, model: Model, window: Window) -> Version:
        if version.number not in self._kept:
            self._kept[version.number] = model.text, model.to_dict()
        return replace(version, registry_version=str(version.number), run_id=f"memory-{version.number}")

    def model(self, version: Version) -> Model:
        if version.number not in self._kept:
            raise NotFound(f"{version.label} is not in this registry; it has {len(self._kept)} versions")
        return self._ready(version.number)

    def promote(self, version: Version, role: Role) -> None:
        self.aliases[role] = version.number

    def annotate(
        self,
        version: Version,
        *,
        metrics: Mapping[str, float],
        artifacts: Sequence[Path] = (),
        texts: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
        card: str | None = None,
    ) -> None:
        """Nothing is kept: the ledger knows all that can be asked for."""
