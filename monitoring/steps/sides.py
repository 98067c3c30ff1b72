"""The two sides of a watch: the champion's window and the newest ticks."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from models.domain import Version
from models.learner.model import Model
from models.rows import LABEL, Array
from monitoring.drift import Comparison, compare, label_of, prediction_of
from monitoring.service import Service
from monitoring.sketches.column import Categories, sketch
from monitoring.sketches.layout import BUCKETS, Edges, Words, found_edges
from monitoring.sketches.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

CLASSES = Words(("0", "1"))
SAMPLED = 5_000
"""Rows a side that are predicted and drawn; the inputs and labels of all rows are compared."""


@dataclass(frozen=True)
class Side:
    """Some ticks as of a version of the store, beside a model.

    Attributes:
        source: the store's version; None for now.
        model: predicts the rows.
    """

    service: Service
    model: Model
    first: int
    last: int
    source: str | None

    @cached_property
    def rows(self) -> "pd.DataFrame":
        """At most `SAMPLED` rows that never train, so that predictions are compared like with like."""
        return self.service.store.sample(self.first, self.last, self.source, rows=SAMPLED)

    @cached_property
    def prediction(self) -> Array:
        """Of these rows, shape (n,)."""
        return self.model.probability(self.rows) if len(self.rows) else np.empty(0)

    def profile(self, edges: Edges) -> Profile:
        """What is kept of all rows' features and labels, and of the predictions over these bins."""
        schema, store = self.service.schema, self.service.store
        kept, (zeros, ones) = store.profile(self.first, self.last), store.labels(self.first, self.last, self.source)
        label = Categories(CLASSES, np.array([zeros, ones, *[0] * BUCKETS]), kept.rows - zeros - ones)
        return kept.beside({prediction_of(schema): sketch(self.prediction, edges), label_of(schema): label})

    def values(self, name: str) -> Any:
        """One column of all rows, the prediction of those that are predicted."""
        if name == prediction_of(self.service.schema):
            return self.prediction
        return self.service.store.values(name, self.first, self.last)

    def drawn(self) -> "pd.DataFrame":
        """The rows, predictions and labels as a page draws them."""
        schema = self.service.schema
        label = self.rows[LABEL].map({0.0: "0", 1.0: "1"})
        beside: dict[str, Any] = {prediction_of(schema): self.prediction, label_of(schema): label}
        return self.rows[list(schema.names)].assign(**beside)


def sides(service: Service, champion: Version, first: int, last: int) -> tuple[Side, Side]:
    """The champion's window, and ticks ``first`` to ``last`` as they are now.

    The same two as before until a tick comes: what a watch has read and predicted is drawn by the report after it.
    """
    asked = champion.number, first, last, service.store.last_tick
    if service.watched is None or service.watched[0] != asked:
        model = service.registry.model(champion)
        reference = Side(service, model, champion.first, champion.last, champion.source)
        service.watched = asked, (reference, Side(service, model, first, last, None))
    pair: tuple[Side, Side] = service.watched[1]
    return pair


def compared(reference: Side, current: Side, rng: np.random.Generator) -> tuple[Comparison, tuple[int, int]]:
    """What the columns of both sides have to say, and how many rows there were."""
    edges = found_edges(np.concatenate([reference.prediction, current.prediction]))
    before, now = reference.profile(edges), current.profile(edges)
    late = label_of(reference.service.schema)
    found = compare(before, now, lambda name: (reference.values(name), current.values(name)), rng, late=late)
    return found, (before.rows, now.rows)
