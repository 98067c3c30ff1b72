"""A small context over a synthetic world: a real store, ledger and shadows in a folder, and fakes for what is slow."""

from pathlib import Path
from typing import Any

from halflife.models.recipe import Recipe
from halflife.models.rows import Split
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario as known_scenario
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.context import Context, cached
from halflife.testing.fakes import RememberingRegistry, RememberingReporter
from halflife.testing.policies import small_policy

TICKS = 40
INVESTIGATES: dict[str, Any] = {
    "attributions": 3,
    "errors": 3,
    "gaps": 2,
    "segments": ("region", "sex"),
    "follow": 3,
}
"""A little of everything is looked at."""


def small_context(folder: Path, scenario: str = "shortcut", *, rows: int = 800, **policy: Any) -> Context:
    """A context in a home of its own, in which a cycle takes about a second.

    Args:
        folder: made where it is not there; store, ledger and pages go into it.
        scenario: the world.
        rows: of a tick.
        policy: as `small_policy` takes it; what is not chosen is small, and a little is investigated.

    Raises:
        NotFound: there is no such scenario.
        TypeError: a name that is none of a policy's.

    >>> from tempfile import TemporaryDirectory
    >>> from halflife.monitoring.steps.ingest_ticks import ingest
    >>> with TemporaryDirectory() as folder:
    ...     context = small_context(Path(folder) / "home", "calm", rows=50)
    ...     [done.rows for done in ingest(context, 1)]
    [50, 50]
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = small_policy(**{"recipe": Recipe(trees=20, leaves=7, threads=1), **INVESTIGATES, **policy})
    world = World(known_scenario(scenario), seed=1, rows_per_tick=rows, period=chosen.retrain.window)
    return cached(
        home=folder,
        policy=chosen,
        feed=SyntheticFeed(world, ticks=TICKS),
        store=DeltaStore(folder / "store", Split(cluster=world.scenario.cluster)),
        registry=RememberingRegistry(),
        ledger=SqlLedger(f"sqlite:///{folder / 'ledger.db'}"),
        reporter=RememberingReporter(),
        channels={},
        shadows=FolderShadows(folder / "shadows"),
    )
