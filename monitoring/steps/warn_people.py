"""Put into the outbox what is worth saying although no version was trained."""

from halflife.models.domain import Drift
from halflife.models.errors import NotTrainable
from halflife.monitoring.alerts.alert_decisions import drifted, retrain_failed
from halflife.monitoring.context import Context


def warn_of_drift(context: Context, drift: Drift) -> None:
    """A watch flagged drift and no retrain follows."""
    alert = drifted(context.policy.name, drift)
    if alert is not None:
        context.ledger.enqueue(alert, list(context.channels))


def warn_of_failure(context: Context, tick: int, error: NotTrainable) -> None:
    """The version due at ``tick`` could not be trained: one alert for as long as the reason stays the same."""
    context.observe(f"tick {tick}: not retrained: {error}", lasting=True)
    ledger, versions = context.ledger, context.ledger.versions()
    newest = versions[-1].number if versions else 0
    alert = retrain_failed(context.policy.name, tick, error, newest=newest, decided=ledger.decided)
    if alert is not None:
        ledger.enqueue(alert, list(context.channels))
