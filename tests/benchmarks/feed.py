"""The synthetic feed beside river's generators: CPU time a labelled row costs on one core."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count, islice
from typing import Any

from harness import Pair, scenario

from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS

TICK = 50_000
TICKS = 8
FEWEST, WIDE = 12, 30
"""Features of the smallest world there is, and of a wide one."""
BUDGET = 500.0
"""Nanoseconds a row may cost for two million rows a second."""
UNIT = "CPU nanoseconds a row"


@scenario(
    id="feed/rows-per-second",
    question="Does one core make two million labelled rows of 30 features a second?",
    ours="World.arrays, 8 ticks of 50,000 rows",
    peer=f"budget of {BUDGET:g} ns",
    unit=UNIT,
    goal=1.0,
    pairs=9,
    floor=0.7,
)
def arrays() -> Pair:
    """Whole ticks as arrays."""
    return Pair(ours=_ticks(world(WIDE).arrays), peer=lambda: BUDGET, same=_any_tick_by_its_index)


@scenario(
    id="feed/frames-per-second",
    question="And as the frames that everything after the feed works on, ids and late labels with them?",
    ours="SyntheticFeed.batch, 8 ticks of 50,000 rows",
    peer=f"budget of {BUDGET:g} ns",
    unit=UNIT,
    goal=1.0,
    pairs=9,
)
def frames() -> Pair:
    """What ``halflife ingest`` is given."""
    from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

    return Pair(ours=_ticks(SyntheticFeed(world(WIDE)).batch), peer=lambda: BUDGET, same=_any_tick_by_its_index)


@scenario(
    id="feed/river-hyperplane-30",
    question="How many times the rows of river's generator of as many features?",
    ours="World.arrays, 30 features",
    peer="river Hyperplane, 30 features",
    unit=UNIT,
    goal=50.0,
)
def hyperplane() -> Pair:
    """A labelled stream of 30 features that drifts."""
    return _beside("Hyperplane", WIDE, seed=1, n_features=WIDE, n_drift_features=2, mag_change=0.001)


@scenario(
    id="feed/river-rbf-drift-30",
    question="How many times the rows of river's generator of as many normal features that move?",
    ours="World.arrays, 30 features",
    peer="river RandomRBFDrift, 30 features",
    unit=UNIT,
    goal=50.0,
)
def rbf_drift() -> Pair:
    """Normal features around centres that move: what a world of ours is, without its truth."""
    return _beside("RandomRBFDrift", WIDE, seed_model=1, seed_sample=1, n_features=WIDE, change_speed=0.1)


@scenario(
    id="feed/river-friedman-drift",
    question="How many times the rows of river's generator whose effects turn over time?",
    ours="World.arrays, 12 features",
    peer="river FriedmanDrift, 10 features",
    unit=UNIT,
    goal=5.0,
)
def friedman() -> Pair:
    """Numbers with known effects, some of which move."""
    return _beside("FriedmanDrift", FEWEST, seed=1, drift_type="lea", position=(100, 200, 300))


@scenario(
    id="feed/river-sea",
    question="How many times the rows of SEA, the classic benchmark of drifting streams?",
    ours="World.arrays, 12 features",
    peer="river SEA, 3 features",
    unit=UNIT,
    goal=5.0,
)
def sea() -> Pair:
    """Our fewest features against its three."""
    return _beside("SEA", FEWEST, seed=1)


@scenario(
    id="feed/river-fastest",
    question="How many times the rows of the fastest generator river has?",
    ours="World.arrays, 12 features",
    peer="river Sine, 2 features",
    unit=UNIT,
    goal=5.0,
)
def sine() -> Pair:
    """Our fewest features against two uniform numbers, which is all that a row of Sine is."""
    return _beside("Sine", FEWEST, seed=1)


def world(features: int) -> World:
    """A world in which something happens."""
    return World(SCENARIOS["shortcut"], seed=1, rows_per_tick=TICK, n_features=features)


def _ticks(make: Callable[[int], object]) -> Callable[[], float]:
    """The cost of a row over some ticks that were not made before, in order."""
    following = count()

    def cost() -> float:
        began = time.process_time()
        for tick in islice(following, TICKS):
            make(tick)
        return (time.process_time() - began) / (TICKS * TICK) * 1e9

    return cost


def _beside(generator: str, features: int, **arguments: Any) -> Pair:
    """Our world beside one of river's, which goes on where it was."""
    synth = import_module("river.datasets.synth")
    rows: Iterator[tuple[dict[Any, float], Any]] = iter(getattr(synth, generator)(**arguments))

    def cost(wanted: int = 50_000) -> float:
        began = time.process_time()
        deque(islice(rows, wanted), maxlen=0)
        return (time.process_time() - began) / wanted * 1e9

    def same() -> None:
        """Both give as many features as the question says, and a label."""
        values, label = next(rows)
        made = world(features).arrays(0)
        assert len(values) == arguments.get("n_features", len(values))
        assert label is not None
        assert len(made.numeric) + len(made.codes) == features
        assert len(made.label) == TICK

    return Pair(ours=_ticks(world(features).arrays), peer=cost, same=same)


def _any_tick_by_its_index() -> None:
    """A tick is the same made first, alone or after others."""
    one, other = world(WIDE), world(WIDE)
    assert (one.arrays(40).label == [other.arrays(k) for k in (0, 40)][1].label).all()
