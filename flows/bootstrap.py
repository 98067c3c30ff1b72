"""The composition root: the only place that knows which adapter serves which port."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from halflife.flows.adapters import channel_kind, feed_kind, place
from halflife.flows.alert_settings import AlertSettings
from halflife.flows.configuration import parse
from halflife.flows.feed_settings import SyntheticFeedSettings
from halflife.flows.home_folder import keep
from halflife.flows.ledger_place import ledger
from halflife.flows.older_homes import upgraded
from halflife.flows.placement import SETTINGS, placed
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError, UsageError
from halflife.models.recipe import Recipe
from halflife.models.threads import limit

if TYPE_CHECKING:  # each adapter is imported where it is made: a command pays only for what it uses
    from halflife.monitoring.adapters.delta_store import DeltaStore
    from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
    from halflife.monitoring.adapters.places import Place
    from halflife.monitoring.context import Context, Observer
    from halflife.monitoring.database_cache import Make
    from halflife.monitoring.policy import Policy
    from halflife.monitoring.ports import Channel, Feed
    from halflife.monitoring.reports.rich_text import Terminal
    from halflife.monitoring.trials.backtest import Backtest

SECTIONS = (
    "retrain",
    "watch",
    "evidence",
    "compute",
    "shadows",
    "causes",
    "opacity",
    "investigate",
    "explain",
    "alerts",
)
"""Tables of the settings that decide: the policy's sections, as they are."""


def bootstrap(settings: Settings, observe: "Observer | None" = None, terminal: "Terminal | None" = None) -> "Context":
    """A context ready for use under ``settings.home``, which is made if it is not there.

    Args:
        settings: in force.
        observe: told what happens; nobody when left out.
        terminal: on which alerts are printed; standard output when left out.

    Raises:
        Unavailable: the home cannot be written.
        ConfigError: a secret's environment variable is not set, an unknown scenario.
    """
    limit(settings.compute.cores)
    from halflife.monitoring.adapters.evidently_reporter import EvidentlyReporter
    from halflife.monitoring.adapters.folder_shadows import FolderShadows
    from halflife.monitoring.context import cached, unobserved

    home, rows = remember(settings), store(settings)
    return cached(
        home=home,
        policy=policy(settings),
        feed=feed(settings).following(rows),
        store=rows,
        registry=registry(settings),
        ledger=ledger(settings),
        reporter=EvidentlyReporter(),
        channels=channels(settings.alerts, home, settings.name, terminal),
        shadows=FolderShadows(beside_rows(settings, "shadows")),
        observe=observe or unobserved,
        base_url=settings.links.base_url,
    )


@contextmanager
def backtest(settings: Settings, until: int | None) -> "Iterator[Backtest]":
    """Where recipes are tried: on the home's rows as far as they reach, else on the feed's in a store of its own.

    Nothing is made in the home.

    Args:
        settings: in force.
        until: last tick of the history; None for as far as the home's rows reach, or the feed where it has none.

    Raises:
        UsageError: the feed does not end and ``until`` does not say how far to go, or ends before; or the home has no
            rows yet and the champion's decisions choose which of them have labels.
    """
    limit(settings.compute.cores)
    from halflife.monitoring.adapters.folder_shadows import FolderShadows
    from halflife.monitoring.adapters.memory_registry import MemoryRegistry
    from halflife.monitoring.adapters.sql_ledger import SqlLedger
    from halflife.monitoring.trials.backtest import Backtest, last_tick

    kept, rows = store(settings), feed(settings)
    last = last_tick(kept, rows, until)
    if kept.last_tick < last and rows.exploration is not None:
        raise UsageError(
            "in this world the champion's decisions choose which labels exist, so its history has to be made before "
            "recipes can be compared on it: run `halflife replay` first"
        )
    with TemporaryDirectory(prefix="halflife-rows-") as folder:
        if kept.last_tick < last:
            kept = store(settings, Path(folder))
            for tick in range(last + 1):
                kept.append(rows.batch(tick), rows.schema)
        yield Backtest(
            store=kept,
            feed=rows,
            policy=policy(settings),
            until=last,
            ledger=lambda: SqlLedger("sqlite://"),
            registry=MemoryRegistry,
            shadows=FolderShadows,
        )


def store(settings: Settings, folder: Path | None = None) -> "DeltaStore":
    """The rows, in Delta tables; where ``[store]`` says unless told otherwise."""
    from halflife.models.rows import Split
    from halflife.monitoring.adapters.delta_store import DeltaStore

    evidence = settings.evidence
    cluster = evidence.cluster
    if isinstance(settings.feed, SyntheticFeedSettings):
        from halflife.models.world.scenarios import scenario

        cluster = scenario(settings.feed.scenario).cluster
    split = Split(evidence.evidence, evidence.discovery, evidence.calibration, cluster)
    return DeltaStore(folder or beside_rows(settings, "store"), split, settings.home.resolve() / "cache")


def beside_rows(settings: Settings, name: str) -> "Place":
    """A folder of what is kept of every version: under ``[store] uri``, else under the home. Raises ConfigError."""
    uri = settings.store.uri
    return place(uri) / name if uri else settings.home.resolve() / name


