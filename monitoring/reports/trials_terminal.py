"""Recipes side by side for a terminal and as plain values: what a colleague would say first, then every figure."""

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.models.domain import Interval
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.trials.compare import RecipeComparison
from halflife.monitoring.trials.trial import HORIZON, Living
from halflife.monitoring.trials.variants import BASELINE
from halflife.monitoring.wording.trial_words import TABLES, cells, notes, sentences


def table(told: RecipeComparison) -> RenderableType:
    """All of it, for 110 columns."""
    parts: list[RenderableType] = [Text(" ".join(sentences(told)))]
    for heading, columns in TABLES:
        figures = _table("", *(f">{name}" for name in columns.values()))
        for s in told.standings:
            figures.add_row(Text(s.name, style="bold"), *(cells(s)[key] for key in columns))
        parts += [Text(), Text(heading, style="bold"), Padding(figures, (0, 0, 0, 2))]
    return Group(*parts, Text(), Text("\n".join(notes(told)), style="dim"))


def document(told: RecipeComparison) -> dict[str, Any]:
    """What ``halflife recipes compare --json`` prints; losses are in nats, half-lives in retrains."""
    return {
        "title": told.title,
        "until": told.until,
        "versions": told.versions,
        "rows": told.rows,
        "beliefs": told.beliefs,
        "level": told.level,
        "baseline": BASELINE,
        "said": sentences(told),
        "recipes": [
            {
                "name": s.name,
                "recipe": s.recipe.to_dict(),
                "log_loss": _interval(s.log_loss),
                "against_plain": _interval(s.against),
                "auc": _interval(s.auc),
                "cpu_seconds": s.cpu,
                "trees": s.trees,
                "churn": _interval(s.churn),
                "churn_seed": s.reseeded,
                "probed": s.probed,
                "butterfly": _interval(s.butterfly),
                "half_life": _half(s.own),
                "half_life_same": _half(s.same),
            }
            for s in told.standings
        ],
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"estimate": interval.estimate, "lower": interval.lower, "upper": interval.upper}


def _half(life: Living | None) -> dict[str, Any] | None:
    if life is None:
        return None
    half = {"median": life.median, "lower": life.lower, "upper": life.upper, "n": life.n, "deaths": life.deaths}
    return {**half, "stale_after": HORIZON, "stale": _interval(life.stale)}


def _table(*names: str) -> Table:
    """A name that begins with > is of a column of figures."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in names:
        made.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", no_wrap=True)
    return made
