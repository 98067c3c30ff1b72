"""How long findings live, as a section of a page: curves, a table and a plot, each beside what noise alone would do."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from halflife.models.half_life import HalfLife
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports import half_life_plots as plots
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.survival.half_lives import ALL, ARRIVALS
from halflife.monitoring.wording.figures import retrains
from halflife.monitoring.wording.half_life_words import arrived, below, by_noise, cell, named, without_noise

METHODS = {"kaplan-meier": "Kaplan–Meier", "gamma": "constant rate"}


def render(conclusions: Conclusions) -> Markup:
    """The section of a page: curves, table, plot, and what they mean."""
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    half_lives = conclusions.half_lives
    compared = any(half.alone is not None for half in half_lives)
    every = half_lives[-1:]
    horizon = max([4.0, *(half.curve[-1][0] for half in every)])
    return Markup(  # noqa: S704 - escaped by the template
        environment.get_template("_half_lives.html").render(
            stillborn=conclusions.stillborn,
            compared=compared,
            because=without_noise(conclusions.versions),
            blocks=any(half.band == "blocks" for half in half_lives),
            said=below(conclusions),
            curves=[(named(half), half, plots.survival(half, horizon)) for half in [*every, *half_lives[:-1]]],
            arrivals=ARRIVALS,
            rows=[_row(half) for half in half_lives],
            dots=plots.on_arrival(half_lives, ARRIVALS) if every else "",
        )
    )


def _row(half: HalfLife) -> dict[str, object]:
    alone = half.alone
    return {
        "kind": named(half),
        "total": half.kind == ALL,
        "n": half.n,
        "deaths": half.deaths,
        "said": retrains(half),
        "method": METHODS[half.method],
        "alone": by_noise(half),
        "due": "–" if alone is None else f"{alone.expected:.1f} of {alone.deaths}",
        "arrival": [cell(arrival, "\N{NO-BREAK SPACE}%") for arrival in arrived(half)],
    }
