"""Draws a watch and the conclusions on one page with Evidently."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from halflife.models.domain import ColumnDrift, Drift
from halflife.monitoring.adapters.evidently_quiet import quiet
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.estimate_record import newest
from halflife.monitoring.ports import Reporter
from halflife.monitoring.whole_files import write_whole
from halflife.monitoring.wording.performance_words import figures, known_from, sentences
from halflife.monitoring.wording.tick_words import ticks

NO_COLUMN = "halflife: none"
TABLE = ["column", "compared by", "score", "threshold", ""]
DRAWN, DRAWN_CALM = 8, 2
"""Columns with plots at most, the farthest past their thresholds: of those that moved, or of all when none did. Every
column is in the table above them."""
SCRIPT, SCRIPT_ENDS = "<script>", ";\n</script>"
"""Around the first script of Evidently's page, which holds its data. JSON has no line breaks of its own, so nothing in the
data can look like the end."""


class EvidentlyReporter(Reporter):
    """Evidently is imported with the first page, with its telemetry off; the scores are those the watch found."""

    def warm(self) -> None:
        with quiet():
            import evidently.metrics  # noqa: F401 - imported for its own sake

    def page(
        self, drift: Drift, conclusions: Conclusions, sides: tuple[pd.DataFrame, pd.DataFrame], path: Path
    ) -> Path:
        with quiet():
            from evidently.core.report import Snapshot
            from evidently.legacy.renderers.html_widgets import CounterData, counter, table_data

            from halflife.monitoring.adapters.evidently_conclusions import conclusions_metric

            story = conclusions_metric(conclusions)
            label = f"{ticks(drift.first_tick, drift.tick, drift.dates)} against v{drift.against}"
            verdict = "Drift" if drift.drifted else "No drift" if drift.powered else "Cannot tell"
            said = counter(title=f"Drift, {label}", counters=[CounterData(label=drift.note, value=verdict)])
            found = _performance(drift, conclusions, counter, CounterData)
            page = _drawn(story, _drawable(drift.columns, sides), sides)
            first = len(page.metric_results[page.top_level_metrics[0]].widget)
            rows = [_row(column) for column in sorted(drift.columns, key=_farthest)]
            table = table_data(
                title="Columns, by how far they are past their thresholds", column_names=TABLE, data=rows
            )
            page.widgets = [*page.widgets[:first], said, *found, *([table] if rows else []), *page.widgets[first:]]
            text = Snapshot.load_model(page).get_html_str(as_iframe=False)
            return write_whole(path, _harmless(text))


def _performance(drift: Drift, conclusions: Conclusions, counter: Any, data: Any) -> list[Any]:
    """How the champion does on the watched ticks, beside the drift; nothing where that was not told."""
    here = [p for p in newest(conclusions.performances) if (p.tick, p.against) == (drift.tick, drift.against)]
    return [
        counter(
            title=f"How v{told.against} does on {ticks(told.first_tick, told.tick, drift.dates)}",
            counters=[data(label=" ".join([f"{figures(told)}.", *sentences([told])]), value=known_from(told))],
        )
        for told in here
    ]


def _drawable(columns: Sequence[ColumnDrift], sides: tuple[pd.DataFrame, pd.DataFrame]) -> list[ColumnDrift]:
    """What is worth a plot and has values on both sides, the farthest past their thresholds first."""
    kept = [c for c in columns if all(c.name in side and side[c.name].notna().any() for side in sides)]
    kept.sort(key=_farthest)
    return [c for c in kept if c.drifted][:DRAWN] or kept[:DRAWN_CALM]


def _farthest(column: ColumnDrift) -> float:
    return -column.score / column.threshold


def _row(column: ColumnDrift) -> list[str]:
    """A column's line in the table."""
    from halflife.monitoring.adapters.evidently_drift import SHOWN

    error = f" ± {column.error:.4f}" if column.error else ""
    moved = "moved" if column.drifted else ""
    return [
        column.name,
        SHOWN.get(column.method, column.method),
        f"{column.score:.4f}{error}",
        f"{column.threshold:.4f}",
        moved,
    ]


def _drawn(story: Any, columns: Sequence[ColumnDrift], sides: tuple[pd.DataFrame, pd.DataFrame]) -> Any:
    """The snapshot of all columns; one that Evidently fails on does not take the others along."""
    try:
        return _run(story, columns, sides)
    except Exception:
        sound = []
        for column in columns:
            with suppress(Exception):
                _run(story, [column], sides)
                sound.append(column)
        return _run(story, sound, sides)


def _run(story: Any, columns: Sequence[ColumnDrift], sides: tuple[pd.DataFrame, pd.DataFrame]) -> Any:
    from evidently import DataDefinition, Dataset, Report

    from halflife.monitoring.adapters.evidently_drift import showing

    names = [column.name for column in columns]
    numeric = [name for name in names if pd.api.types.is_float_dtype(sides[0][name].dtype)]
    text = {name: object for name in names if name not in numeric}
    # Evidently insists on a data set even for a metric that carries all it shows.
    frames = [side[names].astype(text).assign(**{NO_COLUMN: 0.0}) for side in sides]
    definition = DataDefinition(numerical_columns=[*numeric, NO_COLUMN], categorical_columns=list(text))
    reference, current = (Dataset.from_pandas(frame, definition) for frame in frames)
    with showing(columns) as drifts:
        return Report([story, *drifts], include_tests=False).run(current, reference).to_snapshot_model()


def _harmless(page: str) -> str:
    r"""A page of Evidently's with nothing in its data that could end or open a script.

    Evidently writes JSON into a script element as it is, and names of findings, columns and categories are other people's
    text.

    >>> _harmless('<script>var page = {"claim": "auc() < 0.8 </script><b>"};\n</script><script>draw()</script>')
    '<script>var page = {"claim": "auc() < 0.8 \\u2039/script><b>"};\n</script><script>draw()</script>'

    Raises:
        ValueError: the page has no data where Evidently puts it.
    """
    begin = page.index(SCRIPT) + len(SCRIPT)
    end = page.index(SCRIPT_ENDS, begin)
    data = re.sub(r"<(?=/?script|!--)", r"\\u2039", page[begin:end], flags=re.IGNORECASE)
    return f"{page[:begin]}{data}{page[end:]}"
