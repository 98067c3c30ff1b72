"""Decision paths, against LightGBM's own leaves and scores."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.explain.conditions import Value
from halflife.models.explain.decision_paths import decision_paths, strongest, thresholds, used
from halflife.models.learner.model import Model
from halflife.models.rows import Array

Grow = Callable[..., tuple[Model, pd.DataFrame]]

KINDS: list[dict[str, Any]] = [
    {},
    {"missing": 0.0},
    {"zero_as_missing": True},
    {"num_leaves": 40, "min_data_in_leaf": 1, "max_depth": -1},
]
"""Missing values with a side of their own, never seen, and zero among them; deep trees."""


def decoded(model: Model, row: Array) -> dict[str, Value]:
    """A row of the matrix in the words of the schema."""
    values: dict[str, Value] = {}
    for column, code in zip(model.schema.columns, row, strict=True):
        known = model.categories.get(column.name)
        values[column.name] = None if np.isnan(code) else float(code) if known is None else known[int(code)]
    return values


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_a_path_ends_in_the_leaf_lightgbm_says(grow: Grow, kind: dict[str, Any], seed: int) -> None:
    """Golden: leaf by leaf ``pred_leaf``; the values of the leaves sum to the raw score."""
    model, frame = grow(seed, **kind)
    matrix = model.matrix(frame)[:12]
    leaves = model.booster.predict(matrix, pred_leaf=True, num_threads=1)
    raw = model.raw(matrix, threads=1)
    for row, expected, score in zip(matrix, leaves, raw, strict=True):
        paths = decision_paths(model, row)
        assert [path.leaf for path in paths] == expected.tolist()
        assert sum(path.value for path in paths) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=4)
@given(seed=st.integers(0, 10_000))
def test_conditions_are_exactly_what_leads_to_the_leaf(grow: Grow, kind: dict[str, Any], seed: int) -> None:
    """The row satisfies every condition of its path, and any row that satisfies all of them ends in the same leaf, and
    no row that breaks one does.
    """
    model, frame = grow(seed, **kind)
    matrix = model.matrix(frame)
    leaves = model.booster.predict(matrix, pred_leaf=True, num_threads=1)
    values = [decoded(model, row) for row in matrix]
    for path in decision_paths(model, matrix[0]):
        inside = [all(c.admits(value[c.feature]) for c in path.conditions) for value in values]
        assert inside[0]
        assert inside == (leaves[:, path.tree] == path.leaf).tolist()


def test_a_feature_is_spoken_of_once_a_path(grow: Grow) -> None:
    """However many splits a path has on one feature, they are one condition."""
    model, frame = grow(1, num_leaves=40, min_data_in_leaf=2)
    for path in decision_paths(model, model.matrix(frame)[3]):
        features = [condition.feature for condition in path.conditions]
        assert len(features) == len(set(features))


def test_what_moved_is_measured_from_the_trees_mean(grow: Grow) -> None:
    """Over the rows a tree was grown on its movements average to nothing, so the first tree's constant is no reason."""
    model, frame = grow(2)
    moved = np.array([[path.moved for path in decision_paths(model, row)] for row in model.matrix(frame)])
    np.testing.assert_allclose(moved.mean(axis=0), 0.0, atol=1e-9)


def test_the_strongest_paths_come_first(grow: Grow) -> None:
    """By how far they moved the score, either way; a tree without a split moves nothing and is left out."""
    model, frame = grow(4)
    paths = decision_paths(model, model.matrix(frame)[0])
    sizes = [abs(path.moved) for path in strongest(paths, 5)]
    assert sizes == sorted((abs(path.moved) for path in paths), reverse=True)[:5]
    stump, frame = grow(4, trees=1, min_gain_to_split=1e9)
    (path,) = decision_paths(stump, stump.matrix(frame)[0])
    assert path.conditions == ()
    assert path.value == pytest.approx(stump.raw(stump.matrix(frame)[:1], threads=1)[0])
    assert strongest([path], 3) == []


@pytest.mark.parametrize("kind", KINDS[:3], ids=str)
def test_between_two_thresholds_the_model_is_constant(grow: Grow, kind: dict[str, Any]) -> None:
    """Values of one feature in the same stretch give the same score, and the thresholds are increasing."""
    model, frame = grow(5, **kind)
    bounds = thresholds(model)
    row = model.matrix(frame)[7]
    for j in (0, 1):
        assert (np.diff(bounds[j]) > 0).all()
        grid = np.linspace(-2.0, 300.0, 1500)
        matrix = np.repeat(row[None], len(grid), axis=0)
        matrix[:, j] = grid
        raw = model.raw(matrix, threads=1)
        stretch = np.searchsorted(bounds[j], grid, side="left")
        assert all(len(np.unique(raw[stretch == k])) == 1 for k in np.unique(stretch))
    assert all(not len(bounds[j]) for j in (2, 3, 4))


def test_a_feature_no_tree_splits_on_is_not_used(grow: Grow) -> None:
    """Those LightGBM counts splits of, in the order of the schema; a constant column is not among them."""
    model, _ = grow(6)
    splits = model.booster.feature_importance("split")
    assert used(model) == tuple(name for name, n in zip(model.schema.names, splits, strict=True) if n)
    assert "flat" not in used(model)
