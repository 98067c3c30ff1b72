"""The attributions themselves: quadrature over patterns of bits, and tables of what it gives.

For one leaf of value v and one row the attribution of feature j is

    v · ∫₀¹ (oⱼ − zⱼ) · ∏_{k ≠ j} ((1 − t) zₖ + t oₖ) dt

where k runs over the distinct features on the leaf's path, oₖ is 1 if the row satisfies all splits on k and else 0, and zₖ
is the share of training rows those splits keep. The integrand is a polynomial of degree u − 1 for u features, so that
⌈u/2⌉ Gauss-Legendre points are exact. Features the row does not satisfy share one value, −v ∫ ∏ₖ(…) / (1 − t) dt; no
denominator is ever 0 inside (0, 1).

Source: Wettenstein, Mitchell, Yu, "Quadrature-TreeSHAP", arXiv 2605.04497, 2026; grouping and tables are our own.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from halflife.models.explain.compiled import compiled
from halflife.models.explain.forest import BELOW, BELOW_NOT_ZERO, IN_SET, NOT_ABOVE_OR_ZERO, Forest, Ints
from halflife.models.explain.leaf_tables import Groups
from halflife.models.rows import Array

Bits = npt.NDArray[np.uint8]

LANES = 256
"""Rows or patterns that are integrated at a time."""

ROWS = 512
"""Rows that are taken through all trees at a time; a multiple of ``LANES``."""


class Rule(NamedTuple):
    """Gauss-Legendre quadrature on (0, 1): the points and weights of K points begin at K (K - 1) / 2."""

    nodes: Array
    weights: Array


class Tables(NamedTuple):
    """What groups contribute, one entry a pattern of their bits.

    Attributes:
        first: the first group that is held.
        start: for every group of the forest, the entries before it.
        entries: of the groups held; feature k of group g begins at ``start[g] - start[first] + (k << bits)``.
    """

    first: int
    start: Ints
    entries: Array


@compiled
def _decide(forest: Forest, s: int, x: Array, goes_left: Bits) -> None:
    """Which rows go left at split ``s``; ``x`` is its feature, shape (n,), with what is nearly 0 set to 0."""
    rule, cut, n = forest.rule[s], forest.threshold[s], len(x)
    if rule == IN_SET:
        word, end = forest.word[s], 32.0 * forest.words[s]
        for i in range(n):
            category = int(x[i]) if -1.0 < x[i] < end else -1
            goes_left[i] = forest.sets[word + (category >> 5)] >> (category & 31) & 1 if category >= 0 else 0
    elif rule in (BELOW, BELOW_NOT_ZERO):
        for i in range(n):
            goes_left[i] = x[i] <= cut
    else:
        for i in range(n):
            goes_left[i] = not x[i] > cut
    if rule in (BELOW_NOT_ZERO, NOT_ABOVE_OR_ZERO):
        for i in range(n):
            goes_left[i] = rule == NOT_ABOVE_OR_ZERO if x[i] == 0.0 else goes_left[i]


@compiled
def _fill(values: Array, value: float, n: int) -> None:
    """Set the first ``n`` values."""
    for i in range(n):
        values[i] = value


@compiled
def _multiply(rule: Rule, at: int, points: int, ratio: float, o: Array, product: Array, n: int) -> None:
    """Multiply the factor (1 - t) ratio + t o into ``product``, shape (points, LANES)."""
    for q in range(points):
        t = rule.nodes[at + q]
        off = (1.0 - t) * ratio
        for i in range(n):
            product[q, i] *= off + t * o[i]


@compiled
def _unsatisfied(rule: Rule, at: int, points: int, product: Array, off: Array, n: int) -> None:
    """What every feature gets whose splits the row does not satisfy."""
    _fill(off, 0.0, n)
    for q in range(points):
        c = -1.0 / (1.0 - rule.nodes[at + q])
        for i in range(n):
            off[i] += product[q, i] * c


@compiled
def _attribute(
    rule: Rule, at: int, points: int, ratio: float, o: Array, product: Array, off: Array, on: Array, into: Array, n: int
) -> None:
    """Add to ``into`` what one feature gets: ``off`` where ``o`` is 0; where it is 1 its own factor is divided out."""
    _fill(on, 0.0, n)
    for q in range(points):
        t = rule.nodes[at + q]
        c = (1.0 - ratio) / (t + (1.0 - t) * ratio)
        for i in range(n):
            on[i] += product[q, i] * c
    for i in range(n):
        into[i] += on[i] if o[i] > 0.0 else off[i]


@compiled
def _and(bit: Bits, low: int, flip: int, o: Array, n: int, first: bool) -> None:
    """``o`` becomes the ``bit`` of the patterns from ``low`` on, or with ``flip`` its opposite; unless ``first``, where it was 1."""
    if first:
        _fill(o, 1.0, n)
    for i in range(n):
        o[i] *= bit[low + i] ^ np.uint8(flip)


@compiled
def _integrate(groups: Groups, g: int, rule: Rule, bits: Bits, low: int, n: int, out: Array, room: Array) -> None:  # noqa: C901 - loops, which functions of their own would slow down
    """Attributions of the features of group ``g``, for ``n`` patterns of its bits from ``low`` on.

    Args:
        bits: shape (bits of the group, ``ROWS``).
        n: at most ``LANES``.
        out: overwritten, shape (features of the group, ``LANES``).
        room: to work in, shape (3 points + features + 2, ``LANES``).
    """
    points, slot, path = groups.points[g], groups.slot_end[g], groups.path[g]
    at = points * (points - 1) // 2
    above, total, product = room[:points], room[points : 2 * points], room[2 * points : 3 * points]
    off, on, satisfied = room[3 * points], room[3 * points + 1], room[3 * points + 2 :]
    for k in range(groups.slot_end[g + 1] - slot):
        _fill(out[k], 0.0, n)
    for q in range(points):
        w = rule.weights[at + q]
        for i in range(n):
            total[q, i], above[q, i] = 0.0, w
    for k in range(path):
        _and(bits[k], low, 0, satisfied[k], n, True)
        _multiply(rule, at, points, groups.slot_ratio[slot + k], satisfied[k], above, n)
    for leaf in range(groups.member_end[g], groups.member_end[g + 1]):
        first, last = groups.factor_end[leaf], groups.factor_end[leaf + 1]
        value = groups.member_value[leaf]
        for q in range(points):
            for i in range(n):
                product[q, i] = value * above[q, i]
        for f in range(first, last):
            o = satisfied[path + f - first]
            for term in range(groups.term_end[f], groups.term_end[f + 1]):
                _and(bits[groups.term_bit[term]], low, 1 - groups.term_is[term], o, n, term == groups.term_end[f])
            _multiply(rule, at, points, groups.factor_ratio[f], o, product, n)
        for q in range(points):
            for i in range(n):
                total[q, i] += product[q, i]
        _unsatisfied(rule, at, points, product, off, n)
        for f in range(first, last):
            o, into = satisfied[path + f - first], out[groups.factor_slot[f]]
            _attribute(rule, at, points, groups.factor_ratio[f], o, product, off, on, into, n)
    _unsatisfied(rule, at, points, total, off, n)
    for k in range(path):
        _attribute(rule, at, points, groups.slot_ratio[slot + k], satisfied[k], total, off, on, out[k], n)


@compiled
def _room(groups: Groups) -> tuple[Bits, Array, Array]:
    """Room for the bits, attributions and work of the widest group."""
    bits = features = points = 1
    for g in range(len(groups.path)):
        bits = max(bits, groups.bit_end[g + 1] - groups.bit_end[g])
        features = max(features, groups.slot_end[g + 1] - groups.slot_end[g])
        points = max(points, groups.points[g])
    return (
        np.empty((bits, ROWS), dtype=np.uint8),
        np.empty((features, LANES)),
        np.empty((3 * points + features + 2, LANES)),
    )


@compiled
def tabulate(groups: Groups, rule: Rule, first: int, last: int, tables: Tables) -> None:
    """Fill the tables of groups ``first`` to ``last`` (exclusive)."""
    bits, out, room = _room(groups)
    for g in range(first, last):
        b = groups.bit_end[g + 1] - groups.bit_end[g]
        patterns = 1 << b if groups.size[g] > 0 else 0
        for low in range(0, patterns, LANES):
            n = min(LANES, patterns - low)
            for k in range(b):
                for i in range(n):
                    bits[k, i] = (low + i) >> k & 1
            _integrate(groups, g, rule, bits, 0, n, out, room)
            for k in range(groups.slot_end[g + 1] - groups.slot_end[g]):
                to = tables.start[g] - tables.start[tables.first] + k * patterns + low
                for i in range(n):
                    tables.entries[to + i] = out[k, i]


@compiled
def _read_bits(groups: Groups, g: int, goes_left: Bits, bits: Bits, n: int) -> None:
    """The bits of group ``g`` for ``n`` rows, from the way they go at every split of the tree."""
    first = groups.bit_end[g]
    for b in range(first, groups.bit_end[g + 1]):
        bit = bits[b - first]
        for i in range(n):
            bit[i] = 1
        for e in range(groups.edge_end[b], groups.edge_end[b + 1]):
            left, flip = goes_left[groups.edge[e]], np.uint8(1 - groups.edge_left[e])
            for i in range(n):
                bit[i] &= left[i] ^ flip


@compiled
def _look_up(
    groups: Groups, g: int, tables: Tables, bits: Bits, row: int, n: int, pattern: npt.NDArray[np.uint16], phi: Array
) -> None:
    """Add the table entries of group ``g`` to the attributions of ``n`` rows from ``row`` on."""
    b, slot = groups.bit_end[g + 1] - groups.bit_end[g], groups.slot_end[g]
    for i in range(n):
        pattern[i] = 0
    for k in range(b):
        shift, bit = np.uint16(k), bits[k]
        for i in range(n):
            pattern[i] |= np.uint16(bit[i]) << shift
    for k in range(slot, groups.slot_end[g + 1]):
        begin = tables.start[g] - tables.start[tables.first] + (k - slot << b)
        into, table = phi[groups.slot_feature[k], row : row + n], tables.entries[begin:]
        for i in range(n):
            into[i] += table[pattern[i]]


@compiled
def explain(
    forest: Forest,
    groups: Groups,
    rule: Rule,
    tables: Tables,
    trees: tuple[int, int],
    columns: Array,
    rows: tuple[int, int],
    phi: Array,
) -> None:
    """Add what trees ``trees[0]`` to ``trees[1]`` (exclusive) contribute to rows ``rows[0]`` to ``rows[1]``.

    Args:
        columns: features, shape (p, n).
        phi: attributions, shape (p, n).
    """
    bits, out, room = _room(groups)
    splits = 1
    for t in range(trees[0], trees[1]):
        splits = max(splits, forest.split[t + 1] - forest.split[t])
    goes_left = np.empty((splits, ROWS), dtype=np.uint8)
    pattern = np.empty(ROWS, dtype=np.uint16)
    for row in range(rows[0], rows[1], ROWS):
        n = min(ROWS, rows[1] - row)
        for t in range(trees[0], trees[1]):
            for s in range(forest.split[t], forest.split[t + 1]):
                _decide(forest, s, columns[forest.feature[s], row : row + n], goes_left[s - forest.split[t]])
            for g in range(groups.group_end[t], groups.group_end[t + 1]):
                _read_bits(groups, g, goes_left, bits, n)
                if groups.size[g] > 0:
                    _look_up(groups, g, tables, bits, row, n, pattern, phi)
                    continue
                for low in range(0, n, LANES):
                    lanes, slot = min(LANES, n - low), groups.slot_end[g]
                    _integrate(groups, g, rule, bits, low, lanes, out, room)
                    for k in range(slot, groups.slot_end[g + 1]):
                        into, j = groups.slot_feature[k], row + low
                        for i in range(lanes):
                            phi[into, j + i] += out[k - slot, i]
