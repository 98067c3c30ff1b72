"""*Conclusions* as a metric of Evidently's: what became of the findings, on the same page as the drift.

Importing this module imports Evidently, which takes seconds: the reporter does so when it first draws.
"""

from typing import Any

from halflife.models.domain import Status
from halflife.models.half_life import HalfLife
from halflife.monitoring.adapters.evidently_quiet import quiet
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.plots import COLOURS
from halflife.monitoring.wording.half_life_words import by_noise
from halflife.monitoring.wording.words import counts_by_version, headline, measured, overall, retrains

with quiet():
    from evidently.core.datasets import Dataset
    from evidently.core.metric_types import SingleValue, SingleValueCalculation, SingleValueMetric
    from evidently.core.report import Context
    from evidently.legacy.renderers.html_widgets import CounterData, WidgetSize, counter, plotly_data, table_data

SHOWN_CHANGES = 12


class ConclusionsMetric(SingleValueMetric):  # type: ignore[misc]
    """Share of findings that no longer hold on the newest version.

    Attributes:
        version: number of the newest version.
        headline: what became of the findings, in words.
        counts: per version its label, then how many findings have each status, in the order of ``Status``.
        half_lives: per kind: name, findings, deaths, half-life in words, and what noise alone would make it.
        curve: (age in retrains, survival, lower, upper) of all findings.
        changes: per finding that changed on the newest version: name, claim, before, after, estimate.
        stale_share: findings that are stale or reversed over those that could be tested.
    """

    version: int
    headline: str
    counts: list[list[str]]
    half_lives: list[list[str]]
    curve: list[list[float]]
    changes: list[list[str]]
    stale_share: float


class ConclusionsCalculation(SingleValueCalculation[ConclusionsMetric]):  # type: ignore[misc]
    """Draws what the metric carries; the data sets of the report play no part."""

    def display_name(self) -> str:
        return "Share of conclusions gone stale"

    def calculate(self, context: Context, current_data: Dataset, reference_data: Dataset | None) -> SingleValue:
        metric = self.metric
        result = self.result(metric.stale_share)
        widgets = [
            counter(
                title="Conclusions",
                counters=[CounterData(label=metric.headline, value=f"{metric.stale_share:.0%} stale")],
            )
        ]
        if metric.counts:
            widgets.append(
                plotly_data(title="Findings by status", size=WidgetSize.HALF, **_counts_figure(metric.counts))
            )
        if metric.curve:
            widgets.append(
                plotly_data(title="Survival of findings", size=WidgetSize.HALF, **_curve_figure(metric.curve))
            )
        if metric.half_lives:
            columns = ["findings about", "followed", "gone stale", "half-life in retrains [95 %]", "by noise alone"]
            widgets.append(table_data(title="Half-lives", column_names=columns, data=metric.half_lives))
        if metric.counts:
            columns = ["version", *map(str, Status)]
            widgets.append(table_data(title="Status over versions", column_names=columns, data=metric.counts))
        if metric.changes:
            columns = ["finding", "claim", "before", "after", "now"]
            widgets.append(
                table_data(title=f"What changed on v{metric.version}", column_names=columns, data=metric.changes)
            )
        result.widget = widgets
        return result


def conclusions_metric(conclusions: Conclusions) -> ConclusionsMetric:
    """The metric of one story; everything it shows is copied into it, so that a saved report can be drawn again."""
    counts = conclusions.counts
    tested = sum(n for status, n in counts.items() if status is not Status.UNTESTABLE)
    stale = sum(n for status, n in counts.items() if status.refutes)
    every = overall(conclusions)
    return ConclusionsMetric(
        version=conclusions.versions[-1].number if conclusions.versions else 0,
        headline=headline(conclusions),
        counts=[[f"v{v}", *(str(by[s]) for s in Status)] for v, by in counts_by_version(conclusions).items()],
        half_lives=[[h.kind, str(h.n), str(h.deaths), retrains(h), by_noise(h)] for h in conclusions.half_lives],
        curve=[list(step) for step in _curve(every)],
        changes=[
            [c.finding.name, c.finding.claim, str(c.before), str(c.after), measured(c.check.decides)]
            for c in conclusions.changes[:SHOWN_CHANGES]
        ],
        stale_share=stale / tested if tested else 0.0,
    )


def _curve(every: HalfLife | None) -> tuple[tuple[float, float, float, float], ...]:
    return () if every is None else every.curve


def _counts_figure(counts: list[list[str]]) -> dict[str, Any]:
    """Plotly's JSON: a stacked bar a version."""
    labels = [row[0] for row in counts]
    bars = [
        {
            "type": "bar",
            "x": labels,
            "y": [int(row[1 + i]) for row in counts],
            "name": str(status),
            "marker": {"color": COLOURS[status]},
        }
        for i, status in enumerate(Status)
    ]
    layout = {"barmode": "stack", "xaxis": {"type": "category"}, "yaxis": {"title": {"text": "findings"}}}
    return {"data": bars, "layout": layout}


def _curve_figure(curve: list[list[float]]) -> dict[str, Any]:
    """Plotly's JSON: the share of findings still true by age, in its band, and a line at one half."""
    age, survival, lower, upper = (list(values) for values in zip(*curve, strict=True))
    line = {"type": "scatter", "mode": "lines", "x": age}
    edge = {"shape": "hv", "width": 0}
    blue, band = "#2b6a99", "rgba(43, 106, 153, 0.18)"
    lines = [
        {**line, "y": upper, "line": edge, "showlegend": False, "hoverinfo": "skip"},
        {**line, "y": lower, "line": edge, "fill": "tonexty", "fillcolor": band, "name": "95 %", "hoverinfo": "skip"},
        {**line, "y": survival, "line": {"shape": "hv", "color": blue}, "name": "still true"},
    ]
    half = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5}
    layout = {
        "xaxis": {"title": {"text": "retrains"}},
        "yaxis": {"range": [0, 1.02], "title": {"text": "share"}},
        "shapes": [{**half, "line": {"dash": "dot", "width": 1, "color": "#888"}}],
    }
    return {"data": lines, "layout": layout}
