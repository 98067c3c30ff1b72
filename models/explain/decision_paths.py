"""The way one row takes through the trees: the leaf it ends in, what that leaf adds, and why it got there, in words."""

from dataclasses import dataclass

import numpy as np

from halflife.models.explain.conditions import Among, Between, Condition
from halflife.models.explain.forest import BELOW_NOT_ZERO, IN_SET, NOT_ABOVE, NOT_ABOVE_OR_ZERO, Forest, read
from halflife.models.learner.model import Model
from halflife.models.rows import Array

_ZERO = 1e-35
_MISSING_LEFT = (NOT_ABOVE, NOT_ABOVE_OR_ZERO)
_ZERO_APART = (BELOW_NOT_ZERO, NOT_ABOVE_OR_ZERO)


@dataclass(frozen=True)
class Path:
    """One tree's part in a score.

    Attributes:
        tree: counted from 0.
        leaf: its number as LightGBM's ``pred_leaf`` counts.
        value: log-odds the leaf adds; over all trees they sum to the raw score.
        moved: ``value`` minus the tree's mean over the rows it was grown on: what this row gets that others do not.
        conditions: one a feature, in the order the path first asks for it; the row satisfies each, and every row that
            satisfies all of them ends in this leaf.
    """

    tree: int
    leaf: int
    value: float
    moved: float
    conditions: tuple[Condition, ...]


def decision_paths(model: Model, row: Array) -> list[Path]:
    """The path of one row through every tree, in the order of the trees.

    Args:
        model: whose trees are followed.
        row: encoded features as ``model.matrix`` gives them, shape (p,).

    Raises:
        Unreadable: trees this build cannot read, such as linear ones.

    Source: LightGBM's ``Tree::NumericalDecision`` and ``Tree::CategoricalDecision``.
    """
    forest = read(model.text)
    return [_path(model, forest, tree, row) for tree in range(forest.trees)]


def strongest(paths: list[Path], most: int) -> list[Path]:
    """The paths that moved the score the most, either way, the strongest first; trees without a split are left out."""
    asked = [path for path in paths if path.conditions]
    return sorted(asked, key=lambda path: (-abs(path.moved), path.tree))[:most]


def thresholds(model: Model) -> list[Array]:
    """Where the trees split each feature, increasing, one array a feature; empty for categories and for unused features.

    Between two neighbours the model is constant in that feature. Raises Unreadable.
    """
    forest = read(model.text)
    found = []
    for feature in range(len(model.schema.columns)):
        splits = (forest.feature == feature) & (forest.rule != IN_SET)
        bounds = forest.threshold[splits]
        if np.isin(forest.rule[splits], _ZERO_APART).any():
            bounds = np.concatenate([bounds, [-2 * _ZERO, _ZERO]])
        found.append(np.unique(bounds))
    return found


def used(model: Model) -> tuple[str, ...]:
    """The features some tree splits on, in the order of the schema. Raises Unreadable."""
    splits = np.unique(read(model.text).feature)
    return tuple(column.name for j, column in enumerate(model.schema.columns) if j in splits)


def _path(model: Model, forest: Forest, tree: int, row: Array) -> Path:
    leaves = slice(forest.leaf[tree], forest.leaf[tree + 1])
    conditions: dict[int, Condition] = {}
    at = 0 if forest.split[tree + 1] > forest.split[tree] else -1
    while at >= 0:
        split = int(forest.split[tree]) + at
        feature = int(forest.feature[split])
        column = model.schema.columns[feature]
        if forest.rule[split] == IN_SET:
            categories = model.categories[column.name]
            members = _members(forest, split, len(categories))
            code = row[feature]
            left = not np.isnan(code) and 0 <= code < len(categories) and bool(members[int(code)])
            going = frozenset(c for c, member in zip(categories, members, strict=True) if member == left)
            asked = conditions.get(feature, Among(column.name, categories))
            assert isinstance(asked, Among)  # a column's kind is the same in every split
            conditions[feature] = asked.split(going, missing=not left)
        else:
            interval = conditions.get(feature, Between(column.name))
            assert isinstance(interval, Between)
            left, conditions[feature] = _numeric(forest, split, float(row[feature]), interval)
        at = int(forest.left[split] if left else forest.right[split])
    leaf = -1 - at
    value, cover = forest.value[leaves], forest.leaf_cover[leaves]
    mean = np.average(value, weights=cover) if cover.any() else value.mean()
    return Path(tree, leaf, float(value[leaf]), float(value[leaf] - mean), tuple(conditions.values()))


def _numeric(forest: Forest, split: int, x: float, interval: Between) -> tuple[bool, Between]:
    threshold, rule = float(forest.threshold[split]), int(forest.rule[split])
    default_left, apart = rule in _MISSING_LEFT, rule in _ZERO_APART
    takes_default = np.isnan(x) or (apart and abs(x) <= _ZERO)
    left = default_left if takes_default else x <= threshold
    takes = default_left == left
    return left, interval.split(threshold, left=left, missing=takes, zero=takes if apart else None)


def _members(forest: Forest, split: int, categories: int) -> list[bool]:
    """Which codes are in the set of a categorical split."""
    first, words = int(forest.word[split]), int(forest.words[split])
    bits = [int(word) for word in forest.sets[first : first + words]]
    return [code // 32 < words and bool(bits[code // 32] >> (code % 32) & 1) for code in range(categories)]
