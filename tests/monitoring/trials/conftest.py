"""A lab over a small synthetic history, with a real store and ledgers in memory."""

from collections.abc import Callable

import pytest

from halflife.models.recipe import Recipe
from halflife.models.rows import Split
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.memory_registry import MemoryRegistry
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.policy import Policy
from halflife.monitoring.trials.backtest import Backtest
from halflife.testing.policies import small_policy

RECIPE = Recipe(trees=8, leaves=5, threads=1)
TICKS = 11


def policy(**differs: object) -> Policy:
    """Windows of three ticks, two ticks apart, and little to look at."""
    plain: dict[str, object] = {
        "name": "test", "seed": 1, "recipe": RECIPE, "window": 3, "every": 2, "on_drift": True, "margin": 0.0,
        "watch_every": 2, "watch_window": 2, "evidence_rows": 2000, "level": 0.9, "replicates": 100,
        "attributions": 3, "errors": 1, "gaps": 2, "segments": ("region",), "follow": 3, "slices": 1, "findings": 8,
        "opacity_refits": 1,
    }  # fmt: skip
    return small_policy(**{**plain, **differs})


def feed() -> SyntheticFeed:
    """A world that changes at once, 800 rows a tick."""
    return SyntheticFeed(World(scenario("sudden"), seed=1, rows_per_tick=800), ticks=TICKS)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> DeltaStore:
    """All ticks of the world."""
    kept, rows = DeltaStore(tmp_path_factory.mktemp("history") / "store", Split()), feed()
    for tick in range(TICKS):
        kept.append(rows.batch(tick), rows.schema)
    return kept


@pytest.fixture
def history(store: DeltaStore) -> Callable[..., Backtest]:
    """Make a lab: ``lab(until=8, every=3)``."""

    def make(until: int = TICKS - 1, **differs: object) -> Backtest:
        return Backtest(
            store=store,
            feed=feed(),
            policy=policy(**differs),
            until=until,
            ledger=lambda: SqlLedger("sqlite://"),
            registry=MemoryRegistry,
            shadows=FolderShadows,
        )

    return make
