"""Recipes as labelled dots between two goods, with error bars, as inline SVG coloured by the page's style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 460, 330
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 16, 44
LETTER = 7.6
"""Width of a letter of a label, about; more for an m."""
LINE = 13


@dataclass(frozen=True)
class Dot:
    """One recipe.

    Attributes:
        x: value, lower and upper end; an end that is infinite is drawn as an arrow to the edge.
        y: the same.
        open: the value is only a lower bound: drawn hollow.
        first: what the others are compared with: drawn in another colour.
    """

    name: str
    x: tuple[float, float, float]
    y: tuple[float, float, float]
    open: bool = False
    first: bool = False


@dataclass(frozen=True)
class Axis:
    """From values to points along one side of the drawing.

    >>> axis = Axis.over([0.0, 1.0], 100, 200)
    >>> axis.at(0.5), axis.ticks
    (150.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """

    least: float
    most: float
    begin: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], begin: float, end: float) -> "Axis":
        """An axis on which all values that are finite can be seen, with a little room on both sides."""
        there = [value for value in values if isfinite(value)]
        least, most = min(there, default=0.0), max(there, default=1.0)
        room = 0.06 * (most - least) or 0.1 * abs(most) or 1.0
        return cls(least - room, most + room, begin, end)

    def at(self, value: float) -> float:
        """The point of a value; what is outside goes to the edge."""
        share = (min(max(value, self.least), self.most) - self.least) / (self.most - self.least)
        return round(self.begin + share * (self.end - self.begin), 1)

    @property
    def ticks(self) -> list[float]:
        """Round values, at most seven."""
        reach = self.most - self.least
        step = 10.0 ** floor(log10(reach / 4))
        step *= next(factor for factor in (1, 2, 5, 10) if reach / (step * factor) <= 6)
        first = floor(self.least / step) + 1
        digits = max(0, -floor(log10(step)))
        return [round(k * step, digits) + 0.0 for k in range(first, floor(self.most / step) + 1)]


def tradeoff(dots: Sequence[Dot], *, x: str, y: str, label: str) -> Markup:
    """The drawing.

    Args:
        dots: in the order in which they are drawn.
        x: what goes to the right.
        y: what goes up.
        label: what is drawn, for readers who cannot see it.
    """
    across = Axis.over([value for dot in dots for value in dot.x], LEFT, WIDTH - RIGHT)
    upwards = Axis.over([value for dot in dots for value in dot.y], HEIGHT - BOTTOM, TOP)
    parts = [_axes(across, upwards, x, y)]
    taken: list[tuple[float, float, float, float]] = [
        (across.at(d.x[0]) - 5, upwards.at(d.y[0]) - 5, across.at(d.x[0]) + 5, upwards.at(d.y[0]) + 5) for d in dots
    ]
    parts += [_bars(dot, across, upwards) for dot in dots]
    for dot in dots:
        parts.append(_mark(dot, across, upwards, taken))
    return Markup(
        '<svg class="tradeoff" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
    ).format(WIDTH, HEIGHT, WIDTH, HEIGHT, label) + Markup("".join(parts) + "</svg>")  # noqa: S704 - parts are escaped


def _axes(across: Axis, upwards: Axis, x: str, y: str) -> str:
    bottom = HEIGHT - BOTTOM
    parts = [f'<path class="axis" d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}"/>']
    if upwards.least < 0 < upwards.most:
        parts.append(f'<path class="even" d="M{LEFT} {upwards.at(0)}H{WIDTH - RIGHT}"/>')
    parts += [f'<text x="{across.at(t)}" y="{bottom + 16}" text-anchor="middle">{t:g}</text>' for t in across.ticks] + [
        f'<text x="{LEFT - 6}" y="{upwards.at(t) + 4}" text-anchor="end">{t:g}</text>' for t in upwards.ticks
    ]
    middle = (TOP + bottom) / 2
    return "".join(parts) + (
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>'
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">{escape(y)}</text>'
    )


def _bars(dot: Dot, across: Axis, upwards: Axis) -> str:
    x, y = across.at(dot.x[0]), upwards.at(dot.y[0])
    kind = "bar first" if dot.first else "bar"
    return (
        f'<path class="{kind}" d="M{across.at(dot.x[1])} {y}H{across.at(dot.x[2])}'
        f'M{x} {upwards.at(dot.y[1])}V{upwards.at(dot.y[2])}"/>'
    )


def _mark(dot: Dot, across: Axis, upwards: Axis, taken: list[tuple[float, float, float, float]]) -> str:
    """The dot and its name, where the name covers neither another name nor another dot."""
    x, y = across.at(dot.x[0]), upwards.at(dot.y[0])
    wide = LETTER * len(dot.name)
    places = [(x + 8, y - 6), (x - 8 - wide, y - 6), (x + 8, y + 14), (x - 8 - wide, y + 14)]
    places += [(x + 8, y - 6 - LINE * k) for k in (1, 2)] + [(x + 8, y + 14 + LINE * k) for k in (1, 2)]
    inside = [p for p in places if p[0] > LEFT and p[0] + wide < WIDTH and TOP < p[1] < HEIGHT - BOTTOM] or places
    free = [p for p in inside if not any(_meet(_box(p, wide), other) for other in taken)]
    left, base = (free or inside)[0]
    taken.append(_box((left, base), wide))
    kind = " ".join(word for word, on in (("dot", True), ("open", dot.open), ("first", dot.first)) if on)
    return (
        f'<circle class="{kind}" cx="{x}" cy="{y}" r="4"/>'
        f'<text class="name" x="{left:g}" y="{base:g}">{escape(dot.name)}</text>'
    )


def _box(place: tuple[float, float], wide: float) -> tuple[float, float, float, float]:
    return place[0], place[1] - LINE + 3, place[0] + wide, place[1] + 2


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
