"""What Prometheus scrapes: how each model stands, read from its ledger when it is asked for."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from halflife.flows.use_cases.standing import ModelStatus, Standing
from halflife.models.domain import Status

Value = Callable[[ModelStatus], "float | bool | None"]


class Standings(Collector):
    """Gauges of a `Standing`, by model."""

    def __init__(self, stand: Standing) -> None:
        self._models = stand.models

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge there is."""
        yield self._gauge("halflife_healthy", "1 where nothing is wrong with the model's service.", lambda m: m.healthy)
        yield self._gauge("halflife_versions", "Versions registered.", lambda m: m.versions)
        yield self._gauge("halflife_ticks", "Ticks of the feed in the store.", lambda m: m.ticks)
        yield self._gauge("halflife_rows_waiting", "Rows that came and are not in the store.", lambda m: m.rows_waiting)
        yield self._gauge("halflife_last_run_timestamp_seconds", "When the last run began.", _began)
        yield self._gauge(
            "halflife_last_run_failed",
            "1 where the last run did not do what was due.",
            lambda m: None if m.last_run is None else m.last_run.failed,
        )
        yield self._gauge(
            "halflife_last_run_seconds",
            "How long the last run took.",
            lambda m: None if m.last_run is None else m.last_run.seconds,
        )
        findings = GaugeMetricFamily(
            "halflife_findings", "Findings by their status on the newest version.", labels=("model", "status")
        )
        for model in self._models:
            for status in Status:
                findings.add_metric((model.model, status.value), model.findings.get(status.value, 0))
        yield findings

    def _gauge(self, name: str, meaning: str, value: Value) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(name, meaning, labels=("model",))
        for model in self._models:
            figure = value(model)
            if figure is not None:
                gauge.add_metric((model.model,), float(figure))
        return gauge


def exposition(stand: Standing) -> bytes:
    """In Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Standings(stand))
    return generate_latest(registry)


def _began(model: ModelStatus) -> float | None:
    return None if model.last_run is None else model.last_run.began.timestamp()
