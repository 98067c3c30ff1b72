"""A world as a feed: its arrays become frames, and each label waits for its tick."""

from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import ENTITY, LABEL, ROW_ID, Batch, Mask, Schema
from halflife.models.world.generator import Arrays, World
from halflife.monitoring.ports import Feed

TEXT = pd.StringDtype(na_value=np.nan)


class SyntheticFeed(Feed):
    """The rows of a world, rounded as a source system would store them, and the labels that arrive beside them.

    Args:
        world: what is streamed.
        ticks: how many ticks there are; None for a feed that does not end. A label whose tick would come after the end
            never arrives.
        feedback: the champion's decisions choose which labels arrive; False: they are noted, and every label arrives;
            None: as the scenario has it, most of which know no decisions.
        exploration: with feedback, the share of the rows decided against that keep their label.

    Raises:
        ConfigError: fewer than one tick, an exploration that is no share.

    >>> from halflife.models.world.scenarios import SCENARIOS
    >>> feed = SyntheticFeed(World(SCENARIOS["calm"], seed=1, rows_per_tick=100), ticks=44)
    >>> batch = feed.batch(7)
    >>> batch.rows["_id"].iloc[-1], batch.labels["_id"].iloc[0][:5]
    ('00007-00099', '00005')
    """

    def __init__(
        self, world: World, ticks: int | None = None, *, feedback: bool | None = None, exploration: float = 0.03
    ) -> None:
        if not 0 <= exploration <= 1:
            raise ConfigError(f"synthetic feed: exploration is {exploration}; it is a share of rows, from 0 to 1")
        if ticks is not None and ticks < 1:
            raise ConfigError(f"synthetic feed: ticks is {ticks}; it must be at least 1, or left out for no end")
        self.world = world
        self._ticks = ticks
        self._feedback, self._exploration = world.scenario.feedback if feedback is None else feedback, exploration
        # Labels that arrive in a tick come from the ticks before it too: in order, each tick is computed once.
        self._arrays = lru_cache(maxsize=world.max_delay + 1)(world.arrays)

    @property
    def schema(self) -> Schema:
        return self.world.schema

    @property
    def ticks(self) -> int | None:
        return self._ticks

    @property
    def exploration(self) -> float | None:
        if self._feedback is None:
            return None
        return self._exploration if self._feedback else 1.0

    def batch(self, tick: int) -> Batch:
        if tick < 0 or (self._ticks is not None and tick >= self._ticks):
            known = "from 0 on" if self._ticks is None else f"0 to {self._ticks - 1}"
            raise FeedError(f"the synthetic feed {self.world.scenario.name!r} has no tick {tick}; it has ticks {known}")
        return Batch(tick, self._rows(self._arrays(tick)), self._labels(tick))

    def _rows(self, arrays: Arrays) -> pd.DataFrame:
        """Ids and features in the schema's order; shape (rows_per_tick, 1 + features)."""
        columns: dict[str, Any] = {}
        for feature, values in zip(self.world.numeric, arrays.numeric, strict=True):
            column = values.astype(np.float64)
            columns[feature.name] = np.round(column, feature.decimals, out=column)
        for category, codes in zip(self.world.categorical, arrays.codes, strict=True):
            columns[category.name] = _text(pa.array(category.values).take(pa.array(codes)))
        ids = {ROW_ID: _text(self._ids(arrays.tick))}
        if self.world.scenario.cluster:
            ids[ENTITY] = _text(self._ids(self.world.origin(arrays.tick)))
        return pd.DataFrame(ids | {name: columns[name] for name in self.schema.names}, copy=False)

    def _labels(self, tick: int) -> pd.DataFrame:
        """The labels that arrive in ``tick``, oldest rows first."""
        ids, labels = [], []
        for origin in range(max(0, tick - self.world.max_delay), tick + 1):
            arrays = self._arrays(origin)
            arrived = arrays.delay == tick - origin
            ids.append(self._ids(origin, arrived))
            labels.append(arrays.label[arrived])
        return pd.DataFrame({ROW_ID: _text(pa.chunked_array(ids)), LABEL: np.concatenate(labels).astype(np.float64)})

    def _ids(self, tick: int, rows: Mask | None = None) -> pa.Array:
        """``00007-00042`` for row 42 of tick 7; wider numbers take the digits they need."""
        numbers = self._numbers if rows is None else self._numbers.filter(pa.array(rows))
        return pc.binary_join_element_wise(f"{tick:05d}", numbers, "-")

    @cached_property
    def _numbers(self) -> pa.Array:
        """The rows of a tick, counted in text: the same in every tick."""
        return pc.utf8_lpad(pa.array(np.arange(self.world.rows_per_tick)).cast(pa.string()), 5, "0")


def _text(values: "pa.Array | pa.ChunkedArray") -> pd.api.extensions.ExtensionArray:
    """As pandas keeps text, without a copy."""
    text: pd.api.extensions.ExtensionArray = pd.array(values, dtype=TEXT)
    return text
