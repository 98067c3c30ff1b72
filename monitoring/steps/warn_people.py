"""Put into the outbox what is worth saying although no version was trained."""

from halflife.models.domain import Drift
from halflife.models.errors import NotTrainable
from halflife.monitoring.alert_decisions import drifted, retrain_failed
from halflife.monitoring.service import Service


def warn_of_drift(service: Service, drift: Drift) -> None:
    """A watch flagged drift and no retrain follows."""
    alert = drifted(service.policy.name, drift)
    if alert is not None:
        service.ledger.enqueue(alert, list(service.channels))


def warn_of_failure(service: Service, tick: int, error: NotTrainable) -> None:
    """The version due at ``tick`` could not be trained."""
    service.observe(f"tick {tick}: not retrained: {error}", lasting=True)
    service.ledger.enqueue(retrain_failed(service.policy.name, tick, str(error)), list(service.channels))
