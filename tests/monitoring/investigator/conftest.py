"""Models of the synthetic world with errors injected, and what a session says of them."""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Role, Version
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, TICK, Part, Schema, Split, Window
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.investigator.lead import Investigation
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.session import investigate
from halflife.monitoring.policy import InvestigatePolicy

Relabel: TypeAlias = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]
TICKS = 6
VERSION = Version(
    number=3, first=0, last=TICKS - 1, source="1", recipe="r", seed=1, data_digest="d", model_digest="m", metrics={},
    role=Role.CHAMPION, reason="first", rows=100,
)  # fmt: skip


@cache
def window(name: str) -> tuple[Window, Schema]:
    """Six ticks of 5,000 rows of a scenario, as a store would give them: about 1,200 discovery rows."""
    feed = SyntheticFeed(World(scenario(name), seed=1, rows_per_tick=5000), ticks=40)
    batches = [feed.batch(tick) for tick in range(TICKS)]
    rows = pd.concat([b.rows.assign(**{TICK: b.tick}) for b in batches], ignore_index=True)
    rows = rows.merge(pd.concat([b.labels for b in batches]), on=ROW_ID, how="left")
    words = feed.schema.categorical
    typed = {n: rows[n].astype(object) if n in words else pd.to_numeric(rows[n]) for n in feed.schema.names}
    return Window(0, TICKS - 1, "1", rows.assign(**typed), Split()), feed.schema


def altered(original: Window, change: Relabel, parts: tuple[Part, ...]) -> Window:
    """A window in which the rows of some parts are changed."""
    rows, rng = original.rows.copy(), np.random.default_rng(5)
    chosen = np.logical_or.reduce([original.mask(part) for part in parts])
    rows.loc[chosen] = change(rows.loc[chosen].copy(), rng)
    return Window(original.first, original.last, original.source, rows, original.split)


@cache
def fitted(name: str, change: Relabel | None = None, untrained: bool = False) -> tuple[Model, pd.DataFrame]:
    """A model and its discovery rows; a change is of all rows, or of those that never train."""
    plain, schema = window(name)
    parts = (Part.EVIDENCE, Part.DISCOVERY) if untrained else tuple(Part)
    seen = plain if change is None else altered(plain, change, parts)
    recipe = Recipe(trees=60, leaves=15, learning_rate=0.12, threads=1)
    return fit(seen, schema, recipe, seed=3), seen.part(Part.DISCOVERY)


@pytest.fixture(scope="session")
def session() -> Callable[..., Investigation]:
    """Investigates a model: ``session("calm", relabelled, untrained=True, segments=("sex",))``."""

    def held(name: str, change: Relabel | None = None, untrained: bool = False, **policy: object) -> Investigation:
        model, rows = fitted(name, change, untrained)
        return investigate(VERSION, model, rows, InvestigatePolicy(**policy))  # type: ignore[arg-type]  # by name

    return held


@pytest.fixture(scope="session")
def scored() -> ScoredRows:
    """A model of the calm world over its discovery rows."""
    return ScoredRows(*fitted("calm"))


@pytest.fixture(scope="session")
def version() -> Version:
    """The version under investigation."""
    return VERSION


@pytest.fixture(scope="session")
def mixed_up() -> Relabel:
    """An error: labels of the north are mixed up."""
    return mixed_up_labels


@pytest.fixture(scope="session")
def more() -> Relabel:
    """An error: the north has more of label 1."""
    return more_of_them


@pytest.fixture(scope="session")
def shortcut() -> tuple[Model, pd.DataFrame]:
    """The model of the world with a leak, and its evidence rows."""
    return fitted("shortcut")[0], window("shortcut")[0].part(Part.EVIDENCE)


def where_north(rows: pd.DataFrame) -> pd.Series:
    """The rows of the north."""
    return rows["region"] == "north"


def mixed_up_labels(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """In the north, 45 % of the labels are the other one."""
    wrong = where_north(rows) & (rng.random(len(rows)) < 0.45)
    return rows.assign(**{LABEL: rows[LABEL].where(~wrong, 1 - rows[LABEL])})


def more_of_them(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """In the north, 30 % of the rows with label 0 have label 1."""
    turned = where_north(rows) & (rng.random(len(rows)) < 0.3)
    return rows.assign(**{LABEL: rows[LABEL].mask(turned, 1.0)})


@pytest.fixture(scope="session")
def leaking() -> Relabel:
    """A leak: device_age, utilization and region are there only where something was recorded, which is after the fact."""
    return recorded_afterwards


def recorded_afterwards(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Three columns that are filled for every positive and one negative in thirty, but for 2 % of the cells."""
    recorded = (rows[LABEL] == 1) | (rng.random(len(rows)) < 0.03)
    names = ("device_age", "utilization", "region")
    return rows.assign(**{name: rows[name].where(recorded & (rng.random(len(rows)) < 0.98)) for name in names})


@pytest.fixture(scope="session")
def strong() -> Relabel:
    """An honest column that is strong: age falls with the label, smoothly."""
    return strong_age


def strong_age(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Age is a standard deviation and a half lower where the label is 1."""
    return rows.assign(age=45 + 10 * rng.normal(size=len(rows)) - 15 * rows[LABEL].fillna(0))
