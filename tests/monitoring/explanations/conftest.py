"""A fitted model, its window with missing values, and an explanation of one of its cases."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, TICK, Column, Kind, Part, Schema, Split, Window
from halflife.monitoring.explanations.explain_case import explain
from halflife.monitoring.explanations.explanation import Explanation
from halflife.monitoring.policy import ExplainPolicy

SCHEMA = Schema(
    (Column("visits", Kind.NUMERIC), Column("emp.var.rate", Kind.NUMERIC), Column("plan", Kind.CATEGORICAL))
)


def rows(n: int, seed: int) -> pd.DataFrame:
    """Canonical rows in which few visits and the plan matter; some cells and some labels are missing."""
    rng = np.random.default_rng(seed)
    visits, rate = rng.poisson(4.0, n).astype(float), rng.normal(size=n)
    plan = rng.choice(["basic", "plus", "pro's"], n)
    leaves = rng.random(n) < 1 / (1 + np.exp(visits - 3.0 - 1.5 * (plan == "basic") - rate / 2))
    frame = pd.DataFrame({ROW_ID: [f"c{k:04d}" for k in range(n)], TICK: np.sort(rng.integers(2, 6, n))})
    frame[LABEL] = np.where(rng.random(n) < 0.02, np.nan, leaves)
    frame["visits"], frame["emp.var.rate"] = np.where(rng.random(n) < 0.05, np.nan, visits), rate
    frame["plan"] = pd.Series(plan).where(rng.random(n) > 0.05)
    return frame


@pytest.fixture(scope="session")
def window() -> Window:
    """Ticks 2 to 5 of 1,500 rows."""
    return Window(2, 5, "rows@1,labels@1", rows(1500, seed=1), Split())


@pytest.fixture(scope="session")
def model(window: Window) -> Model:
    """Twenty trees."""
    return fit(window, SCHEMA, Recipe(trees=20, leaves=7), seed=3)


@pytest.fixture(scope="session")
def told(window: Window, model: Model) -> Callable[..., Explanation]:
    """Explains a row of the window on v3: ``told("c0007", immutable=("visits",))``."""

    def explained(case: str, controls: tuple[Model, ...] = (), **chosen: object) -> Explanation:
        row = window.rows[window.rows[ROW_ID] == case]
        discovery = window.part(Part.DISCOVERY)
        return explain(3, model, row, window, discovery, ExplainPolicy.model_validate(chosen), controls)

    return explained


@pytest.fixture(scope="session")
def named(window: Window) -> Callable[[Part], str]:
    """The first labelled row of a part, without a missing value."""

    def first(part: Part) -> str:
        return str(window.part(part).dropna()[ROW_ID].iloc[0])

    return first
