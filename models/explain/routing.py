"""Where rows end: the leaf of every tree, and the sum of the leaves' values, which is the raw score.

No tree is walked down. Its leaves, at most 64, are numbered from left to right; a row begins with all of them in a word
of bits, and each split at which it goes right strikes out the leaves on the left. The lowest bit that remains is the leaf
a walk would have ended in. All splits are decided for many rows at a time and nothing branches.

Source: Lucchese, Nardini, Orlando, Perego, Tonellotto, Venturini, "QuickScorer", SIGIR 2015; over rows instead of
features.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halflife.models.explain.compiled import compiled
from halflife.models.explain.forest import (
    BELOW,
    BELOW_NOT_ZERO,
    IN_SET,
    NOT_ABOVE,
    NOT_ABOVE_OR_ZERO,
    ZERO,
    Forest,
    Ints,
    Unreadable,
)
from halflife.models.rows import Array

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]

WORD = 64
"""Bits of a word, and so most leaves of a tree."""

ROWS = 512
"""Rows that are taken through all trees at a time."""

ALL, ONE, SPREAD, TOP = np.uint64(2**64 - 1), np.uint64(1), np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
"""``SPREAD`` is a de Bruijn sequence: times a power of two, its top six bits are another number for each."""


class Routes(NamedTuple):
    """What a forest's trees need so as not to be walked down.

    Attributes:
        stays: of each split, the leaves that remain when a row goes right.
        ends: the leaf of each lowest bit, as its tree counts it, at the place `SPREAD` gives the bit, shape (trees, 64).
    """

    stays: Words
    ends: Numbers


def routes(forest: Forest) -> Routes:
    """Number the leaves of every tree from left to right, all trees side by side, split after split.

    Raises:
        Unreadable: a tree has more than `WORD` leaves.
    """
    if np.diff(forest.leaf).max(initial=0) > WORD:
        raise Unreadable(f"a tree has more than {WORD} leaves")
    stays = np.full(len(forest.feature), ALL)
    ends = np.zeros((forest.trees, WORD), dtype=np.int32)
    splits = np.diff(forest.split)
    below, first = np.ones(len(stays), dtype=np.int64), np.zeros(len(stays), dtype=np.int64)

    def leaves(child: Ints, base: Ints) -> Ints:
        return np.where(child < 0, 1, below[base + np.maximum(child, 0)])

    steps = [np.flatnonzero(splits > at) for at in range(int(splits.max(initial=0)))]
    for at, trees in reversed(list(enumerate(steps))):
        base = forest.split[trees]
        below[base + at] = leaves(forest.left[base + at], base) + leaves(forest.right[base + at], base)
    for at, trees in enumerate(steps):
        base = forest.split[trees]
        left, right, begins = forest.left[base + at], forest.right[base + at], first[base + at]
        middle = begins + leaves(left, base)
        stays[base + at] = ~(bit(middle) - bit(begins))
        for child, at_leaf in ((left, begins), (right, middle)):
            first[(base + child)[child >= 0]] = at_leaf[child >= 0]
            ends[trees[child < 0], place(bit(at_leaf[child < 0]))] = -1 - child[child < 0]
    return Routes(stays, ends)


def bit(leaf: Ints) -> Words:
    """The word in which one leaf is left."""
    return ONE << leaf.astype(np.uint64)


def place(lowest: Words) -> Words:
    """A number below 64, another for each power of two."""
    return (lowest * SPREAD) >> TOP


@compiled
def _turn(matrix: Array, row: int, n: int, columns: Array) -> None:
    """Rows from ``row`` on as columns, with what is nearly 0 set to 0."""
    for i in range(n):
        for j in range(matrix.shape[1]):
            x = matrix[row + i, j]
            columns[j, i] = 0.0 if abs(x) <= ZERO else x


@compiled
def _strike(
    rule: int, cut: float, sets: Ints, word: int, words: int, stays: np.uint64, x: Array, open_: Words, n: int
) -> None:
    """Strike out the leaves that rows cannot reach after a split; ``x`` is its feature."""
    if rule == IN_SET:
        for i in range(n):
            category = int(x[i]) if -1.0 < x[i] < 32.0 * words else -1
            if category < 0 or sets[word + (category >> 5)] >> (category & 31) & 1 == 0:
                open_[i] &= stays
    elif rule == BELOW:
        for i in range(n):
            open_[i] &= ALL if x[i] <= cut else stays
    elif rule == NOT_ABOVE:
        for i in range(n):
            open_[i] &= stays if x[i] > cut else ALL
    else:
        for i in range(n):
            below = x[i] <= cut if rule == BELOW_NOT_ZERO else not x[i] > cut
            goes_left = rule == NOT_ABOVE_OR_ZERO if x[i] == 0.0 else below
            open_[i] &= ALL if goes_left else stays


@compiled
def route(forest: Forest, routes: Routes, matrix: Array, rows: tuple[int, int], raw: Array, leaves: Numbers) -> None:
    """Take rows ``rows[0]`` to ``rows[1]`` (exclusive) through all trees, in their order.

    Args:
        matrix: shape (n, p).
        raw: what the leaves add, shape (n,), is added to it; of length 0 when it is not wanted.
        leaves: the leaves, shape (n, trees), are written to it; of length 0 when they are not wanted.
    """
    feature, rule, cut, word, words = forest.feature, forest.rule, forest.threshold, forest.word, forest.words
    columns = np.empty((matrix.shape[1], ROWS))
    open_, leaf = np.empty(ROWS, dtype=np.uint64), np.empty(ROWS, dtype=np.int64)
    for row in range(rows[0], rows[1], ROWS):
        n = min(ROWS, rows[1] - row)
        _turn(matrix, row, n, columns)
        for t in range(len(forest.split) - 1):
            for i in range(n):
                open_[i] = ALL
            for s in range(forest.split[t], forest.split[t + 1]):
                x, stays = columns[feature[s]], routes.stays[s]
                _strike(rule[s], cut[s], forest.sets, word[s], words[s], stays, x, open_, n)
            for i in range(n):
                leaf[i] = routes.ends[t, ((open_[i] & (~open_[i] + ONE)) * SPREAD) >> TOP]
            if len(raw) > 0:
                for i in range(n):
                    raw[row + i] += forest.value[forest.leaf[t] + leaf[i]]
            if len(leaves) > 0:
                for i in range(n):
                    leaves[row + i, t] = leaf[i]
