"""Sends what was decided, at least once, and gives up in the open.

A failed delivery is tried again after one minute, then two, four and so on until 24 hours have gone; then it is dead,
which its ledger row, the result of ``deliver`` and an alert on the other channels say.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.monitoring.alerts.alert_events import one_line
from halflife.monitoring.alerts.redaction import redacted
from halflife.monitoring.ports import Channel, Delivery, Ledger

FIRST_DELAY = 60.0
GIVE_UP_AFTER = 24 * 3600.0
PATIENCE = 3
"""Failures of one channel in one call after which its other deliveries wait for the next: a server that does not answer
would cost a time-out each."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivered:
    """What one call did, each delivery as it is now.

    Attributes:
        sent: arrived.
        failed: will be tried again; ``error`` says why it did not arrive.
        dead: given up.
    """

    sent: tuple[Delivery, ...] = ()
    failed: tuple[Delivery, ...] = ()
    dead: tuple[Delivery, ...] = ()


def deliver(ledger: Ledger, channels: Mapping[str, Channel], now: float) -> Delivered:
    """Send everything that is due.

    Each delivery stands alone: whatever a channel raises is kept with its delivery, and the others go on. A process
    that dies between sending and noting it sends again; the key travels along, so a receiver can drop the repeat.

    Args:
        ledger: whose outbox it is.
        channels: by the name under which alerts were enqueued.
        now: seconds since the epoch.

    Raises:
        Unavailable: the ledger itself does not answer. What was not noted stays due.
    """
    sent, failed, dead = [], [], []
    failures: Counter[str] = Counter()
    for delivery in ledger.due(now):
        channel = channels.get(delivery.channel)
        if channel is None:
            failed.append(_unknown(ledger, delivery, channels, now))
            continue
        if failures[delivery.channel] >= PATIENCE:
            continue
        try:
            channel.send(delivery.alert)
        except Exception as error:  # whatever it is, it must not silence the other channels
            failures[delivery.channel] += 1
            wait = delay(delivery.attempts + 1)
            said = redact(error)
            ledger.failed(delivery.id, said, next_attempt=None if wait is None else now + wait)
            after = replace(delivery, attempts=delivery.attempts + 1, error=said)
            _log_failure(after, wait)
            if wait is None:
                dead.append(replace(after, state="dead"))
            else:
                failed.append(after)
        else:
            ledger.delivered(delivery.id, now)
            LOG.info("%s: alert %s was delivered", delivery.channel, delivery.alert.key)
            sent.append(replace(delivery, attempts=delivery.attempts + 1, state="sent", error=""))
    for delivery in dead:
        _give_up(ledger, delivery, channels, now)
    return Delivered(tuple(sent), tuple(failed), tuple(dead))


def delay(attempts: int) -> float | None:
    """Seconds until the next attempt after this many failed ones; None when 24 hours have been spent waiting.

    >>> [delay(n) for n in (1, 2, 3)], delay(12)
    ([60.0, 120.0, 240.0], None)
    """
    spent = FIRST_DELAY * (2 ** (attempts - 1) - 1)
    return min(FIRST_DELAY * 2 ** (attempts - 1), GIVE_UP_AFTER - spent) if spent < GIVE_UP_AFTER else None


def redact(error: BaseException) -> str:
    """The error's message on one line, at most 500 characters, without passwords, tokens and keys.

    >>> redact(ConnectionError("POST https://ana:hunter2@example.org/hook?token=abc&v=1 refused"))
    'POST https://***@example.org/hook?token=***&v=1 refused'
    >>> redact(TimeoutError())
    'TimeoutError'
    """
    text = redacted(one_line(str(error)) or type(error).__name__)
    return text if len(text) <= 500 else text[:497] + "..."


def _log_failure(delivery: Delivery, wait: float | None) -> None:
    said = delivery.channel, delivery.alert.key, delivery.attempts, delivery.error
    if wait is None:
        LOG.warning("%s: alert %s is dead after %d attempts: %s", *said)
    else:
        LOG.info("%s: alert %s failed, attempt %d: %s; again in %g s", *said, wait)


def _unknown(ledger: Ledger, delivery: Delivery, channels: Mapping[str, Channel], now: float) -> Delivery:
    """The configuration lost a channel: keep the delivery due, so that it goes out when the channel is back."""
    have = ", ".join(sorted(channels)) or "none"
    error = (
        f"no channel {delivery.channel!r} is configured (there is: {have}); configure it again and this will be sent"
    )
    if delivery.error != error:  # noted once, so that waiting for a channel does not use up its attempts
        ledger.failed(delivery.id, error, next_attempt=now)
        return replace(delivery, attempts=delivery.attempts + 1, error=error)
    return delivery


def _give_up(ledger: Ledger, delivery: Delivery, channels: Mapping[str, Channel], now: float) -> None:
    """Tell the other channels that this one is dead, once a day; news of a death never dies of itself again."""
    others = [name for name in channels if name != delivery.channel]
    if not others or any(item.kind is AlertKind.CHANNEL_DEAD for item in delivery.alert.items):
        return
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    headline = f"channel {delivery.channel} is dead"
    sentence = (
        f"{delivery.alert.subject!r} could not be delivered to {delivery.channel} in 24 hours "
        f"and {delivery.attempts} attempts: {delivery.error}"
    )
    item = AlertItem(AlertKind.CHANNEL_DEAD, Severity.CRITICAL, sentence)
    alert = Alert(f"{delivery.channel}-dead-{day}", Severity.CRITICAL, 0, headline, sentence, (item,))
    ledger.enqueue(alert, others)