def registry(settings: Settings) -> "MlflowRegistry":
    """MLflow: the server or database that is named, else SQLite and a folder under the home."""
    from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry

    said, home = settings.registry, settings.home.resolve()
    name = said.model or settings.name
    if said.uri:
        return MlflowRegistry.of(said.uri, home, name, experiment=said.experiment)
    return MlflowRegistry.at(home, name, experiment=said.experiment)


def templates() -> "dict[str, Make]":
    """Key -> how to make it, for each empty database an adapter copies."""
    from halflife.monitoring.adapters import ledger_database, mlflow_connection

    return {adapter.template_key(): adapter.make_template for adapter in (ledger_database, mlflow_connection)}


_USED: dict[Path, Settings] = {}
"""Home -> the settings that this process last used it with, for whoever is told the home alone."""
_OPEN: "dict[str, Context]" = {}
"""Home -> its context, for the flows of this process; they are named by the home alone, which any process understands."""


def opened(home: str) -> "Context":
    """The context of a home that has been used before: the one this process opened, else from the settings kept in it."""
    if home not in _OPEN:
        _OPEN[home] = bootstrap(placed(recall(Path(home)), file=False).settings)
    return _OPEN[home]


def reopened(home: str) -> "Context":
    """As `opened`, with whatever was read before forgotten: others may have written there since, or set it otherwise.

    The connection to the registry is kept, since making one takes seconds.
    """
    kept = _OPEN.get(home)
    made = bootstrap(recall(Path(home)))
    _OPEN[home] = made if kept is None else replace(made, registry=kept.registry)
    return _OPEN[home]


def hold(context: "Context") -> str:
    """Have the flows of this process use this context for its home; gives the home as the flows are told it."""
    home = str(context.home)
    _OPEN[home] = context
    return home


def remember(settings: Settings) -> Path:
    """Keep the settings in the home, so that flows and later commands need only the folder. They hold no secrets.

    Returns:
        The home, made if it was not there. Raises Unavailable when it cannot be written.
    """
    home = settings.home.resolve()
    _USED[home] = settings
    keep(settings, home)
    return home


def used(home: Path) -> Settings | None:
    """The settings a home is used with; None where nobody has used it yet."""
    where = home.resolve()
    if where not in _USED and (where / SETTINGS).exists():
        return placed(recall(where), file=False).settings
    return _USED.get(where)


def recall(home: Path) -> Settings:
    """The settings a home was last used with. Raises ConfigError when it never was."""
    path = home / SETTINGS
    if not path.exists():
        raise ConfigError(
            f"{home} is not a halflife home: it has no {SETTINGS}; start with `halflife replay` or `demo`"
        )
    kept = upgraded(json.loads(path.read_text(encoding="utf-8")))
    return parse({**kept, "home": home}, str(path))


def policy(settings: Settings) -> "Policy":
    """The part of the settings that decides."""
    from halflife.monitoring.catch_up import CatchUp
    from halflife.monitoring.policy import Policy

    return Policy(
        name=settings.name,
        seed=settings.seed,
        recipe=settings.recipe.recipe(settings.compute.cores),
        changes=changes(settings),
        catch_up=CatchUp(settings.schedule.catch_up, settings.schedule.catch_up_within),
        **{section: getattr(settings, section) for section in SECTIONS},
    )


def changes(settings: Settings) -> "tuple[tuple[int, Recipe], ...]":
    """(tick, the recipe from there on): the changes that are set, else those a synthetic scenario brings."""
    said: tuple[tuple[int, Mapping[str, Any]], ...] = tuple((c.tick, c.said) for c in settings.recipe.changes)
    if not said and isinstance(settings.feed, SyntheticFeedSettings):
        from halflife.models.world.scenarios import scenario

        said = tuple((tick, dict(values)) for tick, values in scenario(settings.feed.scenario).recipe)
    recipe, history = settings.recipe.recipe(settings.compute.cores), []
    for tick, values in said:
        recipe = replace(recipe, **values)
        history.append((tick, recipe))
    return tuple(history)


def feed(settings: Settings) -> "Feed":
    """The feed that is configured, with the labels that come from elsewhere; nothing is read yet."""
    made = feed_kind(settings.feed.kind).build(settings.feed, policy(settings))
    if settings.labels is None:
        return made
    from halflife.flows.adapters import label_table
    from halflife.monitoring.adapters.files_feed import FilesFeed

    assert isinstance(made, FilesFeed)  # the settings see to it
    said = settings.labels
    return replace(
        made,
        labels=label_table(said) if said.elsewhere else made.labels,
        give_up_after=said.give_up_after,
        silence_is_negative=said.absent == "negative",
    )


def channels(
    settings: AlertSettings, home: Path, source: str, terminal: "Terminal | None" = None
) -> "dict[str, Channel]":
    """Name -> channel, for every configured one; alerts on the console go to ``terminal`` where it is given."""
    made: dict[str, Channel] = {
        name: channel_kind(name).build(getattr(settings, name, None), home, source) for name in settings.channels
    }
    if terminal is not None and "console" in made:
        from halflife.monitoring.adapters.channels.console import Console as ConsoleChannel

        made["console"] = ConsoleChannel(terminal)
    return made
