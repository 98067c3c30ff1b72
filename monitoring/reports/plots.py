"""Small drawings as inline SVG: no script, no network, a few kilobytes each, coloured by the page's own style sheet."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from halflife.models.domain import Status

COLOURS: Mapping[Status, str] = {
    Status.HOLDS: "#b9d3e6",
    Status.WEAKENED: "#ecd98a",
    Status.UNCLEAR: "#d3d2cd",
    Status.STALE: "#e8863a",
    Status.REVERSED: "#9b2350",
    Status.UNTESTABLE: "#f1f0ec",
}
"""Blue to yellow to orange to purple: distinct in lightness, so also to colour-blind readers and on paper."""


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
    return svg(max(1, len(counts)) * cell, height, label, parts, "strip", stretched=True)


def svg(width: int, height: int, label: str, parts: Sequence[str], kind: str, *, stretched: bool = False) -> Markup:
    """Numbers and our own words only; ``label`` is escaped, and so is any text inside ``parts``.

    Args:
        stretched: the page may make it wider or narrower at the same height.
    """
    fit = Markup(' preserveAspectRatio="none"') if stretched else ""
    return Markup('<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}"{} role="img" aria-label="{}">').format(
        kind, width, height, width, height, fit, label
    ) + Markup("".join(parts) + "</svg>")  # noqa: S704
