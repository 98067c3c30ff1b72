"""Which leaves of a tree are explained together.

A group is the leaves below one node, its root, that no lower group has taken. What they contribute to a row's
attributions depends on a few bits only: for each feature split above the root whether the row satisfies all its splits
there, and for each split from the root down to the leaves whether the row goes left. A group of few bits can be
tabulated, one entry a pattern of bits.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halflife.models.explain.compiled import compiled
from halflife.models.explain.forest import Forest, Ints
from halflife.models.explain.leaf_tables import Groups, room, trimmed
from halflife.models.rows import Array

LIMIT = 8
"""Most bits of a tabulated group: with more there are fewer groups to look up and longer tables to fill. *Measured* on
2,000 rows and models of 200 × 31 and 500 × 63 leaves: 8 and 9 take about as long, 7 and 10 longer."""

DEEP = 7
"""Most splits in a group too deep for a table."""


class Tree(NamedTuple):
    """One tree while it is grouped. A node is a split 0 to m - 1 or a leaf m to 2m; arrays have one place a node.

    Attributes:
        split: its first split in the forest.
        leaf: its first leaf in the forest.
        m: its splits.
        up: the parent; -1 at the top.
        left: whether the node is its parent's left child.
        distinct: distinct features on the way to the node.
        share: of the parent's training rows, those that reach the node.
        root: whether a group has its root here.
        owner: the root of the group that takes a leaf here.
        bit: of a split, its bit in the group at hand; -1 when it lies outside.
        slot: of a feature, its slot in the group at hand; -2 before one is given, -1 when the group does not split on it.
        above: of a feature, its bit for the splits above the group's root; -1 without such.
    """

    split: int
    leaf: int
    m: int
    up: Ints
    left: Ints
    distinct: Ints
    share: Array
    root: npt.NDArray[np.bool_]
    owner: Ints
    bit: Ints
    slot: Ints
    above: Ints


def group(forest: Forest, features: int, limit: int = LIMIT, deep: int = DEEP) -> Groups:
    """Group the leaves of every tree.

    Args:
        features: how many the matrix has.
        limit: most bits of a group with a table.
        deep: most splits in a group without.
    """
    widest = 2 * int(np.diff(forest.leaf).max(initial=1))
    up, left, distinct, owner, bit = (np.zeros(widest, dtype=np.int64) for _ in range(5))
    slot, above = (np.zeros(features, dtype=np.int64) for _ in range(2))
    share, root = np.zeros(widest), np.zeros(widest, dtype=np.bool_)
    tree = Tree(0, 0, 0, up, left, distinct, share, root, owner, bit, slot, above)
    groups = room(int(path_lengths(forest, up)) + len(forest.value) + 1, forest.trees)
    fill(forest, tree, groups, limit, deep)
    return trimmed(groups)


@compiled
def path_lengths(forest: Forest, depth: Ints) -> int:
    """Splits on the way to each leaf, summed over all leaves: no array of `Groups` but the terms is longer."""
    total = 0
    for t in range(len(forest.split) - 1):
        depth[0] = 0
        for s in range(forest.split[t], forest.split[t + 1]):
            below = depth[s - forest.split[t]] + 1
            for child in (forest.left[s], forest.right[s]):
                if child >= 0:
                    depth[child] = below
                else:
                    total += below
    return total


@compiled
def _climb(forest: Forest, tree: Tree) -> None:
    """Find every node's parent, and what is counted along the way."""
    tree.up[0], tree.distinct[0] = -1, 0
    for v in range(tree.m):
        s = tree.split + v
        a = tree.up[v]
        while a >= 0 and forest.feature[tree.split + a] != forest.feature[s]:
            a = tree.up[a]
        for side in range(2):
            code = forest.left[s] if side == 1 else forest.right[s]
            child = code if code >= 0 else tree.m - 1 - code
            cover = forest.cover[tree.split + code] if code >= 0 else forest.leaf_cover[tree.leaf - 1 - code]
            tree.up[child], tree.left[child] = v, side
            tree.share[child] = cover / forest.cover[s] if forest.cover[s] > 0 else 0.0
            tree.distinct[child] = tree.distinct[v] + (a < 0)


