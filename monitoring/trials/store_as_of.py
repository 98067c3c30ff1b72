"""A store as it was at an earlier tick, read only: what a recipe tried on history may see of it."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from halflife.models.errors import TickError, UsageError
from halflife.monitoring.ports import Ingested, Store, Taken

if TYPE_CHECKING:
    import pandas as pd

    from halflife.models.rows import Batch, Schema, Span, Split, Window
    from halflife.monitoring.drift.sketches.profile import Profile


class StoreAsOf(Store):
    """What ``store`` held when ``tick`` was its last one; `go_to` moves on. Nothing can be added to it.

    Features of cases are those of the whole store: a row never changes.

    Attributes:
        store: the whole of it.
        reading: CPU seconds spent in reading windows so far.
    """

    def __init__(self, store: Store, tick: int) -> None:
        self.store, self.reading = store, 0.0
        self.go_to(tick)

    def go_to(self, tick: int) -> None:
        """See the store as it was at ``tick``. Raises TickError where it does not hold it."""
        self._tick, self._source = tick, self.store.as_of(tick)

    @property
    def schema(self) -> "Schema | None":
        return self.store.schema

    @property
    def split(self) -> "Split":
        return self.store.split

    @property
    def last_tick(self) -> int:
        return self._tick

    def append(self, batch: "Batch", schema: "Schema") -> Ingested:
        raise UsageError(f"tick {batch.tick} cannot be added: a recipe is tried on rows that are there already")

    def window(self, first: int, last: int, source: str | None = None) -> "Window":
        started = time.process_time()
        try:
            return self.store.window(first, self._seen(last), source or self._source)
        finally:
            self.reading += time.process_time() - started

    def as_of(self, tick: int) -> str:
        return self.store.as_of(self._seen(tick))

    def cases(self, ids: Iterable[str]) -> "pd.DataFrame":
        return self.store.cases(ids)

    def profile(self, first: int, last: int) -> "Profile":
        return self.store.profile(first, self._seen(last))

    def values(self, name: str, first: int, last: int) -> "pd.Series[Any]":
        return self.store.values(name, first, self._seen(last))

    def labels(self, first: int, last: int, source: str | None = None) -> tuple[int, int]:
        return self.store.labels(first, self._seen(last), source or self._source)

    def sample(self, first: int, last: int, source: str | None = None, *, rows: int) -> "pd.DataFrame":
        return self.store.sample(first, self._seen(last), source or self._source, rows=rows)

    def quarantine(self, first: int = 0, last: int | None = None) -> "pd.DataFrame":
        return self.store.quarantine(first, self._tick if last is None else self._seen(last))

    def taken(self) -> Taken:
        raise UsageError("what comes next cannot be asked of a store as it was")

    def span(self, first: int, last: int) -> "Span | None":
        return self.store.span(first, self._seen(last))

    def _seen(self, tick: int) -> int:
        if tick > self._tick:
            raise TickError(f"tick {tick} was asked for; as of tick {self._tick} it has not come yet")
        return tick
