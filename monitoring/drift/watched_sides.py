"""The two sides of a watch: the champion's window and the newest ticks."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from halflife.models.domain import Drift, Version
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, Array, Part, Window, row_hash, units
from halflife.monitoring.drift.comparison import DriftComparison, compare, label_of, prediction_of
from halflife.monitoring.drift.sketches.column import Categories, sketch
from halflife.monitoring.drift.sketches.layout import BUCKETS, Edges, Words, found_edges
from halflife.monitoring.drift.sketches.profile import Profile
from halflife.monitoring.ports import Store

if TYPE_CHECKING:
    import pandas as pd

CLASSES = Words(("0", "1"))
SAMPLED = 5_000
"""Rows a side that are predicted and drawn; the inputs and labels of all rows are compared."""


@dataclass(frozen=True)
class HeldOut:
    """What a watch asks of a window's rows.

    Attributes:
        rows: at most `SAMPLED` rows that never train, those with the smallest hash.
        labels: how many of all rows have label 0, and how many label 1.
    """

    rows: "pd.DataFrame"
    labels: tuple[int, int]

    @classmethod
    def of(cls, window: Window) -> "HeldOut":
        """Of a window that is at hand: what the store would give for its ticks and source."""
        unseen = np.flatnonzero(~window.mask(Part.TRAIN, labelled=False))
        if len(unseen) > SAMPLED:
            hashes = row_hash(units(window.rows.iloc[unseen]))
            unseen = np.sort(unseen[np.argpartition(hashes, SAMPLED)[:SAMPLED]])
        label = window.rows[LABEL].to_numpy()
        counts = int(np.count_nonzero(label == 0)), int(np.count_nonzero(label == 1))
        return cls(window.rows.iloc[unseen].reset_index(drop=True), counts)


@dataclass(frozen=True)
class Side:
    """Some ticks as of a version of the store, beside a model.

    Attributes:
        source: the store's version; None for now.
        model: predicts the rows.
        at_hand: what would be read from the store, where somebody has read it.
    """

    store: Store
    model: Model
    first: int
    last: int
    source: str | None
    at_hand: HeldOut | None = None

    @cached_property
    def rows(self) -> "pd.DataFrame":
        """At most `SAMPLED` rows that never train, so that predictions are compared like with like."""
        if self.at_hand is not None:
            return self.at_hand.rows
        return self.store.sample(self.first, self.last, self.source, rows=SAMPLED)

    @cached_property
    def labels(self) -> tuple[int, int]:
        """How many of all rows have label 0, and how many label 1."""
        if self.at_hand is not None:
            return self.at_hand.labels
        return self.store.labels(self.first, self.last, self.source)

    @cached_property
    def prediction(self) -> Array:
        """Of these rows, shape (n,)."""
        return self.model.probability(self.rows) if len(self.rows) else np.empty(0)

    def profile(self, edges: Edges) -> Profile:
        """What is kept of all rows' features and labels, and of the predictions over these bins."""
        schema, kept = self.store.fixed_schema, self.store.profile(self.first, self.last)
        zeros, ones = self.labels
        label = Categories(CLASSES, np.array([zeros, ones, *[0] * BUCKETS]), kept.rows - zeros - ones)
        return kept.beside({prediction_of(schema): sketch(self.prediction, edges), label_of(schema): label})

    def values(self, name: str) -> Any:
        """One column of all rows, the prediction of those that are predicted."""
        if name == prediction_of(self.store.fixed_schema):
            return self.prediction
        return self.store.values(name, self.first, self.last)

    def drawn(self) -> "pd.DataFrame":
        """The rows, predictions and labels as a page draws them."""
        schema = self.store.fixed_schema
        label = self.rows[LABEL].map({0.0: "0", 1.0: "1"})
        beside: dict[str, Any] = {prediction_of(schema): self.prediction, label_of(schema): label}
        return self.rows[list(schema.names)].assign(**beside)


@dataclass(frozen=True)
class Watched:
    """What a watch looked at, for the page that draws it.

    Attributes:
        against: number of the champion.
        stored: the store's last tick when the sides were read; later they may read otherwise.
        reference: the champion's window; the same for as long as it is the champion.
        current: the ticks that were watched.
    """

    against: int
    stored: int
    reference: Side
    current: Side

    def shows(self, drift: Drift, stored: int) -> bool:
        """Whether these are the sides of a watch, as the store would give them now."""
        asked = drift.against, drift.first_tick, drift.tick, stored
        return asked == (self.against, self.current.first, self.current.last, self.stored)


def reference_side(store: Store, champion: Version, model: Model, window: Window | None = None) -> Side:
    """The champion's window; ``window`` spares another read where it is at hand."""
    at_hand = None if window is None else HeldOut.of(window)
    return Side(store, model, champion.first, champion.last, champion.source, at_hand)


def watched(store: Store, champion: Version, reference: Side, first: int, last: int) -> Watched:
    """Ticks ``first`` to ``last`` as they are now, beside the champion's window."""
    return Watched(champion.number, store.last_tick, reference, Side(store, reference.model, first, last, None))


def compared(sides: Watched, rng: np.random.Generator) -> tuple[DriftComparison, tuple[int, int]]:
    """What the columns of both sides have to say, and how many rows there were."""
    reference, current = sides.reference, sides.current
    edges = found_edges(np.concatenate([reference.prediction, current.prediction]))
    before, now = reference.profile(edges), current.profile(edges)
    late = label_of(reference.store.fixed_schema)
    found = compare(before, now, lambda name: (reference.values(name), current.values(name)), rng, late=late)
    return found, (before.rows, now.rows)
