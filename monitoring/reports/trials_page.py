"""The page that compares recipes: one HTML file that needs no network and no script."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from halflife.models.domain import Interval
from halflife.monitoring.reports.tradeoff import Dot, tradeoff
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.trials.compare import RecipeComparison, Standing
from halflife.monitoring.trials.trial import HORIZON, Living
from halflife.monitoring.trials.variants import BASELINE
from halflife.monitoring.whole_files import write_whole
from halflife.monitoring.wording.trial_words import TABLES, cells, notes, sentences

LOSS = f"log loss against {BASELINE}: lower is better"
GOES_ON = 1.5
"""Times the largest half-life beyond which an interval is drawn as going on, so that the dots are not squeezed together."""


def write_page(told: RecipeComparison, path: Path) -> Path:
    """Write the page, making its folder; whole or not at all."""
    return write_whole(path, render(told))


def render(told: RecipeComparison) -> str:
    """The page as text."""
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lead, *said = sentences(told)
    return environment.get_template("recipes.html").render(
        title=f"{told.title}: recipes",
        lead=lead,
        said=said,
        tables=[
            (heading, columns.values(), [(s.name, [cells(s)[key] for key in columns]) for s in told.standings])
            for heading, columns in TABLES
        ],
        notes=notes(told),
        plots=[(caption, drawn) for caption, drawn in _plots(told) if drawn is not None],
        recipes=[(s.name, s.recipe.strategy, s.recipe.digest) for s in told.standings],
    )


def _plots(told: RecipeComparison) -> list[tuple[str, Markup | None]]:
    """Caption and drawing; None where fewer than two recipes have both figures, or all are known from below only."""
    return [
        (
            "Score against the half-life of what the investigator finds under each recipe. Further right and lower down is "
            "better; a hollow dot is a half-life that is known from below only, a bar to the edge goes on.",
            _drawn(told, "half-life of findings, retrains", lambda s: _life(s.own), lambda s: s.own),
        ),
        (
            f"Score against the half-life of the same {told.beliefs} conclusions of the first {BASELINE} version.",
            _drawn(told, "half-life of the same conclusions, retrains", lambda s: _life(s.same), lambda s: s.same),
        ),
        (
            f"Score against the share of what the investigator finds that is stale {HORIZON} retrains later. Further left and "
            "lower down is better.",
            _drawn(
                told,
                f"findings stale after {HORIZON} retrains, %",
                lambda s: _percent(s.own.stale if s.own else None),
                lambda s: None,
            ),
        ),
        (
            "Score against churn. Further left and lower down is better.",
            _drawn(told, "decisions changed from version to version, %", lambda s: _percent(s.churn), lambda s: None),
        ),
    ]


def _drawn(
    told: RecipeComparison,
    x: str,
    figure: Callable[[Standing], tuple[float, float, float] | None],
    life: Callable[[Standing], Living | None],
) -> Markup | None:
    dots = []
    for s in told.standings:
        across, lived = figure(s), life(s)
        gap = Interval(0.0, 0.0, 0.0) if s.name == BASELINE else s.against
        if across is not None and gap is not None:
            bound = lived is not None and lived.median is None
            y = gap.estimate, gap.lower, gap.upper
            dots.append(Dot(s.name, across, y, open=bound, first=s.name == BASELINE))
    if len(dots) < 2 or all(dot.open for dot in dots):
        return None
    far = GOES_ON * max(dot.x[0] for dot in dots)
    dots = [replace(dot, x=(*dot.x[:2], dot.x[2] if dot.x[2] <= far else inf)) for dot in dots]
    return tradeoff(dots, x=x, y=LOSS, label=f"{x}, {LOSS}: {', '.join(dot.name for dot in dots)}")


def _life(life: Living | None) -> tuple[float, float, float] | None:
    if life is None:
        return None
    lower, upper = life.lower or 0.0, inf if life.upper is None else life.upper
    return (lower if life.median is None else life.median), lower, upper


def _percent(interval: Interval | None) -> tuple[float, float, float] | None:
    if interval is None:
        return None
    return 100 * interval.estimate, 100 * interval.lower, 100 * interval.upper
