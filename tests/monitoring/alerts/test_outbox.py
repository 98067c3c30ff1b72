"""Everything queued arrives or dies in the open, whatever its neighbours do."""

import pytest

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.errors import Unavailable
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.alerts.outbox import GIVE_UP_AFTER, PATIENCE, delay, deliver, redact
from halflife.testing.fakes import RememberingChannel

DAY = 24 * 3600.0


def alert(key: str) -> Alert:
    """One small alert."""
    item = AlertItem(AlertKind.FINDINGS, Severity.WARNING, "a no longer holds.", "a")
    return Alert(key, Severity.WARNING, 1, "v1: 1 finding went stale", "One went stale.", (item,))


def down() -> BaseException:
    """What a channel raises when nobody answers."""
    return Unavailable("nobody answers")


@pytest.fixture
def ledger() -> SqlLedger:
    """An empty ledger in memory."""
    return SqlLedger("sqlite://")


def test_what_is_due_is_sent_once(ledger: SqlLedger) -> None:
    """Every channel gets every alert, and nothing is left for the next call."""
    a, b = RememberingChannel(), RememberingChannel()
    ledger.enqueue(alert("v1"), ["a", "b"])
    ledger.enqueue(alert("v2"), ["a"])
    done = deliver(ledger, {"a": a, "b": b}, 0.0)
    assert (a.keys, b.keys) == (["v1", "v2"], ["v1"])
    assert [(d.channel, d.state, d.attempts) for d in done.sent] == [
        ("a", "sent", 1),
        ("b", "sent", 1),
        ("a", "sent", 1),
    ]
    assert deliver(ledger, {"a": a, "b": b}, 1e9).sent == ()


@pytest.mark.parametrize("error", [Unavailable("nobody answers"), ZeroDivisionError("a bug"), TimeoutError("late")])
def test_a_failing_channel_silences_no_other(ledger: SqlLedger, error: Exception) -> None:
    """Whatever one channel raises is kept with its delivery; the others are served."""
    good = RememberingChannel()
    ledger.enqueue(alert("v1"), ["bad", "good"])
    done = deliver(ledger, {"bad": RememberingChannel(failing=lambda: error), "good": good}, 0.0)
    assert good.keys == ["v1"]
    assert [(d.channel, d.error) for d in done.failed] == [("bad", str(error))]
    assert [(d.channel, d.attempts, d.error) for d in ledger.due(60.0)] == [("bad", 1, str(error))]
    assert ledger.due(59.9) == []


def test_a_channel_that_recovers_gets_what_it_missed(ledger: SqlLedger) -> None:
    """A delivery that failed arrives at a later call, and its error is cleared."""
    channel = RememberingChannel(failing=down)
    ledger.enqueue(alert("v1"), ["a"])
    deliver(ledger, {"a": channel}, 0.0)
    channel.failing = None
    assert [d.attempts for d in deliver(ledger, {"a": channel}, 60.0).sent] == [2]
    assert channel.keys == ["v1"]
    assert [(d.state, d.error) for d in ledger.deliveries()] == [("sent", "")]


def test_waits_double_and_add_up_to_a_day() -> None:
    """One minute, two, four …, twelve attempts in 24 hours, then none."""
    waits = []
    while (wait := delay(len(waits) + 1)) is not None:
        waits.append(wait)
    assert waits[:4] == [60.0, 120.0, 240.0, 480.0]
    assert sum(waits) == GIVE_UP_AFTER == DAY
    assert len(waits) == 11
    assert delay(50) is None


def test_a_delivery_that_fails_for_a_day_is_dead_and_the_others_hear_of_it(ledger: SqlLedger) -> None:
    """After 24 hours the delivery is given up, visibly: in the result, in the ledger, and on the channels that work."""
    bad, good = RememberingChannel(failing=down), RememberingChannel()
    channels = {"bad": bad, "good": good}
    ledger.enqueue(alert("v1"), ["bad"])
    now, dead = 0.0, ()
    while not dead:
        dead = deliver(ledger, channels, now).dead
        now += 60.0
        assert now < 2 * DAY
    assert now - 60.0 == DAY
    assert [(d.channel, d.state, d.attempts, d.error) for d in dead] == [("bad", "dead", 12, "nobody answers")]
    assert bad.asked == 12
    deliver(ledger, channels, now)
    assert good.keys == ["bad-dead-1970-01-02"]
    (told, given_up) = ledger.deliveries()
    assert given_up.state == "dead"
    assert told.alert.severity is Severity.CRITICAL
    assert told.alert.sentence == (
        "'v1: 1 finding went stale' could not be delivered to bad in 24 hours and 12 attempts: nobody answers"
    )


