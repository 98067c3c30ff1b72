"""Send what the outbox holds."""

import time

from halflife.monitoring.outbox import Delivered
from halflife.monitoring.outbox import deliver as send
from halflife.monitoring.service import Service
from halflife.monitoring.steps.timing import timed


@timed
def deliver(service: Service) -> Delivered:
    """Try every delivery that is due; one dead channel never silences another."""
    delivered = send(service.ledger, service.channels, time.time())
    if delivered.failed or delivered.dead:
        service.observe(
            f"alerts: {len(delivered.failed)} will be tried again, {len(delivered.dead)} given up", lasting=True
        )
    return delivered
