"""What cannot be known about a version, as a section of a page."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from halflife.models.opacity import Opacity
from halflife.monitoring.reports.opacity_plot import curve
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.opacity_words import HEADINGS, LEGEND, figures, sentences, whose


def render(now: Opacity, measured: Opacity | None = None) -> Markup:
    """A section of the conclusions page; arguments as `halflife.monitoring.wording.opacity_words.sentences`."""
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lead, *said = sentences(now, measured)
    sensitive = whose(now, measured)
    return Markup(  # noqa: S704 - escaped by the template
        environment.get_template("_opacity.html").render(
            version=now.version,
            lead=lead,
            said=said,
            headings=HEADINGS,
            rows=figures(now),
            legend=LEGEND,
            curve=curve(sensitive.sensitivity) if sensitive and sensitive.sensitivity else "",
            measured_on=sensitive.version if sensitive else None,
            tried=sensitive.sensitivity.refits if sensitive and sensitive.sensitivity else 0,
        )
    )
