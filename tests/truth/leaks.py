"""Leaks built into streams that have none, against the leaks that are found: how many of either are right.

python tests/truth/leaks.py              20 seeds of every kind: .bench/leaks.json, and two tables
python tests/truth/leaks.py --seeds 3    fewer

Hosts are the calm synthetic world and, where ``HALFLIFE_DATA`` names the folder that holds them, two public streams, 2,000
rows from a place that the seed chooses. What a host's own columns are accused of counts as false.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, TICK, Array
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.investigator.leaks import leaks

OUT = Path(__file__).parents[2] / ".bench" / "leaks.json"
ROWS = 2000
Rng = np.random.Generator
Columns = dict[str, object]


def _recorded(label: Array, rng: Rng, false: float = 0.03) -> np.ndarray:
    """Rows of which something was recorded: all positives, and a few others."""
    return (label == 1) | (rng.random(len(label)) < false)


def _flip(label: Array, rng: Rng, share: float) -> Array:
    return np.where(rng.random(len(label)) < share, 1 - label, label)


def _three(label: Array, rng: Rng) -> Columns:
    recorded = _recorded(label, rng)
    return {
        f"leak{k}": np.where(recorded & (rng.random(len(label)) < 0.97), rng.choice(list("pqrst"), len(label)), "")
        for k in range(3)
    }


def _either(label: Array, rng: Rng) -> Columns:
    recorded, third = _recorded(label, rng, 0.02), rng.integers(0, 3, len(label))
    return {f"leak{k}": np.where(recorded & (third == k), rng.normal(size=len(label)), np.nan) for k in range(3)}


def _xor(label: Array, rng: Rng) -> Columns:
    first = rng.integers(0, 2, len(label))
    return {"leak0": first, "leak1": np.abs(first - label)}


def _signs(label: Array, rng: Rng) -> Columns:
    first = rng.normal(size=len(label))
    sign = np.sign(first) * (2 * label - 1)
    return {"leak0": first, "leak1": sign * np.abs(rng.normal(size=len(label)))}


def _difference(label: Array, rng: Rng) -> Columns:
    start = 3 * rng.normal(size=len(label))
    return {"leak0": start, "leak1": start + label + 0.1 * rng.normal(size=len(label))}


def _target_encoded(rows: int) -> Callable[[Array, Rng], Columns]:
    def made(label: Array, rng: Rng) -> Columns:
        group = rng.integers(0, len(label) // rows, len(label))
        return {"leak0": pd.Series(label).groupby(group).transform("mean").to_numpy()}

    return made


def _charge(label: Array, rng: Rng) -> Columns:
    """A word of 200, there for positives only, and for 60 % of them."""
    there = (label == 1) & (rng.random(len(label)) < 0.6)
    return {"leak0": np.where(there, rng.choice([f"c{k}" for k in range(200)], len(label)), None)}


KINDS: dict[str, Callable[[Array, Rng], Columns]] = {
    "copy of the label": lambda y, rng: {"leak0": y},
    "copy, as words": lambda y, rng: {"leak0": np.where(y == 1, "Y", "N")},
    "copy, 2 % wrong": lambda y, rng: {"leak0": _flip(y, rng, 0.02)},
    "copy, 10 % wrong": lambda y, rng: {"leak0": _flip(y, rng, 0.1)},
    "monotone transform": lambda y, rng: {"leak0": np.exp(3 * y + rng.normal(size=len(y)) / 2)},
    "filled only if positive": lambda y, rng: {"leak0": np.where(y == 1, rng.normal(size=len(y)), np.nan)},
    "missing only if positive": lambda y, rng: {
        "leak0": np.where((y == 1) & (rng.random(len(y)) < 0.7), np.nan, rng.normal(size=len(y)))
    },
    "three that hide each other": _three,
    "one of three is filled": _either,
    "exclusive or of two values": _xor,
    "exclusive or of two signs": _signs,
    "difference of two": _difference,
    "target-encoded, 4 rows each": _target_encoded(4),
    "target-encoded, 20 rows each": _target_encoded(20),
    "numbered in order of label": lambda y, rng: {"leak0": np.lexsort((rng.random(len(y)), y)).argsort()},
    "date after the event": lambda y, rng: {
        "leak0": np.where(_recorded(y, rng), 20_000 + rng.integers(0, 900, len(y)), np.nan)
    },
    "duration, 0 but for positives": lambda y, rng: {"leak0": np.where(y == 1, rng.gamma(2, 50, len(y)), 0.0)},
    "duration, three times longer": lambda y, rng: {"leak0": rng.exponential(100, len(y)) * np.where(y == 1, 3, 1)},
    "constant but for half of positives": lambda y, rng: {
        "leak0": np.where((y == 1) & (rng.random(len(y)) < 0.5), "closed", "open")
    },
    "a word of 200, 60 % of positives": _charge,
}


@dataclass(frozen=True)
class Host:
    """Rows without a leak of ours, and their labels."""

    name: str
    features: pd.DataFrame
    label: Array


@dataclass(frozen=True)
class Tally:
    """What was found in the streams of one kind, or of one host.

    Attributes:
        built, found: columns that leak, and those of them that are accused.
        false: columns accused that do not; of ``clean`` columns that do not.
    """

    name: str
    streams: int
    built: int
    found: int
    false: int
    clean: int


def hosts(seed: int) -> Iterator[Host]:
    """Three streams at most."""
    yield world("calm", seed)
    folder = os.environ.get("HALFLIFE_DATA")
    for name, label, separator in (("elec", "class", ","), ("bank-additional-full", "y", ";")):
        path = Path(folder or "") / f"{name}.csv"
        if folder and path.exists():
            rows = pd.read_csv(path, sep=separator)
            first = int(np.random.default_rng(seed).integers(0, len(rows) - ROWS))
            part = rows.iloc[first : first + ROWS].reset_index(drop=True)
            yield Host(name, part.drop(columns=label), part[label].isin([1, "yes"]).to_numpy(float))


def world(scenario: str, seed: int) -> Host:
    """The first 2,000 rows of a synthetic world, some of whose labels have not arrived."""
    feed = SyntheticFeed(World(SCENARIOS[scenario], seed=seed, rows_per_tick=ROWS // 4), ticks=4)
    batches = [feed.batch(tick) for tick in range(4)]
    rows = pd.concat([b.rows.assign(**{TICK: b.tick}) for b in batches], ignore_index=True)
    rows = rows.merge(pd.concat([b.labels for b in batches]), on=ROW_ID, how="left")
    return Host(scenario, rows.drop(columns=[ROW_ID, LABEL]), rows[LABEL].to_numpy(float))


def injected(kind: str, seed: int) -> Tally:
    """One leak in every host."""
    rng, streams = np.random.default_rng([seed, list(KINDS).index(kind)]), []
    for host in hosts(seed):
        known = ~np.isnan(host.label)
        rows, label = host.features[known].reset_index(drop=True), host.label[known]
        columns = KINDS[kind](label, rng)
        streams.append(tally(kind, rows.assign(**columns), label, set(columns)))
    return total(kind, streams)


def tally(name: str, rows: pd.DataFrame, label: Array, leaking: set[str]) -> Tally:
    """One stream."""
    accused = {column for leak in leaks(rows, label) for column in leak.columns}
    clean = len(rows.columns.difference([TICK])) - len(leaking)
    return Tally(name, 1, len(leaking), len(accused & leaking), len(accused - leaking), clean)


def total(name: str, some: list[Tally]) -> Tally:
    """Several tallies as one."""
    return Tally(name, *(sum(getattr(t, key) for t in some) for key in ("streams", "built", "found", "false", "clean")))


def main() -> None:
    """Print the tables and keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = range(1, parser.parse_args().seeds + 1)
    found = [total(kind, [injected(kind, seed) for seed in seeds]) for kind in KINDS]
    print("| leak | streams | leaking columns found | others accused |\n|---|---|---|---|")
    for one in found:
        print(f"| {one.name} | {one.streams} | {one.found} of {one.built} | {one.false} of {one.clean} |")
    clean = [host for seed in seeds for host in hosts(seed)]
    clean += [world(name, seed) for name in SCENARIOS if name != "calm" for seed in seeds]
    by_host = {host.name: [] for host in clean}
    for host in clean:
        by_host[host.name].append(tally(host.name, host.features, host.label, set()))
    print("\n| without a leak of ours | streams | columns accused |\n|---|---|---|")
    quiet = [total(name, some) for name, some in by_host.items()]
    for one in quiet:
        print(f"| {one.name} | {one.streams} | {one.false} of {one.clean} |")
    everything = total("all", found)
    precision = everything.found / max(1, everything.found + everything.false)
    print(f"\nrecall {everything.found / everything.built:.1%}, precision {precision:.1%}")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"built in": [asdict(t) for t in found], "clean": [asdict(t) for t in quiet]}, indent=1))


if __name__ == "__main__":
    main()