@compiled
def _roots(forest: Forest, tree: Tree, limit: int, deep: int) -> None:
    """Mark the groups' roots, from the leaves up: what is open below two siblings is joined while it fits, else closed.

    Open leaves need ``distinct`` + ``size`` bits, their node's distinct features and the splits from it down to them.
    That never falls on the way up, so what is too deep for a table remains so and is kept apart from what is not.
    """
    m, distinct = tree.m, tree.distinct
    size, open_ = np.zeros(2 * m + 1, dtype=np.int64), np.zeros(2 * m + 1, dtype=np.bool_)
    open_[m:] = True
    tree.root[: 2 * m + 1] = False
    for v in range(m - 1, -1, -1):
        left, right = forest.left[tree.split + v], forest.right[tree.split + v]
        larger, other = left if left >= 0 else m - 1 - left, right if right >= 0 else m - 1 - right
        if size[larger] < size[other]:
            larger, other = other, larger
        for _ in range(2):
            is_deep = distinct[larger] + size[larger] > limit
            total = 1 + size[larger]
            if open_[other] and is_deep == (distinct[other] + size[other] > limit):
                total += size[other]
            closes = (open_[other] and total == 1 + size[larger] and is_deep) and distinct[other] + size[other] <= limit
            closes = closes or (total > deep if is_deep else distinct[v] + total > limit)
            if open_[larger] and closes:
                tree.root[larger], open_[larger], size[larger] = True, False, 0
            larger, other = other, larger
        open_[v] = open_[larger] or open_[other]
        size[v] = open_[v] + size[larger] + size[other]
    tree.root[0] = tree.root[0] or open_[0]


@compiled
def _add_edge(groups: Groups, split: int, left: int) -> None:
    """One more split for the bit that is being made."""
    at = groups.used[2]
    groups.edge[at], groups.edge_left[at] = split, left
    groups.used[2] += 1


@compiled
def _add_bit(groups: Groups) -> int:
    """End the bit that is being made; its position in the group."""
    groups.used[1] += 1
    groups.edge_end[groups.used[1]] = groups.used[2]
    return int(groups.used[1] - 1 - groups.bit_end[groups.used[0]])


@compiled
def _add_slot(groups: Groups, feature: int, ratio: float) -> int:
    """One more feature for the group that is being made; its slot."""
    at = groups.used[3]
    groups.slot_feature[at], groups.slot_ratio[at] = feature, ratio
    groups.used[3] += 1
    return int(at - groups.slot_end[groups.used[0]])


@compiled
def _inside(forest: Forest, tree: Tree, r: int, first: int, last: int) -> None:
    """Mark the splits between root ``r`` and its leaves, and their features."""
    tree.bit[: tree.m], tree.slot[:], tree.above[:] = -1, -1, -1
    for leaf in range(first, last):
        v = leaf
        while tree.owner[leaf] == r and v != r:
            v = tree.up[v]
            tree.bit[v] = 0
            tree.slot[forest.feature[tree.split + v]] = -2


@compiled
def _path_bits(forest: Forest, tree: Tree, groups: Groups, r: int, inside: bool) -> None:
    """A bit for each feature split above root ``r``: those that the group splits again (``inside``), or those it does not."""
    x = r
    while tree.up[x] >= 0:
        f = forest.feature[tree.split + tree.up[x]]
        if tree.above[f] < 0 and (tree.slot[f] == -2) == inside:
            y, ratio = x, 1.0
            while tree.up[y] >= 0:
                if forest.feature[tree.split + tree.up[y]] == f:
                    _add_edge(groups, tree.up[y], tree.left[y])
                    ratio *= tree.share[y]
                y = tree.up[y]
            tree.above[f] = _add_bit(groups)
            if not inside:
                tree.slot[f] = _add_slot(groups, f, ratio)
        x = tree.up[x]


