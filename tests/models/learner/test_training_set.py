import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from halflife.models.learner import training_set as module
from halflife.models.learner.boosting import parameters
from halflife.models.learner.training_set import training_set
from halflife.models.recipe import Recipe
from halflife.models.rows import Column, Kind, Rows, Schema

SCHEMA = Schema((Column("x", Kind.NUMERIC), Column("job", Kind.CATEGORICAL), Column("flag", Kind.NUMERIC)))
CATEGORIES = {"job": ("clerk", "cook", "spy")}


def frame(n: int) -> pd.DataFrame:
    """Rows with missing numbers, mostly zeros in one column, missing categories and one that is unknown."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=n)
    x[rng.random(n) < 0.1] = np.nan
    job = pd.Series(rng.choice(["clerk", "cook", "spy", "nun"], n), dtype="str").mask(rng.random(n) < 0.05)
    return pd.DataFrame({"_id": np.arange(n).astype(str), "x": x, "job": job, "flag": rng.random(n) < 0.03})


def text(rows: pd.DataFrame, at: Rows, *, seed: int) -> str:
    """The model trained on these rows."""
    data = training_set(rows, SCHEMA, CATEGORIES, at, seed)
    label = (rows["x"].fillna(0).to_numpy() + (rows["job"] == "cook").to_numpy() > 0.5).astype(float)
    recipe = Recipe(trees=3, leaves=7, threads=1)
    return lgb.train(parameters(recipe, seed), data.set_label(label[at]), recipe.trees).model_to_string()


@pytest.mark.parametrize(
    ("n", "block"),
    [
        pytest.param(3_000, 256, id="many blocks"),
        pytest.param(3_000, 1 << 15, id="one block"),
        pytest.param(210_000, 1 << 15, id="bins from a sample of 200,000 rows"),
    ],
)
def test_blocks_and_one_matrix_give_the_same_model(monkeypatch: pytest.MonkeyPatch, n: int, block: int) -> None:
    """To the last character of the model's text, whichever way the rows reach LightGBM."""
    rows, at = frame(n + 500), np.sort(np.random.default_rng(1).permutation(n + 500)[:n])
    monkeypatch.setattr(module, "WHOLE", n)
    whole = text(rows, at, seed=2_000_000_011)
    monkeypatch.setattr(module, "WHOLE", 0)
    monkeypatch.setattr(module, "BLOCK", block)
    assert text(rows, at, seed=2_000_000_011) == whole
    assert whole.count("Tree=") == 3
