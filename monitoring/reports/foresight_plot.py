"""Forecasts on a page: the findings to re-check first, and chances told beside what happened as an inline SVG."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.foresight.forecast_scores import ForecastScores
from halflife.monitoring.foresight.recheck_first import first
from halflife.monitoring.reports.plots import svg
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.foresight_words import SHOWN, likeliest, sentence, why
from halflife.monitoring.wording.words import percent, plural

SIZE, LEFT, RIGHT, TOP, BOTTOM = 250, 54, 14, 12, 44
LARGEST = 6.0
"""Radius of the circle of the most forecasts, in pixels."""


def reliability(scores: ForecastScores) -> Markup:
    """Chance told against share refuted: on the line, forecasts are what they say; circles grow with their number."""
    side = SIZE - LEFT - RIGHT

    def x(share: float) -> float:
        return round(LEFT + side * share, 1)

    def y(share: float) -> float:
        return round(TOP + side * (1 - share), 1)

    most = max(b.n for b in scores.reliability)
    parts = [
        f'<path class="half" d="M{x(0)} {y(0)}L{x(1)} {y(1)}"/>',
        f'<path class="axis" d="M{x(0)} {y(1)}V{y(0)}"/>',
        f'<path class="axis" d="M{x(0)} {y(0)}H{x(1)}"/>',
    ]
    for each in scores.reliability:
        told, share = x(each.told), each.happened
        radius = max(2.0, LARGEST * (each.n / most) ** 0.5)
        title = (
            f"told {percent(each.told)}, refuted {percent(share.estimate)} of {each.n:,} {plural('forecast', each.n)}"
        )
        parts.append(
            f"<g><title>{escape(title)}</title>"
            f'<path class="curve" d="M{told} {y(share.lower)}V{y(share.upper)}"/>'
            f'<circle class="mark" cx="{told}" cy="{y(share.estimate)}" r="{radius:.1f}"/></g>'
        )
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{LEFT - 8}" y="{y(tick) + 4}" text-anchor="end">{percent(tick)}</text>')
        anchor = "end" if tick == 1 else "middle"
        parts.append(f'<text x="{x(tick)}" y="{y(0) + 18}" text-anchor="{anchor}">{percent(tick)}</text>')
    middle = TOP + side / 2
    parts.append(f'<text x="{x(0.5)}" y="{y(0) + 34}" text-anchor="middle">chance told</text>')
    parts.append(f'<text transform="translate(10 {middle:g}) rotate(-90)" text-anchor="middle">refuted</text>')
    label = f"Chance told against share refuted, {scores.settled:,} forecasts"
    return svg(SIZE, TOP + side + BOTTOM, label, parts, "survival")


def render(conclusions: Conclusions, scores: ForecastScores | None) -> Markup:
    """The section for the conclusions page; empty where nothing was foretold."""
    if not conclusions.forecasts and scores is None:
        return Markup()
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen = first(conclusions, SHOWN)
    text = environment.get_template("_foresight.html").render(
        lead=likeliest(conclusions) if not chosen else "",
        rows=[(f, percent(told.probability), why(f, told, conclusions.drifts)) for f, told in chosen],
        said=sentence(scores),
        plot=reliability(scores) if scores is not None else "",
    )
    return Markup(text)  # noqa: S704 - rendered with autoescape
