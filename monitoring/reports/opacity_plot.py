"""The gap that one training row makes, tree by tree, on log axes: as inline SVG and as characters."""

from itertools import pairwise
from math import exp, floor, log, log10

from markupsafe import Markup, escape

from halflife.models.opacity import Sensitivity

WIDTH, HEIGHT = 460, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 40
DECADES = 5
"""Shown below the highest value, at most: a gap a hundred thousand times smaller is no gap to see."""


def points(sensitivity: Sensitivity) -> list[tuple[int, float]]:
    """(tree, gap) of the curve where there is a gap at all, `DECADES` below its highest at the lowest."""
    least = max(sensitivity.distance, default=0.0) / 10**DECADES
    return [(m, d) for m, d in zip(sensitivity.trees, sensitivity.distance, strict=True) if d > least]


def curve(sensitivity: Sensitivity) -> Markup:
    """The curve, those of single rows behind it, and the gap to a model of other rows as a line across.

    Empty with fewer than two points.
    """
    found = points(sensitivity)
    if len(found) < 2:
        return Markup()
    single = [[(m, d) for m, d in zip(sensitivity.trees, gaps, strict=True) if d > 0] for gaps in sensitivity.each]
    single = [
        [(m, max(d, sensitivity.distance[-1] / 10**DECADES)) for m, d in row if m >= found[0][0]] for row in single
    ]
    (left, right), (low, high) = _axes(found, sensitivity.fresh, [d for row in single for _, d in row])

    def x(tree: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * log(tree / left) / log(right / left), 1)

    def y(gap: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * log(high / gap) / log(high / low), 1)

    parts = []
    for decade in range(round(log10(low)), round(log10(high)) + 1):
        parts.append(f'<path class="grid" d="M{LEFT} {y(10.0**decade)}H{WIDTH - RIGHT}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(10.0**decade) + 3.5}" text-anchor="end">{_plain(10.0**decade)}</text>'
        )
    parts += [f'<text x="{x(t)}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{t}</text>' for t in _ticks(found)]
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 6}" text-anchor="middle">trees</text>')
    if sensitivity.fresh:
        at = y(sensitivity.fresh)
        parts.append(f'<path class="fresh" d="M{LEFT} {at}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT + 6}" y="{at + 13:g}">all rows replaced: {sensitivity.fresh:.2g}</text>')
    for name, line in [*(("single", row) for row in single if row), ("curve", found)]:
        parts.append(f'<path class="{name}" d="M{"L".join(f"{x(m):g} {y(d):g}" for m, d in line)}"/>')
    parts += [
        f'<circle class="point" cx="{x(m):g}" cy="{y(d):g}" r="2.6"><title>tree {m}: {d:.2g}</title></circle>'
        for m, d in found
    ]
    parts.append(
        f'<text class="one" x="{x(right):g}" y="{HEIGHT - BOTTOM - 8}" text-anchor="end">'
        f"one row left out: {found[-1][1]:.2g}</text>"
    )
    label = (
        f"Gap of raw scores that one training row makes, in log-odds, from {found[0][1]:.2g} after tree {found[0][0]}"
        f" to {found[-1][1]:.2g} after tree {found[-1][0]}"
    )
    return Markup('<svg class="opacity-curve" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, HEIGHT, escape(label)
    ) + Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers and our own words only


def chart(sensitivity: Sensitivity, width: int = 48, height: int = 9) -> list[str]:
    """The same as lines of text, the curve as ●, the gap to a model of other rows as ╌; none with fewer than two points.

    >>> for line in chart(Sensitivity((1, 10, 100), (0.001, 0.01, 0.1), 5, fresh=0.3), width=21, height=4):
    ...     print(line.rstrip())
          0.3 ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  all rows replaced: 0.3
              │             ●●●●●●●●  one row left out: 0.1
              │     ●●●●●●●●
        0.001 ┤●●●●●
               1  2   5  10 20   100  trees
    """
    found = points(sensitivity)
    if len(found) < 2:
        return []
    gaps = [d for _, d in found] + ([sensitivity.fresh] if sensitivity.fresh else [])
    low, high, first, last = min(gaps), max(gaps), found[0][0], found[-1][0]

    def row(gap: float) -> int:
        return round((height - 1) * log(high / gap) / log(high / low)) if high > low else 0

    grid = [[" "] * width for _ in range(height)]
    notes: dict[int, list[str]] = {}
    if sensitivity.fresh:
        grid[row(sensitivity.fresh)] = ["╌"] * width
        notes.setdefault(row(sensitivity.fresh), []).append(f"all rows replaced: {sensitivity.fresh:.2g}")
    for column in range(width):
        tree = first * exp(log(last / first) * column / (width - 1))
        grid[row(_between(found, tree))][column] = "●"
    notes.setdefault(row(found[-1][1]), []).append(f"one row left out: {found[-1][1]:.2g}")
    labels = {0: high, height - 1: low}
    lines = [
        f"{labels[i]:>9.2g} ┤{''.join(cells)}" if i in labels else f"{'':>9} │{''.join(cells)}"
        for i, cells in enumerate(grid)
    ]
    lines = [f"{line}  {', '.join(notes[i])}" if i in notes else line for i, line in enumerate(lines)]
    return [*lines, f"{'':>11}{_scale(found, width)}  trees"]


def _between(found: list[tuple[int, float]], tree: float) -> float:
    """The curve at a tree, straight on log axes."""
    for (m, d), (after, grown) in pairwise(found):
        if tree <= after * (1 + 1e-9):
            return d * exp(log(grown / d) * log(max(tree / m, 1.0)) / log(after / m))
    return found[-1][1]


def _scale(found: list[tuple[int, float]], width: int) -> str:
    """The ticks below a chart; one that would touch its neighbour is left out."""
    first, last = found[0][0], found[-1][0]
    line = [" "] * (width + len(str(last)))
    for tick in (first, last, *_ticks(found)[1:-1]):
        at = round((width - 1) * log(tick / first) / log(last / first))
        at = at - len(str(tick)) + 1 if tick == last else at
        there = line[max(at - 1, 0) : at + len(str(tick)) + 1]
        if all(character == " " for character in there):
            line[at : at + len(str(tick))] = str(tick)
    return "".join(line).rstrip()


def _ticks(found: list[tuple[int, float]]) -> list[int]:
    """The first tree, the last, and the round numbers between that keep their distance."""
    first, last = found[0][0], found[-1][0]
    round_ones = [k * 10**power for power in range(7) for k in (1, 2, 5)]
    return [first, *(t for t in round_ones if first * 1.5 < t < last / 1.5), last]


def _axes(
    found: list[tuple[int, float]], fresh: float | None, others: list[float]
) -> tuple[tuple[int, int], tuple[float, float]]:
    """First and last tree; the decades around every gap."""
    gaps = [*(d for _, d in found), *([fresh] if fresh else []), *others]
    low, high = 10.0 ** floor(log10(min(gaps))), 10.0 ** -floor(-log10(max(gaps)))
    return (found[0][0], found[-1][0]), (low, high if high > low else 10 * low)


def _plain(value: float) -> str:
    """A power of ten without an exponent where it is short."""
    return f"{value:g}" if 1e-4 <= value <= 1e4 else f"10{str(round(log10(value))).translate(RAISED)}"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
