"""Draws a watch and the conclusions on one page with Evidently."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from models.domain import ColumnDrift, Drift
from monitoring.adapters.evidently_quiet import quiet
from monitoring.conclusions import Conclusions
from monitoring.ports import Reporter

NO_COLUMN = "halflife: none"
TABLE = ["column", "compared by", "score", "threshold", ""]
DRAWN = 8
"""Columns with plots, the farthest past their thresholds; every column is in the table above them."""


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

            from monitoring.adapters.evidently_conclusions import conclusions_metric

            story = conclusions_metric(conclusions)
            label = f"ticks {drift.first_tick} to {drift.tick} against v{drift.against}"
            verdict = "Drift" if drift.drifted else "No drift" if drift.powered else "Cannot tell"
            said = counter(title=f"Drift, {label}", counters=[CounterData(label=drift.note, value=verdict)])
            page = _drawn(story, _drawable(drift.columns, sides), sides)
            first = len(page.metric_results[page.top_level_metrics[0]].widget)
            rows = [_row(column) for column in sorted(drift.columns, key=_farthest)]
            table = table_data(
                title="Columns, by how far they are past their thresholds", column_names=TABLE, data=rows
            )
            page.widgets = [*page.widgets[:first], said, *([table] if rows else []), *page.widgets[first:]]
            path.parent.mkdir(parents=True, exist_ok=True)
            Snapshot.loads(_harmless(Snapshot.load_model(page).dumps())).save_html(str(path))
        return path


def _drawable(columns: Sequence[ColumnDrift], sides: tuple[pd.DataFrame, pd.DataFrame]) -> list[ColumnDrift]:
    """Columns with values on both sides, the farthest past their thresholds first."""
    kept = [c for c in columns if all(c.name in side and side[c.name].notna().any() for side in sides)]
    return sorted(kept, key=_farthest)[:DRAWN]


def _farthest(column: ColumnDrift) -> float:
    return -column.score / column.threshold


def _row(column: ColumnDrift) -> list[str]:
    """A column's line in the table."""
    from monitoring.adapters.evidently_drift import SHOWN

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

    from monitoring.adapters.evidently_drift import showing

    names = [column.name for column in columns]
    numeric = [name for name in names if pd.api.types.is_float_dtype(sides[0][name].dtype)]
    text = {name: object for name in names if name not in numeric}
    # Evidently insists on a data set even for a metric that carries all it shows.
    frames = [side[names].astype(text).assign(**{NO_COLUMN: 0.0}) for side in sides]
    definition = DataDefinition(numerical_columns=[*numeric, NO_COLUMN], categorical_columns=list(text))
    reference, current = (Dataset.from_pandas(frame, definition) for frame in frames)
    with showing(columns) as drifts:
        return Report([story, *drifts], include_tests=False).run(current, reference).to_snapshot_model()


def _harmless(snapshot: str) -> str:
    """A snapshot's JSON with nothing in it that could end or open a script.

    Evidently writes it into a script element as it is, and names of findings, columns and categories are other people's
    text.

    >>> _harmless('{"claim": "auc() < 0.8 </script><b>"}')
    '{"claim": "auc() < 0.8 ‹/script><b>"}'
    """
    return re.sub(r"<(?=/?script|!--)", "‹", snapshot, flags=re.IGNORECASE)
