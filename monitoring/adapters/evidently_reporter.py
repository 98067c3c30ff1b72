"""Watches with Evidently: one report per watch, computed once, read once, kept, and drawn with the conclusions later."""

import gzip
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.domain import ColumnDrift, Drift
from models.errors import ConfigError
from models.rows import Kind, Schema
from monitoring import drift as reading
from monitoring.adapters.evidently_floor import noise_floor
from monitoring.adapters.evidently_quiet import quiet
from monitoring.conclusions import Conclusions
from monitoring.ports import Reporter


class EvidentlyReporter(Reporter):
    """Compares a deterministic sample of two windows column by column.

    A watch keeps Evidently's own snapshot, compressed, as ``watch-<tick>-v<champion>.json.gz``, so that its page can be
    drawn by another process without the rows. Evidently is imported at the first watch or page, with its telemetry off.

    Args:
        folder: where snapshots are kept; made when first needed.
        max_rows: looked at on each side.
        seed: of the sample and of the noise floors.

    Raises:
        ConfigError: ``max_rows`` is below what a powered watch needs.
    """

    def __init__(self, folder: Path, max_rows: int = 5_000, seed: int = 0) -> None:
        if max_rows < reading.MIN_ROWS:
            raise ConfigError(
                f"max_rows = {max_rows} would leave every watch without power; it must be at least {reading.MIN_ROWS:,}"
            )
        self.folder, self.max_rows, self.seed = folder, max_rows, seed

    def warm(self) -> None:
        with quiet():
            import evidently.metrics  # noqa: F401

    def watch(
        self,
        reference: pd.DataFrame,
        current: pd.DataFrame,
        schema: Schema,
        *,
        tick: int,
        first_tick: int,
        against: int,
    ) -> Drift:
        rng = np.random.default_rng([self.seed, tick, against])
        samples = self._sample(reference, rng), self._sample(current, rng)
        comparison = reading.compare(*samples, schema)
        thresholds = _thresholds(comparison, rng)
        scores, failed = self._report(comparison, thresholds, self.kept(tick, against))
        comparison = reading.without(comparison, failed)
        return reading.judge(
            scores,
            comparison,
            tick=tick,
            first_tick=first_tick,
            against=against,
            rows=(len(reference), len(current)),
            judged=min(len(sample) for sample in samples),
        )

    def page(self, drift: Drift, conclusions: Conclusions, path: Path) -> Path:
        with quiet():
            from evidently import DataDefinition, Dataset, Report
            from evidently.core.report import Snapshot
            from evidently.legacy.renderers.html_widgets import CounterData, counter

            from monitoring.adapters.evidently_conclusions import conclusions_metric

            # The metric carries all it shows; Evidently insists on a data set all the same.
            no_rows = Dataset.from_pandas(pd.DataFrame({"none": [0.0]}), DataDefinition(numerical_columns=["none"]))
            page = Report([conclusions_metric(conclusions)], include_tests=False).run(no_rows, None).to_snapshot_model()
            label = f"ticks {drift.first_tick} to {drift.tick} against v{drift.against}"
            verdict = "Drift" if drift.drifted else "No drift" if drift.powered else "Cannot tell"
            page.widgets = [
                *page.widgets,
                counter(title=f"Drift, {label}", counters=[CounterData(label=drift.note, value=verdict)]),
            ]
            kept = self.kept(drift.tick, drift.against)
            if kept.exists():
                watch = Snapshot.loads(gzip.decompress(kept.read_bytes()).decode()).to_snapshot_model()
                page.widgets = [*page.widgets, *watch.widgets]
                page.metric_results = {**page.metric_results, **watch.metric_results}
                page.top_level_metrics = [*page.top_level_metrics, *watch.top_level_metrics]
            path.parent.mkdir(parents=True, exist_ok=True)
            Snapshot.loads(_harmless(Snapshot.load_model(page).dumps())).save_html(str(path))
        return path

    def kept(self, tick: int, against: int) -> Path:
        """Where the snapshot of one watch is; absent when nothing could be compared."""
        return self.folder / f"watch-{tick:06d}-v{against}.json.gz"

    def _sample(self, frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        if len(frame) <= self.max_rows:
            return frame.reset_index(drop=True)
        chosen = np.sort(rng.choice(len(frame), self.max_rows, replace=False))
        return frame.iloc[chosen].reset_index(drop=True)

    def _report(
        self, comparison: reading.Comparison, thresholds: dict[str, float], keep: Path
    ) -> tuple[tuple[ColumnDrift, ...], dict[str, str]]:
        """Scores of all columns, and why a column has none; a column Evidently fails on does not take the others along."""
        if not thresholds:
            return (), {}
        try:
            return self._run(comparison, thresholds, keep), {}
        except Exception:
            sound, failed = {}, {}
            for name, threshold in thresholds.items():
                try:
                    self._run(comparison, {name: threshold}, keep)
                    sound[name] = threshold
                except Exception as error:
                    failed[name] = f"fails in Evidently ({type(error).__name__}: {error})"
            return (self._run(comparison, sound, keep) if sound else ()), failed

    def _run(self, comparison: reading.Comparison, thresholds: dict[str, float], keep: Path) -> tuple[ColumnDrift, ...]:
        """Run the report on these columns, keep its snapshot and read it."""
        with quiet():
            from evidently import DataDefinition, Dataset, Report
            from evidently.metrics import DatasetMissingValueCount, ValueDrift

            names = list(thresholds)
            kinds = {kind: [n for n in names if comparison.kinds[n] is kind] for kind in Kind}
            definition = DataDefinition(
                numerical_columns=kinds[Kind.NUMERIC], categorical_columns=kinds[Kind.CATEGORICAL]
            )
            before, now = (
                Dataset.from_pandas(frame[names], definition) for frame in (comparison.reference, comparison.current)
            )
            drifts = [
                ValueDrift(column=n, method=reading.METHODS[comparison.kinds[n]], threshold=thresholds[n])
                for n in names
            ]
            snapshot = Report([*drifts, DatasetMissingValueCount()], include_tests=False).run(now, before)
            keep.parent.mkdir(parents=True, exist_ok=True)
            keep.write_bytes(gzip.compress(snapshot.dumps().encode(), mtime=0))
            metrics: list[dict[str, Any]] = snapshot.dict()["metrics"]
        return reading.read(metrics)


def _harmless(snapshot: str) -> str:
    """A snapshot's JSON with nothing in it that could end or open a script.

    Evidently writes it into a script element as it is, and names of findings, columns and categories are other people's
    text.

    >>> _harmless('{"claim": "auc() < 0.8 </script><b>"}')
    '{"claim": "auc() < 0.8 ‹/script><b>"}'
    """
    return re.sub(r"<(?=/?script|!--)", "‹", snapshot, flags=re.IGNORECASE)


def _thresholds(comparison: reading.Comparison, rng: np.random.Generator) -> dict[str, float]:
    """Evidently's 0.1 or the column's noise floor, whichever is higher."""
    return {
        name: max(
            reading.THRESHOLD,
            noise_floor(
                comparison.reference[name].dropna(),
                comparison.current[name].dropna(),
                kind,
                len(comparison.kinds),
                rng,
            ),
        )
        for name, kind in comparison.kinds.items()
    }