@compiled
def _split_bits(forest: Forest, tree: Tree, groups: Groups) -> None:
    """A bit for each split of the group, and slots for their features."""
    for v in range(tree.m):
        if tree.bit[v] == 0:
            _add_edge(groups, v, 1)
            tree.bit[v] = _add_bit(groups)
            f = forest.feature[tree.split + v]
            if tree.slot[f] == -2:
                tree.slot[f] = _add_slot(groups, f, 1.0)


@compiled
def _factors(forest: Forest, tree: Tree, groups: Groups, leaf: int) -> None:
    """A factor for each feature on a leaf's path that the group splits on, with the bits that say whether it is satisfied."""
    path = groups.path[groups.used[0]]
    x = leaf
    while tree.up[x] >= 0:
        f = forest.feature[tree.split + tree.up[x]]
        y = leaf
        while forest.feature[tree.split + tree.up[y]] != f:
            y = tree.up[y]
        if y == x and tree.slot[f] >= path:
            ratio = 1.0
            if tree.above[f] >= 0:
                _add_term(groups, tree.above[f], 1)
            while tree.up[y] >= 0:
                v = tree.up[y]
                if forest.feature[tree.split + v] == f:
                    ratio *= tree.share[y]
                    if tree.bit[v] >= 0:
                        _add_term(groups, tree.bit[v], tree.left[y])
                y = v
            at = groups.used[5]
            groups.factor_slot[at], groups.factor_ratio[at] = tree.slot[f], ratio
            groups.used[5] += 1
            groups.term_end[at + 1] = groups.used[6]
        x = tree.up[x]


@compiled
def _add_term(groups: Groups, bit: int, needed: int) -> None:
    """One more bit for the factor that is being made."""
    at = groups.used[6]
    groups.term_bit[at], groups.term_is[at] = bit, needed
    groups.used[6] += 1


@compiled
def _add_group(forest: Forest, tree: Tree, groups: Groups, r: int, limit: int) -> None:
    """The group of root ``r``."""
    first, last = (r, r + 1) if r >= tree.m else (tree.m, 2 * tree.m + 1)
    _inside(forest, tree, r, first, last)
    _path_bits(forest, tree, groups, r, False)
    g = groups.used[0]
    groups.path[g] = groups.used[3] - groups.slot_end[g]
    _path_bits(forest, tree, groups, r, True)
    _split_bits(forest, tree, groups)
    longest = 0
    for leaf in range(first, last):
        if tree.owner[leaf] == r:
            longest = max(longest, tree.distinct[leaf])
            _factors(forest, tree, groups, leaf)
            at = groups.used[4]
            groups.member_value[at] = forest.value[tree.leaf + leaf - tree.m]
            groups.used[4] += 1
            groups.factor_end[at + 1] = groups.used[5]
    bits, slots = groups.used[1] - groups.bit_end[g], groups.used[3] - groups.slot_end[g]
    groups.points[g], groups.size[g] = (longest + 1) // 2, slots << bits if bits <= limit else 0
    groups.used[0] += 1
    groups.bit_end[g + 1], groups.slot_end[g + 1] = groups.used[1], groups.used[3]
    groups.member_end[g + 1] = groups.used[4]


@compiled
def fill(forest: Forest, tree: Tree, groups: Groups, limit: int, deep: int) -> None:
    """Fill ``groups``; ``tree`` is room to work in."""
    for t in range(len(forest.split) - 1):
        one = Tree(
            forest.split[t],
            forest.leaf[t],
            forest.split[t + 1] - forest.split[t],
            tree.up,
            tree.left,
            tree.distinct,
            tree.share,
            tree.root,
            tree.owner,
            tree.bit,
            tree.slot,
            tree.above,
        )
        if one.m > 0:
            _climb(forest, one)
            _roots(forest, one, limit, deep)
            one.owner[0] = 0
            for x in range(1, 2 * one.m + 1):
                one.owner[x] = x if one.root[x] else one.owner[one.up[x]]
            for r in range(2 * one.m + 1):
                if one.root[r]:
                    _add_group(forest, one, groups, r, limit)
        groups.group_end[t + 1] = groups.used[0]
