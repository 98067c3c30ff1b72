"""The contract every ledger keeps of causes, forecasts, opacity, drift and the outbox; `ledger_checks` lists these too."""

from dataclasses import replace

from halflife.models.causes import Cause, Share, Why
from halflife.models.domain import Interval, Milestone
from halflife.models.forecast import Forecast
from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.models.performance import Basis, Performance
from halflife.testing.asserting import equal
from halflife.testing.ledger_specimens import ALERT, DRIFT, Check, Make, finding, opened

NAN = float("nan")


def record_checks() -> list[Check]:
    """The checks of what is recorded beside findings, and of the outbox."""
    return [
        replaces_causes,
        replaces_forecasts,
        keeps_one_opacity_a_version,
        keeps_one_drift_a_watch,
        keeps_every_word_on_a_performance,
        queues_an_alert_once,
        delivers_until_sent_or_dead,
    ]


def replaces_causes(make: Make) -> None:
    """Causes told of a version are replaced by those told later, and chosen by finding and from a version on."""
    ledger = opened(make, 3)
    ledger.file([finding("a"), finding("b")], [])
    shares = {Cause.CONCEPT: Share(0.75, 0.125), Cause.SEED: Share(0.25)}
    first = [Why(2, 1, 2, -0.5, 0.25, -2.0, shares, 0.5, 0.125, ("â",)), Why(1, 1, 2, 0.5, NAN, NAN)]
    ledger.record_causes(2, first)
    ledger.record_causes(3, [Why(1, 2, 3, 0.0, NAN, NAN)])
    equal(ledger.causes(), [first[1], first[0], Why(1, 2, 3, 0.0, NAN, NAN)], "causes read back by version and finding")
    equal([w.version for w in ledger.causes(finding=1)], [2, 3], "those of one finding")
    equal([w.version for w in ledger.causes(since=3)], [3], "those from a version on")
    ledger.record_causes(2, first[:1])
    equal([(w.version, w.finding) for w in ledger.causes()], [(2, 2), (3, 1)], "those told later are left")


def replaces_forecasts(make: Make) -> None:
    """What was foretold after a version is replaced by what is foretold later, and chosen from a version on."""
    ledger = opened(make, 2)
    ledger.file([finding("a"), finding("b")], [])
    told = [Forecast(2, 1, 0.5, NAN, NAN, 0.25), Forecast(1, 1, 0.125, 2.0, 0.5, 0.0625)]
    ledger.record_forecasts(1, told)
    ledger.record_forecasts(2, [Forecast(1, 2, 0.5, 1.0, 0.0, 0.5)])
    equal(ledger.forecasts(since=0), [told[1], told[0], Forecast(1, 2, 0.5, 1.0, 0.0, 0.5)], "by version and finding")
    equal([f.version for f in ledger.forecasts(since=2)], [2], "those from a version on")
    ledger.record_forecasts(1, told[:1])
    equal([(f.version, f.finding) for f in ledger.forecasts()], [(1, 2), (2, 1)], "those foretold later are left")


def keeps_one_opacity_a_version(make: Make) -> None:
    """A version's opacity reads back with all that was measured; measured again, it is replaced."""
    ledger = opened(make, 2)
    disagreement = Multiplicity(3, 100, 0.5, 0.25, 0.125, (0.25, 0.75), (0.0625, 0.25), 0.03125)
    moved = Sensitivity((1, 2), (0.5, 0.25), 2, 0.5, (3, 6), ((0.5, 0.25), (0.5, 0.125)))
    second = Opacity(2, disagreement, None, True, moved, 100, disagreement, 50.5, "who knows")
    ledger.record_opacity(second)
    for rows in (10, 20):
        ledger.record_opacity(Opacity(1, None, None, False, rows=rows))
    equal(ledger.opacities(), [Opacity(1, None, None, False, rows=20), second], "one a version, by version")


def keeps_one_drift_a_watch(make: Make) -> None:
    """A watch reads back as it was; the same tick against the same champion replaces it, another champion does not."""
    ledger = opened(make, 2)
    for drift in (replace(DRIFT, note="an earlier try"), DRIFT, replace(DRIFT, against=2), replace(DRIFT, tick=3)):
        ledger.record_drift(drift)
    equal(ledger.drifts(), [replace(DRIFT, tick=3), DRIFT, replace(DRIFT, against=2)], "one a watch, by tick")
    equal([d.tick for d in ledger.drifts(since=4)], [5, 5], "those from a tick on")


def keeps_every_word_on_a_performance(make: Make) -> None:
    """What is told of the same ticks as of another tick stands beside it; as of the same tick it replaces it."""
    ledger = opened(make, 2)
    metrics = {"auc": Interval(0.75, 0.5, 0.875)}
    estimate = Performance(3, 5, 1, 5, Basis.ESTIMATED, 900, 30, 0, metrics)
    measured = Performance(3, 5, 1, 9, Basis.MEASURED, 900, 860, 40, {"auc": Interval(0.5, 0.25, 0.75)})
    nothing = Performance(3, 5, 2, 5, Basis.ESTIMATED, 90, 0, 0, {}, "90 rows are too few")
    for told in (nothing, measured, replace(estimate, rows=1), estimate):
        ledger.record_performance(told)
    equal(ledger.performances(), [estimate, measured, nothing], "by tick, champion and the tick they are told as of")


def queues_an_alert_once(make: Make) -> None:
    """The second alert with a key is the same alert, and still sets the stage; one delivery a channel, newest first."""
    ledger = opened(make)
    assert ledger.enqueue(ALERT, ["console", "eml", "console"]), "a new alert is not taken"
    again = ledger.enqueue(replace(ALERT, subject="other"), ["webhook"], stage=(1, Milestone.REPORTED))
    assert not again, "a key that is known is taken again"
    equal([(d.channel, d.alert) for d in ledger.deliveries()], [("eml", ALERT), ("console", ALERT)], "one a channel")
    equal(ledger.stage(1), Milestone.REPORTED, "the cycle has got there")
    equal((ledger.decided(ALERT.key), ledger.decided("other")), (True, False), "what was decided is known")
    assert ledger.enqueue(replace(ALERT, key="quiet"), []), "an alert without channels is not taken"
    equal((ledger.decided("quiet"), len(ledger.deliveries())), (True, 2), "it is decided, and goes nowhere")


def delivers_until_sent_or_dead(make: Make) -> None:
    """Failures move the next attempt and count; what was sent is never due again, whatever is said of it later."""
    ledger = opened(make)
    ledger.enqueue(ALERT, ["a", "b"])
    a, b = ledger.due(0.0)
    equal((a.alert, a.attempts, a.error), (ALERT, 0, ""), "a delivery is due at once, with its alert")
    ledger.failed(a.id, "refused", next_attempt=60.0)
    equal([d.channel for d in ledger.due(59.0)], ["b"], "what failed waits")
    due = [(d.channel, d.attempts, d.error) for d in ledger.due(60.0)]
    equal(due, [("a", 1, "refused"), ("b", 0, "")], "until its next attempt")
    ledger.delivered(a.id, 60.0)
    ledger.failed(a.id, "a slower process", next_attempt=90.0)
    ledger.failed(b.id, "gone", next_attempt=None)
    equal(ledger.due(1e12), [], "nothing is due any more")
    states = [(d.channel, d.state, d.attempts, d.error) for d in ledger.deliveries()]
    equal(states, [("b", "dead", 1, "gone"), ("a", "sent", 2, "")], "one is dead, and one is sent")
