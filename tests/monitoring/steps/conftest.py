"""A service with a real store and ledger, and a registry and reporter that only remember."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from halflife.models.domain import Drift, Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import Split, Window
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.context import Context, cached
from halflife.monitoring.ports import Registry, Reporter
from halflife.testing.policies import small_policy


class RememberingRegistry(Registry):
    """Keeps models in memory and notes who was promoted."""

    def __init__(self) -> None:
        self.models: dict[int, Model] = {}
        self.aliases: dict[Role, int] = {}

    def register(self, version: Version, model: Model, window: Window) -> Version:
        """Keep the model."""
        self.models[version.number] = model
        return replace(version, registry_version=str(version.number), run_id=f"run{version.number}")

    def model(self, version: Version) -> Model:
        """The model kept."""
        try:
            return self.models[version.number]
        except KeyError:
            raise NotFound(version.label) from None

    def promote(self, version: Version, role: Role) -> None:
        """Note the alias."""
        self.aliases[role] = version.number

    def annotate(
        self,
        version: Version,
        *,
        metrics: Mapping[str, float],
        artifacts: Sequence[Path] = (),
        texts: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        card: str | None = None,
    ) -> None:
        """Nothing to keep."""


class RememberingReporter(Reporter):
    """Draws nothing, and remembers what it was given."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Drift, tuple[pd.DataFrame, pd.DataFrame]]] = []

    def page(
        self, drift: Drift, conclusions: Conclusions, sides: tuple[pd.DataFrame, pd.DataFrame], path: Path
    ) -> Path:
        """An empty page."""
        self.drawn.append((drift, sides))
        path.write_text("", encoding="utf-8")
        return path


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Context]:
    """Make a service over a scenario: ``make("calm", errors=3)``."""

    def service(name: str = "shortcut", rows: int = 800, **policy: object) -> Context:
        home = tmp_path / name
        home.mkdir()
        plain: dict[str, object] = {
            "name": "test",
            "seed": 1,
            "recipe": Recipe(trees=20, leaves=7, threads=1),
            "window": 4,
            "every": 2,
            "on_drift": True,
            "margin": 0.0,
            "watch_every": 2,
            "watch_window": 2,
            "evidence_rows": 2000,
            "level": 0.9,
            "replicates": 200,
            "attributions": 3,
            "errors": 3,
            "gaps": 2,
            "segments": ("region", "sex"),
            "follow": 3,
        }
        policy = {**plain, **policy}
        world = World(scenario(name), seed=1, rows_per_tick=rows, period=policy["window"])
        return cached(
            home=home,
            policy=small_policy(**policy),  # type: ignore[arg-type]
            feed=SyntheticFeed(world, ticks=40),
            store=DeltaStore(home / "store", Split(cluster=world.scenario.cluster)),
            registry=RememberingRegistry(),
            ledger=SqlLedger(f"sqlite:///{home / 'ledger.db'}"),
            reporter=RememberingReporter(),
            channels={},
            shadows=FolderShadows(home / "shadows"),
        )

    return service
