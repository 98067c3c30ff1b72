"""Send what the outbox holds."""

import time

from halflife.monitoring.context import Context
from halflife.monitoring.outbox import Delivered
from halflife.monitoring.outbox import deliver as send


def deliver(context: Context) -> Delivered:
    """Try every delivery that is due; one dead channel never silences another."""
    delivered = send(context.ledger, context.channels, time.time())
    if delivered.failed or delivered.dead:
        context.observe(
            f"alerts: {len(delivered.failed)} will be tried again, {len(delivered.dead)} given up", lasting=True
        )
    return delivered
