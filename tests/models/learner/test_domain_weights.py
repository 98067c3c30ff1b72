"""Domain weights against density ratios that are known, and where there is nothing to weigh."""

import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.domain_weights import LARGEST, domain_weights
from halflife.models.rows import Column, Kind, Schema

SCHEMA = Schema((Column("x", Kind.NUMERIC), Column("z", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))


def frame(rows: int, shift: float, name: str, seed: int, cook: float = 0.5) -> pd.DataFrame:
    """Inputs: x from a normal distribution about ``shift``, z about 0, and a share of cooks."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, rows))
    job = np.where(rng.random(rows) < cook, "cook", "clerk")
    ids = [f"{name}{i}" for i in range(rows)]
    return pd.DataFrame({"_id": ids, "x": x + shift, "z": z, "job": pd.Series(job, dtype="str")})


@pytest.mark.parametrize("shift", [0.3, 0.7])
def test_a_gaussian_shift_is_recovered(shift: float) -> None:
    """Weighted, the source has the target's mean of x within a fifth of the shift, and weights follow the true ratio."""
    source, target = frame(12_000, 0.0, "a", 1), frame(9_000, shift, "b", 2)
    found = domain_weights(source, target, SCHEMA, seed=3)
    x = source["x"].to_numpy()
    assert np.average(x, weights=found.weights) == pytest.approx(target["x"].mean(), abs=0.2 * shift)
    assert np.average(source["z"], weights=found.weights) == pytest.approx(0.0, abs=0.1)
    truth = np.exp(shift * x - shift**2 / 2)
    assert np.corrcoef(found.weights, truth)[0, 1] > 0.9
    assert found.weights.mean() == pytest.approx(1.0)
    assert found.weights.max() <= LARGEST * (1 + 1e-6)
    assert found.effective == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())
    assert found.effective / 12_000 == pytest.approx(np.exp(-(shift**2)), abs=0.12)  # Kish's share for this ratio
    from scipy.stats import norm

    assert found.auc == pytest.approx(norm.cdf(shift / np.sqrt(2)), abs=0.03)


def test_a_category_that_became_rare_weighs_less() -> None:
    """Cooks go from one half to a tenth: they weigh about a fifth, clerks about 1.8."""
    source, target = frame(6_000, 0.0, "a", 1), frame(6_000, 0.0, "b", 2, cook=0.1)
    weights = domain_weights(source, target, SCHEMA, seed=3).weights
    cook = (source["job"] == "cook").to_numpy()
    assert weights[cook].mean() == pytest.approx(0.2, abs=0.06)
    assert weights[~cook].mean() == pytest.approx(1.8, abs=0.06)


@pytest.mark.parametrize("rows", [400, 6_000])
def test_without_a_shift_weights_are_near_one(rows: int) -> None:
    """Root mean square within 0.15 of 1, nearly all rows effective, and an AUC near a half: nothing is memorised."""
    found = domain_weights(frame(rows, 0.0, "a", 1), frame(rows, 0.0, "b", 2), SCHEMA, seed=3)
    assert found.weights.std() < 0.15
    assert found.effective > 0.97 * rows
    assert found.auc == pytest.approx(0.5, abs=3 / np.sqrt(rows))


def test_rows_on_both_sides_are_not_memorised() -> None:
    """Windows that share three rows in four are told apart no better than chance, as each row is told by the others."""
    rows = frame(5_000, 0.0, "a", 1)
    found = domain_weights(rows.iloc[:4_000], rows.iloc[1_000:], SCHEMA, seed=3)
    assert found.weights.std() < 0.15


def test_nothing_to_compare_with_weighs_all_alike() -> None:
    """Without a target, or without a source, weights are 1 and rows effective."""
    rows = frame(50, 0.0, "a", 1)
    alone = domain_weights(rows, rows.iloc[:0], SCHEMA, seed=3)
    assert (alone.weights == 1.0).all()
    assert (alone.effective, alone.auc) == (50.0, 0.5)
    assert domain_weights(rows.iloc[:0], rows, SCHEMA, seed=3).weights.shape == (0,)
