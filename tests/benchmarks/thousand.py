"""A thousand findings of mixed kinds, made about ten versions of a sliding window, and models to re-test them on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from halflife.models.domain import Finding, Role, Version
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, TICK, Kind, Split, Window
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.claims.language.grammar import parse

BORN, TICKS, ROWS = 10, 20, 335
"""Versions with open findings; ticks in a window, which slides by one; evidence rows in a tick."""
FEATURES = 30
FRESH = "fresh"
NEWEST = Version(BORN + 1, BORN, BORN + TICKS - 1, "", "", 1, "", "", {}, Role.CHAMPION, "", 60_000)


@dataclass(frozen=True)
class Thousand:
    """What a re-test of version 11 needs.

    Attributes:
        sets: ``v1`` to ``v10`` and ``fresh``: 11 sets of 6,700 evidence rows, 10,050 rows in all.
        pinned: finding's id -> its set.
    """

    findings: list[Finding]
    sets: dict[str, pd.DataFrame]
    pinned: dict[int, str]
    cases: pd.DataFrame
    models: list[Model]


def thousand(models: int) -> Thousand:
    """The findings with so many models of 200 trees with 31 leaves, trained alike with other seeds."""
    world = World(scenario("sudden"), seed=1, rows_per_tick=ROWS, n_features=FEATURES)
    ticks = [frame(world, tick) for tick in range(BORN + TICKS)]
    windows = [pd.concat(ticks[k : k + TICKS], ignore_index=True) for k in range(BORN + 1)]
    sets = {f"v{k + 1}": rows for k, rows in enumerate(windows[:BORN])} | {FRESH: windows[BORN]}
    findings = [
        Finding(f"f{k}", text, parse(text).statistic, parse(text).scope, born, id=k)
        for k, (born, text) in enumerate(
            (born, text) for born in range(1, BORN + 1) for text in claims(world, born, sets)
        )
    ]
    every = pd.concat(ticks, ignore_index=True)
    return Thousand(findings, sets, {f.id: f"v{f.made_on}" for f in findings}, every, fitted(models))


def fitted(models: int, rows: int = 60_000) -> list[Model]:
    """Models of one recipe on one window, each with its own seed."""
    world = World(scenario("sudden"), seed=2, rows_per_tick=rows, n_features=FEATURES)
    window = Window(10, 10, "", frame(world, 10), Split(0.0, 0.0, 0.1))
    return [fit(window, world.schema, Recipe(), seed) for seed in range(models)]


def frame(world: World, tick: int) -> pd.DataFrame:
    """The canonical rows of one tick, all labels known."""
    rows = SyntheticFeed(world).batch(tick).rows
    rows.insert(1, TICK, tick)
    rows.insert(2, LABEL, world.arrays(tick).label.astype(float))
    return rows


def claims(world: World, born: int, sets: dict[str, pd.DataFrame]) -> list[str]:
    """A hundred claims about version ``born``; medians, cases and some segments are its own, the rest is asked of all."""
    rows = sets[f"v{born}"]
    numeric = [c.name for c in world.schema.columns if c.kind is Kind.NUMERIC]
    medians = {name: float(f"{rows[name].median():.4g}") for name in numeric}
    over = [f"{name} > {value:g}" for name, value in medians.items()]
    pairs = [(where, f"NOT ({where})") for where in over]
    pairs += [(f"{c} = '{v}'", f"{c} <> '{v}'") for c in world.schema.categorical for v in sorted(set(rows[c]))[:3]]
    rng = np.random.default_rng(born)
    chosen = [pairs[k] for k in rng.permutation(len(pairs))[:30]]
    metrics = ("fpr", "tpr", "accuracy", "positive_rate", "precision", "log_loss")
    cases = rng.permutation(rows[ROW_ID].to_numpy())[:28]
    return [
        *(f'attribution_share("{name}") > 0.03' for name in world.schema.names[:25]),
        *(f'attribution_share(["{numeric[0]}", "{numeric[k]}"], where="{over[k]}") > 0.1' for k in range(1, 6)),
        *(f'gap("{metrics[k % 6]}", a="{a}", b="{b}") > 0.01 ± 0.005' for k, (a, b) in enumerate(chosen)),
        "auc() > 0.7",
        *(f'auc(where="{over[k]}") > 0.7' for k in range(4)),
        *(f'log_loss(where="{over[k]}") < 0.5' for k in range(4, 9)),
        "calibration_slope() > 0.8",
        f'calibration_slope(where="{over[0]}") > 0.8',
        *(f'prediction(case="{case}") > 0' for case in cases[:14]),
        *(f'top_reason(case="{case}") == "{numeric[0]}"' for case in cases[14:]),
    ]
