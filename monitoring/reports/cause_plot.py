"""The shares of a change as one stacked bar, and the changes of a version with their bars: HTML without script."""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from halflife.models.causes import Cause, Why
from halflife.models.domain import Finding, Status
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.cause_words import MEANINGS, NAMES, REST, amount, sentence, summary

COLOURS: Mapping[Cause, str] = {
    Cause.CONCEPT: "#b3541a",
    Cause.COVARIATE: "#e8a13a",
    Cause.DATA: "#cf7b2a",
    Cause.PIPELINE: "#7b4fa3",
    Cause.FEEDBACK: "#2f8a6d",
    Cause.EVIDENCE: "#4a86b8",
    Cause.SAMPLING: "#8d8a83",
    Cause.SEED: "#bdbab2",
}
"""Orange for the world, grey for noise; each side by side differs in lightness."""
UNKNOWN = "#ecebe6"
WIDTH, HEIGHT = 220, 14


def bar(why: Why, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    """One stacked bar, a part a cause, each with its figure as a title; the last part is what is not told apart.

    Args:
        why: of a change.
        width: of the whole.
        height: of the whole.
    """
    parts, x = [], 0.0
    for cause, share in why.shares.items():
        wide = width * share.share
        said = escape(f"{NAMES[cause]} {amount(share)}: {MEANINGS[cause]}")
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="{height}" fill="{COLOURS[cause]}"><title>{said}</title></rect>'
        )
        x += wide
    if width - x > 0.5:
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{width - x:.1f}" height="{height}" fill="{UNKNOWN}"><title>{REST}</title></rect>'
        )
    label = "; ".join(f"{NAMES[cause]} {amount(share)}" for cause, share in why.shares.items()) or REST
    head = Markup('<svg class="shares" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">').format(
        width, height, width, height, f"Causes: {label}"
    )
    return head + Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers, our own words, and what was escaped


def legend(whys: Sequence[Why]) -> Markup:
    """The causes that have a part in some bar, with their colours."""
    met = [cause for cause in COLOURS if any(cause in why.shares for why in whys)]
    items = [
        Markup(
            '<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="{}"/></svg> {} <i>{}</i></li>'
        ).format(COLOURS[cause], NAMES[cause], MEANINGS[cause])
        for cause in met
    ]
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(items)) if items else Markup("")


def render(changes: Sequence[tuple[Finding, Why, Status]]) -> Markup:
    """The changes of one version, each with its sentence and its bar; empty when nothing was told of any.

    Args:
        changes: finding, why it changed, and its status there, in the order they are shown.
    """
    if not changes:
        return Markup("")
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("_why.html").render(
        said=summary(why for _, why, _ in changes),
        legend=legend([why for _, why, _ in changes]),
        rows=[(finding, sentence(why, finding, status), bar(why), why.notes) for finding, why, status in changes],
    )
    return Markup(text)  # noqa: S704 - rendered with autoescape
