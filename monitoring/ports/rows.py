"""Where rows come from, and where they are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from halflife.models.errors import UsageError

if TYPE_CHECKING:  # whoever reads a ledger loads no frames
    import pandas as pd

    from halflife.models.rows import Batch, Mark, Schema, Span, Split, Window
    from halflife.monitoring.drift.sketches.profile import Profile
    from halflife.monitoring.label_lag import LabelLag


@dataclass(frozen=True)
class Waiting:
    """What a feed has that is in no store yet.

    Attributes:
        rows: that have not been taken in.
        labels: that have come, of rows taken in or not.
    """

    rows: int
    labels: int


@dataclass(frozen=True)
class Taken:
    """What a store has taken in so far, whatever became of it.

    Attributes:
        last: the last tick; -1 while it is empty.
        rows: ``_id`` and ``_tick`` of each row stored or set aside; the id is empty where the row had none.
        labels: ``_id`` and ``_label`` of each label stored or set aside: 0.0 or 1.0, or what stood there instead, as text.
        span: when the rows stored so far happened; None where they have no time.
    """

    last: int
    rows: pd.DataFrame
    labels: pd.DataFrame
    span: Span | None = None


class Feed(ABC):
    """A stream of rows in ticks, random access: tick k without tick k - 1."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """The features as the feed has them now. Raises FeedError."""

    @property
    @abstractmethod
    def ticks(self) -> int | None:
        """How many ticks there are; None when the feed does not end."""

    @abstractmethod
    def batch(self, tick: int) -> Batch:
        """Everything that arrives in ``tick``. Raises FeedError past the end."""

    @property
    def closed(self) -> int | None:
        """How many ticks are over, so that nothing can come to them any more; None when the feed does not end."""
        return self.ticks

    @property
    def tick_rows(self) -> tuple[int, ...] | None:
        """Rows of each tick that is to come; None where that is not known before they are asked for."""
        return None

    @property
    def lag(self) -> LabelLag | None:
        """How late labels come; None where that is not known before they do."""
        return None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What looks odd in its rows, a sentence each; asked before anything is fixed."""
        return ()

    @property
    def waiting(self) -> Waiting | None:
        """What there is after what the store it follows has taken in; None where that cannot be counted."""
        return None

    @property
    def give_up_after(self) -> int | None:
        """Ticks after its row's from which a label that has not come is no longer expected; None for never."""
        return None

    def following(self, store: Store) -> Feed:
        """This feed as what comes after what a store has taken in, however the ticks fell then."""
        return self

    @property
    def exploration(self) -> float | None:
        """Share of the rows the champion decides against that keep their label; None where decisions touch no label."""
        return None


@dataclass(frozen=True)
class Ingested:
    """What one tick added to the store; ``repeated`` when it had been there already and nothing was added."""

    tick: int
    rows: int
    labels: int
    quarantined: int
    repeated: bool


class Store(ABC):
    """Rows, exactly once, with a version number from which any window can be built again."""

    @property
    @abstractmethod
    def schema(self) -> Schema | None:
        """The schema fixed by the first tick; None while the store is empty."""

    @property
    def fixed_schema(self) -> Schema:
        """The schema, where there has to be one. Raises UsageError while nothing has been ingested."""
        if self.schema is None:
            raise UsageError("no rows have been ingested yet; run `halflife ingest` or `halflife replay` first")
        return self.schema

    @property
    def trimmed(self) -> bool:
        """Whether texts are taken in without the blanks around them; not so in stores that earlier revisions began."""
        return True

    @property
    @abstractmethod
    def split(self) -> Split:
        """The shares fixed when the store was made."""

    @property
    @abstractmethod
    def last_tick(self) -> int:
        """The last tick that is wholly in the store; -1 while it is empty."""

    @abstractmethod
    def append(self, batch: Batch, schema: Schema) -> Ingested:
        """Validate and add one tick; bad rows go to quarantine with their reason.

        Raises:
            TickError: the tick is neither the next one nor one already stored.
            SchemaError: ``schema`` differs from the one fixed, or a whole column no longer fits its type.
        """

    @abstractmethod
    def window(self, first: int, last: int, source: str | None = None) -> Window:
        """Ticks ``first`` to ``last`` with labels joined, as of ``source`` (default: now)."""

    @abstractmethod
    def as_of(self, tick: int) -> str:
        """The store's version when ``tick`` was the last one in it, as ``source`` of its windows. Raises TickError."""

    @abstractmethod
    def cases(self, ids: Iterable[str]) -> pd.DataFrame:
        """The canonical rows with these ids (those that exist), labels joined."""

    @abstractmethod
    def profile(self, first: int, last: int) -> Profile:
        """What is kept of the features in ticks ``first`` to ``last``: their histograms. No row is read.

        Profiles of any ticks have the same bins. Histograms that are missing are counted from the rows. Raises TickError.
        """

    @abstractmethod
    def values(self, name: str, first: int, last: int) -> pd.Series[Any]:
        """One feature in ticks ``first`` to ``last``, in no particular order."""

    @abstractmethod
    def labels(self, first: int, last: int, source: str | None = None) -> tuple[int, int]:
        """How many rows of ticks ``first`` to ``last`` have label 0 and label 1, as of ``source`` (default: now)."""

    @abstractmethod
    def sample(self, first: int, last: int, source: str | None = None, *, rows: int) -> pd.DataFrame:
        """At most so many canonical rows of ticks ``first`` to ``last`` that never train: those with the smallest hash."""

    @abstractmethod
    def quarantine(self, first: int = 0, last: int | None = None) -> pd.DataFrame:
        """Every row set aside in ticks ``first`` to ``last`` (default: the newest): columns ``tick``, ``id``, ``reason``, ``row`` (the row as JSON)."""

    @abstractmethod
    def taken(self) -> Taken:
        """Everything that has been taken in, by identity."""

    def taken_of(self, ids: Iterable[str]) -> Taken:
        """Of what has been taken in, what is about these ids; a store that can looks at no others."""
        whole, wanted = self.taken(), list(ids)
        rows, labels = (frame[frame["_id"].isin(wanted)] for frame in (whole.rows, whole.labels))
        return Taken(whole.last, rows, labels, whole.span)

    @property
    def mark(self) -> Mark | None:
        """How far the feed's table has been taken in with the last tick; None where that is not kept."""
        return None

    @abstractmethod
    def span(self, first: int, last: int) -> Span | None:
        """When the rows of ticks ``first`` to ``last`` happened; None where they have no time."""

    def dates(self, first: int, last: int) -> tuple[str, str] | None:
        """First and last date of ticks ``first`` to ``last``; None where their rows have no date."""
        span = self.span(first, last)
        return None if span is None else span.dates