def test_news_of_a_death_is_told_once_a_day_and_never_of_itself(ledger: SqlLedger) -> None:
    """Ten deliveries dying on one day make one message; when that one dies too, it makes none."""
    channels = {"bad": RememberingChannel(failing=down), "worse": RememberingChannel(failing=down)}
    for k in range(3):
        ledger.enqueue(alert(f"v{k}"), ["bad"])
    for hour in range(24 * 4):
        deliver(ledger, channels, hour * 3600.0)
    keys = [d.alert.key for d in ledger.deliveries() if d.channel == "worse"]
    assert len(keys) == len(set(keys)) <= 2
    assert {d.state for d in ledger.deliveries()} == {"dead"}


def test_a_channel_that_is_no_longer_configured_keeps_its_deliveries(ledger: SqlLedger) -> None:
    """They stay due for as long as it takes, with the reason, and go out when the channel is back."""
    other = RememberingChannel()
    ledger.enqueue(alert("v1"), ["slack", "other"])
    for hour in range(100):
        done = deliver(ledger, {"other": other}, hour * 3600.0)
        assert [d.channel for d in done.failed] == ["slack"]
    (waiting,) = ledger.due(0.0)
    assert waiting.attempts == 1
    assert waiting.error == (
        "no channel 'slack' is configured (there is: other); configure it again and this will be sent"
    )
    slack = RememberingChannel()
    deliver(ledger, {"slack": slack}, 0.0)
    assert (slack.keys, other.keys) == (["v1"], ["v1"])


def test_a_dead_server_is_not_asked_for_every_message(ledger: SqlLedger) -> None:
    """After a few failures in one call the rest of that channel waits untouched; other channels are served in full."""
    bad, good = RememberingChannel(failing=down), RememberingChannel()
    for k in range(10):
        ledger.enqueue(alert(f"v{k}"), ["bad", "good"])
    done = deliver(ledger, {"bad": bad, "good": good}, 0.0)
    assert bad.asked == len(done.failed) == PATIENCE
    assert len(good.keys) == 10
    assert len(ledger.due(0.0)) == 10 - PATIENCE
    bad.failing = None
    deliver(ledger, {"bad": bad}, 60.0)
    assert sorted(bad.keys) == [f"v{k}" for k in range(10)]


def test_an_interrupted_call_goes_on_where_it_stopped(ledger: SqlLedger) -> None:
    """A keyboard interrupt while sending loses nothing: what was noted is done, the rest is due."""
    ledger.enqueue(alert("v1"), ["a", "b"])
    a = RememberingChannel()
    with pytest.raises(KeyboardInterrupt):
        deliver(ledger, {"a": a, "b": RememberingChannel(failing=KeyboardInterrupt)}, 0.0)
    b = RememberingChannel()
    deliver(ledger, {"a": a, "b": b}, 0.0)
    assert (a.keys, b.keys) == (["v1"], ["v1"])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://ana:hunter2@mail.example.org/x failed", "https://***@mail.example.org/x failed"),
        ("GET /hook?access_token=abc&api_key=def&page=2", "GET /hook?access_token=***&api_key=***&page=2"),
        ("sent Authorization: Bearer abc.def to it", "sent Authorization: *** to it"),
        ("bad secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "bad secret whsec_***"),
        ("password=hunter2 refused", "password=*** refused"),
        ("two\nlines\r\nof it", "two lines of it"),
    ],
)
def test_secrets_do_not_reach_the_ledger(ledger: SqlLedger, said: str, kept: str) -> None:
    """Passwords, tokens and keys in a channel's message are struck out before it is kept."""
    ledger.enqueue(alert("v1"), ["a"])
    deliver(ledger, {"a": RememberingChannel(failing=lambda: OSError(said))}, 0.0)
    assert [d.error for d in ledger.deliveries()] == [kept]


def test_a_long_error_is_cut() -> None:
    """A channel that answers with a page of HTML does not fill the ledger."""
    assert len(redact(OSError("x" * 10_000))) == 500


def test_what_becomes_of_a_delivery_is_logged(ledger: SqlLedger, caplog: pytest.LogCaptureFixture) -> None:
    """A failure that is tried again in passing, a death as a warning, and no secret in either."""
    ledger.enqueue(alert("v1"), ["recorder"])
    channel = RememberingChannel(failing=lambda: Unavailable("POST https://ana:hunter2@example.org refused"))
    with caplog.at_level("INFO", logger="halflife"):
        deliver(ledger, {"recorder": channel}, now=0.0)
        for time in (60.0 * 2**n for n in range(1, 14)):
            deliver(ledger, {"recorder": channel}, now=time)
    levels = [record.levelname for record in caplog.records if record.name == "halflife.monitoring.alerts.outbox"]
    assert levels == ["INFO"] * (len(levels) - 1) + ["WARNING"]
    assert "again in 60 s" in caplog.records[0].getMessage()
    assert "is dead after" in caplog.records[-1].getMessage()
    assert "hunter2" not in caplog.text
