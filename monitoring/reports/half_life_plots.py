"""Survival beside noise alone, and staleness on arrival by kind, as inline SVG."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from halflife.models.half_life import Arrival, HalfLife
from halflife.monitoring.reports.plots import svg
from halflife.monitoring.survival.half_lives import ALL
from halflife.monitoring.wording.figures import percent, retrains

WIDTH, HEIGHT = 300, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 30
NAMES, PANEL, GAP, LINE = 150, 130, 24, 22
"""Of the plot of arrivals: room for names, a panel's width, the gap between panels, and a kind's height."""


def survival(half: HalfLife, horizon: float) -> Markup:
    """A survival curve with its band, the curve by noise alone, the line of one half and the half-life.

    Args:
        half: with its curve.
        horizon: end of the axis, in retrains, so that curves side by side can be compared.
    """
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(age: float) -> float:
        return round(LEFT + across * min(age / horizon, 1.0), 1)

    def y(share: float) -> float:
        return round(TOP + down * (1 - share), 1)

    def steps(line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        points = [(x(line[0][0]), y(line[0][1]))]
        for age, share in line[1:]:
            points += [(x(age), points[-1][1]), (x(age), y(share))]
        return points

    line, lower, upper = (steps([(step[0], step[column]) for step in half.curve]) for column in (1, 2, 3))
    parts = [
        f'<path class="band" d="{_path([*upper, *reversed(lower)])}Z"/>',
        f'<path class="half" d="M{LEFT} {y(0.5)}H{WIDTH - RIGHT}"/>',
        f'<path class="axis" d="M{LEFT} {y(0)}H{WIDTH - RIGHT}"/>',
    ]
    if half.alone is not None:
        noise = steps([(age, share) for age, share, _ in half.alone.curve])
        parts.append(f'<path class="noise" d="{_path(noise)}"/>')
    parts.append(f'<path class="curve" d="{_path(line)}"/>')
    parts += [
        f'<text x="{LEFT - 6}" y="{y(s) + 4}" text-anchor="end">{t}</text>' for s, t in ((1, "1"), (0.5, "½"), (0, "0"))
    ]
    parts += [f'<text x="{x(t)}" y="{HEIGHT - 12}" text-anchor="middle">{t}</text>' for t in _ticks(horizon)]
    # A half-life from an assumed rate is no point of the curve.
    if half.median is not None and half.method == "kaplan-meier":
        parts.append(f'<circle class="mark" cx="{x(half.median)}" cy="{y(0.5)}" r="3.5"/>')
    label = f"Survival of {half.n} findings about {half.kind}, {half.deaths} gone stale; half-life {retrains(half)} retrains"
    if half.alone is not None:
        last, share, _ = half.alone.curve[-1]
        label += f"; by noise alone {percent(share)} would be left after {last:.0f}"
    return svg(WIDTH, HEIGHT, label, parts, "survival")


def on_arrival(half_lives: Sequence[HalfLife], lengths: Sequence[int]) -> Markup:
    """A row for each kind, a panel for each length of an investigation: the share gone stale when it ends.

    A dot with its 95 % interval is what was seen, an upright stroke what noise alone would do.

    Args:
        half_lives: of all kinds.
        lengths: of an investigation, in retrains.
    """
    height, width = 34 + LINE * len(half_lives) + 22, NAMES + len(lengths) * (PANEL + GAP)
    bottom, parts = 34 + LINE * len(half_lives), list[str]()
    for panel, length in enumerate(lengths):
        left = NAMES + panel * (PANEL + GAP)
        word = "retrain" if length == 1 else "retrains"
        parts.append(f'<text class="name" x="{left}" y="18">after {length} {word}</text>')
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
            at = left + PANEL * share
            parts.append(f'<path class="grid" d="M{at:g} 28V{bottom}"/>')
            parts.append(f'<text x="{at:g}" y="{bottom + 15}" text-anchor="{anchor}">{percent(share)}</text>')
    for row, half in enumerate(half_lives):
        middle = 34 + LINE * row + LINE / 2
        total = half.kind == ALL
        name = escape("all findings" if total else half.kind)
        parts.append(f'<text class="name{" total" if total else ""}" x="0" y="{middle + 4:g}">{name}</text>')
        known = {arrival.retrains: arrival for arrival in half.arrival}
        for panel, length in enumerate(lengths):
            if length in known:
                parts += _dot(known[length], NAMES + panel * (PANEL + GAP), middle, str(name))
    return svg(
        width, height, "Conclusions gone stale when an investigation ends, by kind and length", parts, "arrivals"
    )


def _dot(arrival: Arrival, left: float, middle: float, name: str) -> list[str]:
    def x(share: float) -> float:
        return round(left + PANEL * share, 1)

    said = f"{name}: {percent(arrival.stale)} stale [{arrival.lower * 100:.0f}, {arrival.upper * 100:.0f}]"
    noise = arrival.noise
    if noise is not None:
        said += f", by noise alone {percent(noise)}"
    parts = [
        f"<g><title>{said}</title>",
        f'<path class="reach" d="M{x(arrival.lower)} {middle:g}H{x(arrival.upper)}"/>',
    ]
    if noise is not None:
        parts.append(f'<path class="noise" d="M{x(noise)} {middle - 7:g}v14"/>')
    return [*parts, f'<circle class="dot" cx="{x(arrival.stale)}" cy="{middle:g}" r="4"/></g>']


def _ticks(horizon: float) -> list[int]:
    """At most six whole numbers from 0 to the horizon."""
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if horizon / s <= 6), 200)
    return list(range(0, int(horizon) + 1, step))


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
