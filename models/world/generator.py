"""Payments in ticks, some of them fraud, whose truth is known: ``World(scenario, seed, rows_per_tick).arrays(7)``."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from halflife.models.errors import ConfigError, NotFound
from halflife.models.rows import Column, Kind, Schema
from halflife.models.world import columns
from halflife.models.world.columns import Delays, Labels
from halflife.models.world.effects import Effects, effects, probabilities
from halflife.models.world.features import (
    BASE_FEATURES,
    CATEGORICAL,
    NUMERIC,
    Categorical,
    Codes,
    Floats,
    Numeric,
    extras,
)
from halflife.models.world.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Arrays:
    """One tick as arrays: what a feed can see, and what only the world knows.

    Attributes:
        tick: which.
        numeric: in the order of ``World.numeric``, shape (numeric features, n), unrounded; NaN where missing.
        codes: in the order of ``World.categorical``, shape (categorical features, n): positions of categories.
        label: 0 or 1, after label noise, shape (n,).
        delay: ticks until the label arrives, shape (n,).
        probability: the truth: P(y = 1) of each row before label noise and before any value went missing, shape (n,).
    """

    tick: int
    numeric: Floats
    codes: Codes
    label: Labels
    delay: Delays
    probability: Floats


@dataclass(frozen=True)
class World:
    """Payments in ticks; each tick is a function of its index.

    The same seed gives the same rows in every scenario until an event touches them, so two scenarios differ by their
    events alone.

    Attributes:
        scenario: what changes, and when.
        seed: from 0 to 2^64 - 1.
        rows_per_tick: at least 1.
        n_features: at least 12; beyond those come weak and pure-noise features named ``extra_01`` and so on.
        max_delay: the most ticks a label takes to arrive; each takes 0 to ``max_delay`` with equal probability.
        label_noise: share of labels that are wrong, below 0.5.
        period: ticks after which a world that repeats brings the same rows again; its labels arrive at once, so that
            every window of so many ticks holds the very same rows and labels.

    Raises:
        ConfigError: a number out of its range.
        NotFound: the scenario changes a feature this world does not have.

    >>> from halflife.models.world.scenarios import SCENARIOS
    >>> world = World(SCENARIOS["shortcut"], seed=1, rows_per_tick=1000)
    >>> world.arrays(30).numeric.shape, world.arrays(30).codes.shape
    ((9, 1000), (3, 1000))
    >>> world.effects(29).slopes["velocity"], world.effects(30).slopes["velocity"]
    (0.9, -0.9)
    """

    scenario: Scenario
    seed: int
    rows_per_tick: int
    n_features: int = BASE_FEATURES
    max_delay: int = 2
    label_noise: float = 0.02
    period: int = 8

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("seed", self.seed, 0, 2**64 - 1),
            ("rows_per_tick", self.rows_per_tick, 1, 10**8),
            ("n_features", self.n_features, BASE_FEATURES, 1000),
            ("max_delay", self.max_delay, 0, 255),
            ("period", self.period, 1, 10**8),
        ):
            if not low <= value <= high:
                raise ConfigError(f"world: {name} is {value}; it must be from {low} to {high}")
        if not 0 <= self.label_noise < 0.5:
            raise ConfigError(f"world: label_noise is {self.label_noise}; it must be from 0 to below 0.5")
        names = [f.name for f in self.numeric]
        for event in self.scenario.events:
            if event.feature and event.feature not in names:
                raise NotFound(
                    f"scenario {self.scenario.name!r} changes {event.feature!r}, which is not a numeric feature of "
                    f"this world; those are {', '.join(names)}"
                )

    @cached_property
    def numeric(self) -> tuple[Numeric, ...]:
        """The numeric features, in the order of ``Arrays.numeric``."""
        return NUMERIC + extras(self.n_features - BASE_FEATURES)

    @property
    def categorical(self) -> tuple[Categorical, ...]:
        """The categorical features, in the order of ``Arrays.codes``."""
        return CATEGORICAL

    @cached_property
    def schema(self) -> Schema:
        """The columns of a frame: numeric, then categorical, then extra features."""
        numeric = [Column(f.name, Kind.NUMERIC) for f in self.numeric]
        categorical = [Column(c.name, Kind.CATEGORICAL) for c in self.categorical]
        return Schema((*numeric[: len(NUMERIC)], *categorical, *numeric[len(NUMERIC) :]))

    def effects(self, tick: int) -> Effects:
        """The truth about ``tick``: its coefficients, leaks and active events.

        Raises:
            NotFound: a negative tick.
        """
        if tick < 0:
            raise NotFound(f"tick {tick} does not exist; ticks count from 0")
        return effects(self.scenario, tick, self.numeric, self.categorical)

    def origin(self, tick: int) -> int:
        """The tick whose rows ``tick`` brings: itself, but for a world that repeats.

        >>> from halflife.models.world.scenarios import SCENARIOS
        >>> world = World(SCENARIOS["reseed"], seed=1, rows_per_tick=10, period=4)
        >>> [world.origin(tick) for tick in (0, 3, 4, 9)]
        [0, 3, 0, 1]
        """
        return tick % self.period if self.scenario.repeats else tick

    def arrays(self, tick: int) -> Arrays:
        """All rows of one tick and their labels, whenever those arrive.

        Raises:
            NotFound: a negative tick.
        """
        if self.origin(tick) != tick:
            return replace(self.arrays(self.origin(tick)), tick=tick)
        truth, seed, rows = self.effects(tick), self.seed, self.rows_per_tick
        block = columns.latent(seed, tick, rows, self.numeric)
        columns.move(block, self.numeric, truth.moves)
        codes = columns.categories(seed, tick, rows)
        probability = probabilities(truth, block, codes, self.numeric, self.categorical)
        label = columns.labels(seed, tick, probability, self.label_noise)
        columns.leak(seed, tick, block, label, self.numeric, truth.leaks)
        gaps = columns.gaps(seed, tick, block, self.numeric)
        # From here on the block holds what a source system would show, no longer latent values.
        for feature, row in zip(self.numeric, block, strict=True):
            feature.shaped(row)
        for j, gap in gaps.items():
            np.copyto(block[j], np.nan, where=gap)
        latest = 0 if self.scenario.repeats else self.max_delay
        return Arrays(tick, block, codes, label, columns.delays(seed, tick, rows, latest), probability)
