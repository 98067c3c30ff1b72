"""Send what the outbox holds."""

import time

from halflife.monitoring.alerts.outbox import Delivered
from halflife.monitoring.alerts.outbox import deliver as send
from halflife.monitoring.context import Context


def deliver(context: Context) -> Delivered:
    """Try every delivery that is due; one dead channel never silences another."""
    delivered = send(context.ledger, context.channels, time.time())
    if delivered.failed or delivered.dead:
        context.observe(
            f"alerts: {len(delivered.failed)} will be tried again, {len(delivered.dead)} given up", lasting=True
        )
    return delivered
