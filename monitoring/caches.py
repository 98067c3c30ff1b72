"""Ports with a memory: each reads through the port it decorates and answers what it was asked before."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from halflife.models.domain import Version
from halflife.models.rows import Part
from halflife.monitoring.ports import Ingested, Shadows, Store, Taken
from halflife.monitoring.version_rows import VersionRows, part

if TYPE_CHECKING:
    import pandas as pd

    from halflife.models.learner.model import Model
    from halflife.models.rows import Batch, Mark, Schema, Span, Split, Window
    from halflife.monitoring.drift.sketches.profile import Profile


class CachedStore(Store):
    """Keeps the window that was read last, so that what trains, tests and explains a version reads it once.

    Only one: the one before is let go before another is read, so that two large windows are never there at once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: tuple[tuple[int, int, str], Window] | None = None

    @property
    def schema(self) -> "Schema | None":
        return self._store.schema

    @property
    def trimmed(self) -> bool:
        return self._store.trimmed

    @property
    def split(self) -> "Split":
        return self._store.split

    @property
    def last_tick(self) -> int:
        return self._store.last_tick

    def append(self, batch: "Batch", schema: "Schema") -> Ingested:
        return self._store.append(batch, schema)

    def window(self, first: int, last: int, source: str | None = None) -> "Window":
        if self._last is not None and self._last[0] == (first, last, source):
            return self._last[1]
        self._last = None
        window = self._store.window(first, last, source)
        self._last = (first, last, window.source), window
        return window

    def as_of(self, tick: int) -> str:
        return self._store.as_of(tick)

    def cases(self, ids: Iterable[str]) -> "pd.DataFrame":
        return self._store.cases(ids)

    def profile(self, first: int, last: int) -> "Profile":
        return self._store.profile(first, last)

    def values(self, name: str, first: int, last: int) -> "pd.Series[Any]":
        return self._store.values(name, first, last)

    def labels(self, first: int, last: int, source: str | None = None) -> tuple[int, int]:
        return self._store.labels(first, last, source)

    def sample(self, first: int, last: int, source: str | None = None, *, rows: int) -> "pd.DataFrame":
        return self._store.sample(first, last, source, rows=rows)

    def quarantine(self, first: int = 0, last: int | None = None) -> "pd.DataFrame":
        return self._store.quarantine(first, last)

    def taken(self) -> Taken:
        return self._store.taken()

    def taken_of(self, ids: Iterable[str]) -> Taken:
        return self._store.taken_of(ids)

    @property
    def mark(self) -> "Mark | None":
        return self._store.mark

    def span(self, first: int, last: int) -> "Span | None":
        return self._store.span(first, last)


class CachedRows(VersionRows):
    """Keeps the evidence and discovery rows of the versions that were asked for last.

    Args:
        rows: what is decorated.
        versions: how many are kept: those whose findings are followed.
    """

    def __init__(self, rows: VersionRows, versions: int) -> None:
        self._rows, self._versions = rows, versions
        self._kept: dict[int, dict[Part, pd.DataFrame]] = {}

    def window(self, version: Version) -> "Window":
        return self._rows.window(version)

    def evidence(self, version: Version) -> "pd.DataFrame":
        return self._of(version, Part.EVIDENCE)

    def discovery(self, version: Version) -> "pd.DataFrame":
        return self._of(version, Part.DISCOVERY)

    def capped(self, rows: "pd.DataFrame") -> "pd.DataFrame":
        return self._rows.capped(rows)

    def _of(self, version: Version, which: Part) -> "pd.DataFrame":
        if version.number not in self._kept:
            while len(self._kept) >= self._versions:
                self._kept.pop(next(iter(self._kept)))
            window = self._rows.window(version)
            both = (Part.EVIDENCE, Part.DISCOVERY)
            self._kept[version.number] = {each: self._rows.capped(part(window, each)) for each in both}
        return self._kept[version.number][which]


class CachedShadows(Shadows):
    """Keeps the shadows of the version that was asked for last."""

    def __init__(self, shadows: Shadows) -> None:
        self._shadows = shadows
        self._last: tuple[int, tuple[Model, ...]] | None = None

    def keep(self, version: int, number: int, model: "Model") -> None:
        self._last = None  # another model may have come under a number that was given before
        self._shadows.keep(version, number, model)

    def known(self, version: int) -> tuple[int, ...]:
        return self._shadows.known(version)

    def load(self, version: int, number: int) -> "Model":
        return self._shadows.load(version, number)

    def of(self, version: Version) -> "tuple[Model, ...]":
        if len(self.known(version.number)) < len(version.shadows):
            return ()
        if self._last is None or self._last[0] != version.number:
            self._last = None
            self._last = version.number, self._shadows.of(version)
        return self._last[1]

    def thin(self, kept: Iterable[int]) -> int:
        self._last = None
        return self._shadows.thin(kept)
