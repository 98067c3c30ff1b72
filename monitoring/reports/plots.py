"""Small drawings as inline SVG: no script, no network, a few kilobytes each, coloured by the page's own style sheet."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from models.domain import Status
from models.half_life import HalfLife
from monitoring.reports.words import retrains

COLOURS: Mapping[Status, str] = {
    Status.HOLDS: "#b9d3e6",
    Status.WEAKENED: "#ecd98a",
    Status.UNCLEAR: "#d3d2cd",
    Status.STALE: "#e8863a",
    Status.REVERSED: "#9b2350",
    Status.UNTESTABLE: "#f1f0ec",
}
"""Blue to yellow to orange to purple: distinct in lightness, so also to colour-blind readers and on paper."""

WIDTH, HEIGHT = 300, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 30


def survival(half: HalfLife, horizon: float) -> Markup:
    """A survival curve with its band, the line of one half and the half-life.

    Args:
        half: with its curve.
        horizon: end of the axis, in retrains, so that curves side by side can be compared.
    """
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(age: float) -> float:
        return round(LEFT + across * min(age / horizon, 1.0), 1)

    def y(share: float) -> float:
        return round(TOP + down * (1 - share), 1)

    def steps(column: int) -> list[tuple[float, float]]:
        points = [(x(half.curve[0][0]), y(half.curve[0][column]))]
        for step in half.curve[1:]:
            points += [(x(step[0]), points[-1][1]), (x(step[0]), y(step[column]))]
        return points

    line, upper, lower = steps(1), steps(3), steps(2)
    ticks = _ticks(horizon)
    parts = [
        f'<path class="band" d="{_path([*upper, *reversed(lower)])}Z"/>',
        f'<path class="half" d="M{LEFT} {y(0.5)}H{WIDTH - RIGHT}"/>',
        f'<path class="axis" d="M{LEFT} {y(0)}H{WIDTH - RIGHT}"/>',
        f'<path class="curve" d="{_path(line)}"/>',
    ]
    parts += [
        f'<text x="{LEFT - 6}" y="{y(s) + 4}" text-anchor="end">{t}</text>' for s, t in ((1, "1"), (0.5, "½"), (0, "0"))
    ]
    parts += [f'<text x="{x(t)}" y="{HEIGHT - 12}" text-anchor="middle">{t}</text>' for t in ticks]
    # A half-life from an assumed rate is no point of the curve.
    if half.median is not None and half.method == "kaplan-meier":
        parts.append(f'<circle class="mark" cx="{x(half.median)}" cy="{y(0.5)}" r="3.5"/>')
    label = f"Survival of {half.n} findings about {half.kind}, {half.deaths} gone stale; half-life {retrains(half)} retrains"
    return _svg(WIDTH, HEIGHT, label, parts, "survival")


def strip(counts: Mapping[int, Mapping[Status, int]], label: str, *, cell: int = 24, height: int = 40) -> Markup:
    """One stacked bar a version: the share of its findings in each status, worst at the bottom.

    Args:
        counts: version number -> status -> how many.
        label: what is counted, for readers who cannot see it.
        cell: width of a version.
        height: of a full bar.
    """
    order = [Status.REVERSED, Status.STALE, Status.UNCLEAR, Status.UNTESTABLE, Status.WEAKENED, Status.HOLDS]
    parts = []
    for j, (number, by) in enumerate(counts.items()):
        total, base = sum(by.values()), float(height)
        said = ", ".join(f"{by[s]} {s}" for s in reversed(order) if by[s])
        bars = []
        for status in order:
            if by[status]:
                tall = height * by[status] / total
                base -= tall
                bars.append(
                    f'<rect class="f-{status}" x="{j * cell}" y="{base:.1f}" width="{cell - 2}" height="{tall:.1f}"/>'
                )
        if bars:
            parts.append(f"<g><title>v{number}: {escape(said)}</title>{''.join(bars)}</g>")
    return _svg(max(1, len(counts)) * cell, height, label, parts, "strip")


def _ticks(horizon: float) -> list[int]:
    """At most six whole numbers from 0 to the horizon."""
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if horizon / s <= 6), 200)
    return list(range(0, int(horizon) + 1, step))


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _svg(width: int, height: int, label: str, parts: Sequence[str], kind: str) -> Markup:
    """Numbers and our own words only; ``label`` is escaped, and so is any text inside ``parts``."""
    return Markup('<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">').format(
        kind, width, height, width, height, label
    ) + Markup("".join(parts) + "</svg>")  # noqa: S704
