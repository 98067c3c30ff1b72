"""LightGBM's text as arrays."""

import lightgbm as lgb
import numpy as np
import pytest

from halflife.models.explain.forest import BELOW, BELOW_NOT_ZERO, IN_SET, NOT_ABOVE, NOT_ABOVE_OR_ZERO, Unreadable, read

HEAD = "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\n\n"
TREE = """Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
threshold={threshold} 0
decision_type={decision} 1
left_child=1 -1
right_child=-3 -2
leaf_value=0.1 0.2 0.30000000000000004
leaf_count=4 5 6
internal_count=15 9
cat_boundaries=0 2
cat_threshold=5 4294967295
is_linear=0
shrinkage=1


end of trees
"""


def test_every_digit_is_read() -> None:
    """Thresholds and leaf values are the doubles that LightGBM holds."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(300, 3))
    settings = {"objective": "binary", "num_threads": 1, "verbosity": -1}
    booster = lgb.train(settings, lgb.Dataset(matrix, (matrix[:, 0] > 0).astype(float)), num_boost_round=5)
    forest = read(booster.model_to_string())
    values = [booster.get_leaf_output(t, i) for t in range(5) for i in range(int(np.diff(forest.leaf)[t]))]
    assert forest.value.tolist() == values
    dumped = booster.trees_to_dataframe()
    assert sorted(forest.threshold) == sorted(dumped["threshold"].dropna())


def test_a_categorical_split_finds_its_set() -> None:
    """The threshold is a position in the boundaries, which bound words of 32 categories."""
    forest = read(HEAD + TREE.format(threshold="0.5", decision=2))
    assert (forest.trees, forest.rule[1], forest.word[1], forest.words[1]) == (1, IN_SET, 0, 2)
    assert forest.sets.tolist() == [5, 4294967295]
    assert forest.words[0] == 0


@pytest.mark.parametrize(
    ("decision", "threshold", "rule"),
    [
        (0, -0.5, BELOW),
        (0, 0.5, NOT_ABOVE),
        (2, -0.5, BELOW),
        (4, 0.5, BELOW_NOT_ZERO),
        (6, 0.5, NOT_ABOVE_OR_ZERO),
        (8, 0.5, BELOW),
        (10, 0.5, NOT_ABOVE),
    ],
)
def test_missing_values_go_where_the_missing_type_sends_them(decision: int, threshold: float, rule: int) -> None:
    """Without a missing type NaN goes where 0 goes; else by default, and with zero as missing so does 0."""
    assert read(HEAD + TREE.format(threshold=threshold, decision=decision)).rule[0] == rule


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version=v4", "version=v5"),
        ("leaf_count=4 5 6", "leaf_count=4 5"),
        ("left_child=1 -1", "left_child=0 -1"),
        ("cat_boundaries=0 2\n", ""),
        ("internal_count=15 9", "internal_counts=15 9"),
    ],
)
def test_another_shape_is_said_to_be_unreadable(old: str, new: str) -> None:
    """A format that is not the one known here is never read as if it were."""
    text = HEAD + TREE.format(threshold="0.5", decision=2)
    assert old in text
    with pytest.raises(Unreadable):
        read(text.replace(old, new))


def test_a_model_without_trees_is_read() -> None:
    """LightGBM writes one when nothing was boosted."""
    assert read(HEAD + "end of trees\n").trees == 0
