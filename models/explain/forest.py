"""LightGBM's model text as arrays, one value a split or a leaf, all trees in a row."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halflife.models.errors import UsageError
from halflife.models.rows import Array, Mask

Ints = npt.NDArray[np.int64]


ZERO = float(np.float32(1e-35))
"""LightGBM's ``kZeroThreshold``: it reads what is no farther from 0 as 0."""


class Unreadable(ValueError):
    """A model text of another shape than the one known here."""


CATEGORICAL, DEFAULT_LEFT = 1, 2
"""Bits of ``decision_type``; the two bits above them hold the missing type: 0 none, 1 zero, 2 NaN."""

BELOW, NOT_ABOVE, BELOW_NOT_ZERO, NOT_ABOVE_OR_ZERO, IN_SET = range(5)
"""How a split decides for left: x ≤ t; not x > t; x ≤ t and x not zero; not x > t or x zero; category x in the set.

A missing value (NaN) goes left under "not x > t" and right under "x ≤ t".
"""


class Forest(NamedTuple):
    """Trees as arrays. Tree t has the splits ``split[t]`` to ``split[t + 1]`` and the leaves ``leaf[t]`` to ``leaf[t + 1]``.

    Attributes:
        split: shape (trees + 1,).
        leaf: shape (trees + 1,).
        feature: of each split, as the matrix counts them.
        threshold: of each numeric split.
        rule: ``BELOW`` to ``IN_SET``.
        left: child of each split, counted within the tree; a leaf i as −1 − i. A child comes after its parent.
        right: likewise.
        word: where the set of a categorical split begins in ``sets``.
        words: its length there; 0 for a numeric split.
        sets: categories as bits, 32 a word.
        cover: training rows at each split.
        value: raw score of each leaf.
        leaf_cover: training rows in each leaf.
    """

    split: Ints
    leaf: Ints
    feature: Ints
    threshold: Array
    rule: Ints
    left: Ints
    right: Ints
    word: Ints
    words: Ints
    sets: Ints
    cover: Array
    value: Array
    leaf_cover: Array

    @property
    def trees(self) -> int:
        return len(self.split) - 1


def read(text: str) -> Forest:
    """Parse what ``Booster.model_to_string`` writes.

    A header with a line ``key=value`` a property; ``average_output`` stands alone and says nothing here, since raw scores
    are sums for a random forest too. Then a block a tree: ``num_leaves``, and one line an array with a value a split (``split_feature``, ``threshold``, ``decision_type``, ``left_child``,
    ``right_child``, ``internal_count``) or a leaf (``leaf_value``, ``leaf_count``). The threshold of a categorical split
    is its position in ``cat_boundaries``, which bound its words in ``cat_threshold``.

    Raises:
        UsageError: linear trees, for which no exact method is known, or several trees an iteration.
        Unreadable: a text of another shape.
    """
    head, _, rest = text.partition("\nTree=")
    properties = dict(line.split("=", 1) for line in head.splitlines() if "=" in line)
    if not head.startswith("tree\n") or properties.get("version") != "v4":
        raise Unreadable("the model is not in LightGBM's text format, version 4")
    if properties.get("num_tree_per_iteration") != "1":
        raise UsageError("this model grows several trees an iteration; attributions are those of one raw score a row")
    lines: dict[str, list[str]] = {}
    for line in rest.partition("\nend of trees")[0].splitlines():
        key, _, value = line.partition("=")
        lines.setdefault(key, []).append(value)
    if "1" in lines.get("is_linear", []):
        raise UsageError("there are no exact attributions of linear trees; fit the model with linear_tree=false")
    try:
        return _forest(lines)
    except (KeyError, ValueError, IndexError) as error:
        raise Unreadable(f"the model's trees cannot be read: {error}") from error


def _forest(lines: dict[str, list[str]]) -> Forest:
    leaves = _numbers(lines.get("num_leaves", [])).astype(np.int64)
    split, leaf = _offsets(leaves - 1), _offsets(leaves)
    floats = {key: _numbers(lines.get(key, [])) for key in ("threshold", "internal_count", "leaf_value", "leaf_count")}
    keys = ("split_feature", "decision_type", "left_child", "right_child")
    feature, decision, left, right = (_numbers(lines.get(key, [])).astype(np.int64) for key in keys)
    sizes = {
        len(feature),
        len(decision),
        len(left),
        len(right),
        len(floats["threshold"]),
        len(floats["internal_count"]),
    }
    if sizes != {int(split[-1])} or {len(floats["leaf_value"]), len(floats["leaf_count"])} != {int(leaf[-1])}:
        raise ValueError("arrays of unequal length")
    position = np.arange(split[-1]) - np.repeat(split[:-1], leaves - 1)
    if any(((child >= 0) & (child <= position)).any() for child in (left, right)):
        raise ValueError("a child before its parent")
    owns = np.repeat(leaves, leaves - 1)
    if any(((child >= owns - 1) | (child < -owns)).any() for child in (left, right)):
        raise ValueError("a child that its tree does not have")
    categorical = decision & CATEGORICAL > 0
    word, words, sets = _sets(lines, floats["threshold"], categorical, np.repeat(np.arange(len(leaves)), leaves - 1))
    return Forest(
        split=split,
        leaf=leaf,
        feature=feature,
        threshold=floats["threshold"],
        rule=_rules(decision, floats["threshold"]),
        left=left,
        right=right,
        word=word,
        words=words,
        sets=sets,
        cover=floats["internal_count"],
        value=floats["leaf_value"],
        leaf_cover=floats["leaf_count"],
    )


def _rules(decision: Ints, threshold: Array) -> Ints:
    """How each split decides. Without a missing type NaN is read as 0, and so goes where 0 goes."""
    missing, default_left = decision >> 2 & 3, decision & DEFAULT_LEFT > 0
    missing_left = np.where(missing == 0, threshold >= 0, default_left)
    numeric = np.where(missing == 1, BELOW_NOT_ZERO, BELOW) + missing_left
    return np.where(decision & CATEGORICAL > 0, IN_SET, numeric).astype(np.int64)


def _sets(lines: dict[str, list[str]], threshold: Array, categorical: Mask, tree: Ints) -> tuple[Ints, Ints, Ints]:
    """Where each split's set of categories begins, how many words it has, and all words."""
    boundaries = [np.array(line.split(), dtype=np.int64) for line in lines.get("cat_boundaries", [])]
    sets = _numbers(lines.get("cat_threshold", [])).astype(np.int64)
    word, words = np.zeros(len(threshold), dtype=np.int64), np.zeros(len(threshold), dtype=np.int64)
    if not categorical.any():
        return word, words, sets
    with_sets = np.unique(tree[categorical])
    if len(with_sets) != len(boundaries):
        raise ValueError("categorical splits without sets")
    first = _offsets(np.array([b[-1] for b in boundaries]))
    for at, t in enumerate(with_sets):
        mine = np.flatnonzero(categorical & (tree == t))
        which = threshold[mine].astype(np.int64)
        word[mine] = first[at] + boundaries[at][which]
        words[mine] = boundaries[at][which + 1] - boundaries[at][which]
    return word, words, sets


def _numbers(lines: list[str]) -> Array:
    """Every number of these lines, in order, each the double its digits are nearest to."""
    return np.fromstring(" ".join(lines).strip(), sep=" ")


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
