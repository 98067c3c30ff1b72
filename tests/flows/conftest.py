"""What tests of the command line leave as they found it, and a small home that several of them share."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(autouse=True)
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that runs in this process sets up logging; the next test finds it as before."""
    monkeypatch.delenv("HALFLIFE_LOG", raising=False)
    tree = logging.getLogger("halflife")
    before = tree.handlers, tree.level, tree.propagate
    yield
    tree.handlers, tree.level, tree.propagate = before


ODD = "[/red] <b>"
"""A category that is markup to a terminal and to a browser."""
CONFIG = """
name = "small"
home = "{home}"
[feed]
kind = "file"
path = "churn.csv"
label = "churned"
id = "customer"
rows_per_tick = 250
[retrain]
every = 2
window = 3
[watch]
every = 2
window = 2
[recipe]
trees = 20
leaves = 5
[compute]
threads = 1
[shadows]
count = 2
[investigate]
segments = ["plan"]
errors = 1
[alerts]
channels = ["eml"]
"""


def churn(rows: int, first: int = 0) -> pd.DataFrame:
    """Customers who leave the sooner the less they visit."""
    rng = np.random.default_rng(first + 11)
    visits, plan = rng.poisson(4, rows), rng.choice(["basic", "plus", ODD], rows)
    leaves = rng.random(rows) < 1 / (1 + np.exp(visits - 3 - (plan == "basic")))
    ids = np.arange(first, first + rows)
    return pd.DataFrame({"customer": ids, "visits": visits, "plan": plan, "churned": np.where(leaves, "yes", "no")})


@pytest.fixture(scope="session")
def customers() -> Callable[..., pd.DataFrame]:
    """``customers(500)``: rows as the small configuration expects them; ``customers(250, first=500)``: those after."""
    return churn


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``small_folder(5)``: a new folder with a CSV of 5 ticks and its configuration, nothing of which is run yet."""

    def make(ticks: int) -> Path:
        folder = tmp_path_factory.mktemp("small")
        (folder / "halflife.toml").write_text(CONFIG.replace("{home}", str(folder / "home")), encoding="utf-8")
        churn(250 * ticks).to_csv(folder / "churn.csv", index=False)
        return folder

    return make
