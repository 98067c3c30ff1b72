"""What every step is given: the ports joined to adapters, and the policy they are used under. Nothing in it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from halflife.monitoring.caches import CachedRows, CachedShadows, CachedStore
from halflife.monitoring.page_links import PageLinks
from halflife.monitoring.policy import Policy
from halflife.monitoring.ports import Channel, Feed, Ledger, Registry, Reporter, Shadows, Store
from halflife.monitoring.version_rows import StoredRows, VersionRows


class Observer(Protocol):
    """Told what happens while it happens; ``lasting`` sentences are news, the others only say what is being done."""

    def __call__(self, sentence: str, *, lasting: bool = False) -> None: ...


def unobserved(sentence: str, *, lasting: bool = False) -> None:
    """Nobody is looking."""


@dataclass(frozen=True)
class Context:
    """The ports and the policy. Made by ``halflife.flows.bootstrap`` and by tests.

    Attributes:
        home: folder of pages.
        base_url: where others find them; empty where nobody serves them.
        rows: windows and evidence of versions, over ``store``.
        observe: told what happens.
    """

    home: Path
    policy: Policy
    feed: Feed
    store: Store
    rows: VersionRows
    registry: Registry
    ledger: Ledger
    reporter: Reporter
    channels: Mapping[str, Channel]
    shadows: Shadows
    observe: Observer = unobserved
    base_url: str = ""

    @property
    def links(self) -> PageLinks:
        """Where others find the pages."""
        return PageLinks(self.home, self.base_url)

    def warm(self) -> None:
        """Load what is slow to load, so that it overlaps with whatever else is starting."""
        self.registry.warm()
        self.reporter.warm()


def cached(
    *,
    home: Path,
    policy: Policy,
    feed: Feed,
    store: Store,
    registry: Registry,
    ledger: Ledger,
    reporter: Reporter,
    channels: Mapping[str, Channel],
    shadows: Shadows,
    observe: Observer = unobserved,
    base_url: str = "",
) -> Context:
    """A context whose store, rows and shadows remember what a cycle asks of them again and again."""
    remembering = CachedStore(store)
    return Context(
        home=home,
        policy=policy,
        feed=feed,
        store=remembering,
        rows=CachedRows(StoredRows(remembering, policy.evidence.rows), 2 * policy.investigate.follow + 1),
        registry=registry,
        ledger=ledger,
        reporter=reporter,
        channels=channels,
        shadows=CachedShadows(shadows),
        observe=observe,
        base_url=base_url,
    )
