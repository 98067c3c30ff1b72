"""What is known of each group of leaves, in arrays that machine code reads."""

from typing import NamedTuple

import numpy as np

from halflife.models.explain.forest import Ints
from halflife.models.rows import Array


class Groups(NamedTuple):
    """Groups, group after group. An array ``x_end`` bounds the parts of its owner: owner i has x_end[i] to x_end[i + 1] - 1.

    Attributes:
        used: how many groups, bits, edges, slots, members, factors and terms there are.
        group_end: groups of each tree.
        bit_end: bits of each group; those of path features come first, in the order of their slots.
        edge_end: splits of each bit; it is 1 for rows that take all of them the given way.
        edge: the split, counted within the tree.
        edge_left: 1 when the given way is left.
        path: of each group, how many of its features are split above its root only: its path features.
        slot_end: features of each group, path features first.
        slot_feature: as the matrix counts them.
        slot_ratio: for a path feature, the product over its splits of the share of training rows that take the path.
        member_end: leaves of each group.
        member_value: raw score of the leaf.
        factor_end: of each leaf, the features on its path that are no path features.
        factor_slot: the feature's slot in the group.
        factor_ratio: the product over all its splits on the leaf's path of the share that takes the path.
        term_end: bits of each factor; a row whose bits are all as given satisfies the feature.
        term_bit: the bit, counted within the group.
        term_is: as which it is needed, 0 or 1.
        points: of each group, the quadrature points that make it exact: half its longest leaf's features, rounded up.
        size: of each group, the entries of its table, features × patterns; 0 when its bits are too many.
    """

    used: Ints
    group_end: Ints
    bit_end: Ints
    edge_end: Ints
    edge: Ints
    edge_left: Ints
    path: Ints
    slot_end: Ints
    slot_feature: Ints
    slot_ratio: Array
    member_end: Ints
    member_value: Array
    factor_end: Ints
    factor_slot: Ints
    factor_ratio: Array
    term_end: Ints
    term_bit: Ints
    term_is: Ints
    points: Ints
    size: Ints


PARTS = ("group", "bit", "edge", "slot", "member", "factor", "term")
"""What `Groups` counts in ``used``, in this order; a field whose name begins with one has a value each of them."""

OWNERS = {
    "bit_end": "group",
    "edge_end": "bit",
    "slot_end": "group",
    "member_end": "group",
    "factor_end": "member",
    "term_end": "factor",
    "path": "group",
    "points": "group",
    "size": "group",
}
"""The fields whose name does not say of what they have a value."""


def room(most: int, trees: int) -> Groups:
    """Arrays of zeros to be filled, for at most ``most`` parts of each sort and twice as many terms."""
    lengths = {name: 2 * most if name.startswith("term") else most for name in Groups._fields}
    lengths |= {"used": len(PARTS), "group_end": trees + 1}
    real = ("slot_ratio", "member_value", "factor_ratio")
    return Groups(*(np.zeros(length, dtype=float if name in real else np.int64) for name, length in lengths.items()))


def trimmed(groups: Groups) -> Groups:
    """Without the room that was not used."""
    count = dict(zip(PARTS, groups.used.tolist(), strict=True))

    def used(name: str) -> int | None:
        if name in ("used", "group_end"):
            return None
        return int(count[OWNERS.get(name, name.split("_")[0])]) + name.endswith("_end")

    return Groups(*(values[: used(name)].copy() for name, values in groups._asdict().items()))
