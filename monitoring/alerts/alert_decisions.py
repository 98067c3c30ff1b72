"""What is worth telling people about one version: decided purely, as one ranked message or none at all."""

from collections.abc import Callable, Mapping

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.domain import Drift, Role, Status, Version
from halflife.models.errors import NotTrainable, Obstacle
from halflife.monitoring.alerts.alert_events import AlertEvent, count, one_line, percent
from halflife.monitoring.alerts.alert_findings import (
    case_events,
    checked,
    expiry_events,
    finding_events,
    foretold_events,
)
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.drift.comparison import listed
from halflife.monitoring.policy import AlertPolicy
from halflife.monitoring.wording.tick_words import ticks
from halflife.monitoring.wording.words import UNTESTED, lacks_rows, untested

RANK = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
NAMED = 5
"""Columns an item names before it counts the rest."""


DEFAULT = AlertPolicy()


def decide(
    conclusions: Conclusions,
    version: Version,
    *,
    source: str,
    drift: Drift | None = None,
    quarantined: int = 0,
    ingested: int = 0,
    mislabelled: int = 0,
    labels: int = 0,
    links: Mapping[str, str] | None = None,
    limits: AlertPolicy = DEFAULT,
) -> Alert | None:
    """One alert about ``version``, or None when there is nothing worth saying.

    Args:
        conclusions: of all versions; ``version`` must be the newest.
        version: what the message is about.
        source: the registry's name for the model. With the version's label it makes the key, so that a cycle that
            is run again makes the same alert.
        drift: the watch that led to this version, if there was one. Passed over when it was underpowered.
        quarantined: rows set aside since the version before.
        ingested: rows kept since the version before.
        mislabelled: labels set aside since the version before.
        labels: that the rows kept since have.
        links: name -> address or path, passed on.
        limits: from where on something is worth a message.

    Returns:
        Items by severity: critical when a guard broke; warning for findings that went stale or reversed, drift, a
        version that was not promoted, a high quarantine rate, guards that expired, and findings most of which could not be
        tested where they could before; info for findings that hold again
        and for others that expired.
    """
    events = [
        *finding_events(conclusions, version, limits.false_discoveries, limits.listed, strict=limits.strict),
        *expiry_events(conclusions, version),
        *case_events(conclusions, version, limits.cases, limits.few_cases),
        *_drift(drift),
        *_refused(version),
        *_quarantine("row", quarantined, quarantined + ingested, limits.quarantine),
        *_quarantine("label", mislabelled, mislabelled + labels, limits.quarantine),
        *_untested(conclusions, version),
        *foretold_events(conclusions),
    ]
    events.sort(key=lambda event: RANK.index(event.item.severity))  # stable: equals stay in order
    headlines = list(dict.fromkeys(event.headline for event in events if event.headline))
    if not headlines:
        return None
    clauses = list(dict.fromkeys(event.clause for event in events if event.clause))
    sentence = f"On version {version.number}, {listed(clauses, limit=len(clauses))}.{_holding(conclusions, version)}"
    return Alert(
        key=f"{source}-{version.label}",
        severity=events[0].item.severity,
        version=version.number,
        subject=one_line(f"{version.label}: {', '.join(headlines)}"),
        sentence=one_line(sentence),
        items=tuple(event.item for event in events),
        links=dict(links or {}),
    )


def drift_key(source: str, drift: Drift) -> str:
    """Of the alert that a watch flagged drift and no retrain follows."""
    return f"{source}-drift-{drift.tick}"


def drifted(source: str, drift: Drift, links: Mapping[str, str] | None = None) -> Alert | None:
    """A message about a watch after which no version is trained; None when it has nothing to say."""
    events = _drift(drift)
    if not events:
        return None
    return Alert(
        key=drift_key(source, drift),
        severity=Severity.WARNING,
        version=drift.against,
        subject=one_line(f"{source}: {events[0].headline}"),
        sentence=one_line(f"In {ticks(drift.first_tick, drift.tick, drift.dates)}, {events[0].clause}."),
        items=(events[0].item,),
        links=dict(links or {}),
    )


def retrain_failed(
    source: str, tick: int, error: NotTrainable, *, newest: int, decided: Callable[[str], bool]
) -> Alert | None:
    """A message about a version that could not be trained; None while that is so for the reason it was told of last.

    Args:
        source: the registry's name for the model.
        tick: at which the version was due.
        error: why it could not be trained.
        newest: number of the newest version, after which another reason is told, and the same one anew; 0 for none.
        decided: whether there ever was an alert of a key.

    >>> told = retrain_failed("demo", 12, NotTrainable("no label came"), newest=3, decided=lambda key: False)
    >>> told.subject, told.key
    ('demo: no version from tick 12', 'demo-v3-failed-1-labels')
    >>> retrain_failed("demo", 13, NotTrainable("no label came"), newest=3, decided=lambda key: key == told.key)
    """
    change, last = 0, None
    while (found := _told(source, newest, change + 1, decided)) is not None:
        change, last = change + 1, found
    if last == error.lacks:
        return None
    item = AlertItem(AlertKind.RETRAIN_FAILED, Severity.CRITICAL, one_line(str(error)))
    return Alert(
        key=_failure_key(source, newest, change + 1, error.lacks),
        severity=Severity.CRITICAL,
        version=0,
        subject=one_line(f"{source}: no version from tick {tick}"),
        sentence=f"At tick {tick} no version could be trained; {'the champion stays in place' if newest else 'there is none yet'}. "
        "This is said again only for another reason, or after a version was trained.",
        items=(item,),
    )


def _told(source: str, newest: int, change: int, decided: Callable[[str], bool]) -> Obstacle | None:
    """The reason that was the ``change``-th to be told since the newest version."""
    return next((lacks for lacks in Obstacle if decided(_failure_key(source, newest, change, lacks))), None)


def _failure_key(source: str, newest: int, change: int, lacks: Obstacle) -> str:
    return f"{source}-v{newest}-failed-{change}-{lacks}"


def trial(source: str, now: float) -> Alert:
    """A message that only shows that a channel works; ``now`` keeps it apart from the one before.

    >>> trial("demo", 1_700_000_000.0).key
    'demo-test-1700000000'
    """
    sentence = f"This is a test of {source}'s alerts. If you can read it, this channel works."
    item = AlertItem(AlertKind.TEST, Severity.INFO, "Nothing happened; nothing needs to be done.")
    return Alert(f"{source}-test-{int(now)}", Severity.INFO, 0, one_line(f"{source}: test alert"), sentence, (item,))


def _drift(drift: Drift | None) -> list[AlertEvent]:
    if drift is None or not (drift.drifted and drift.powered):
        return []
    moved = sorted((c for c in drift.columns if c.drifted), key=lambda c: -c.score / c.threshold)
    names = [column.name for column in moved]
    short = listed(names, limit=1 if len(names) > 2 else 2) or "the inputs"
    where = f"Drift in {ticks(drift.first_tick, drift.tick, drift.dates)} against v{drift.against}"
    said = f"{listed(names, NAMED) or 'the inputs'} moved ({len(moved)} of {count(len(drift.columns), 'column')})."
    if any(name in drift.note for name in names):
        said = drift.note  # it names them itself, but for those it only counts
    elif drift.note:
        said += f" {drift.note}"
    item = AlertItem(AlertKind.DRIFT, Severity.WARNING, one_line(f"{where}: {said}"))
    return [AlertEvent(item, f"drift in {short}", f"the data drifted ({short})")]


def _refused(version: Version) -> list[AlertEvent]:
    if version.role is not Role.CHALLENGER:
        return []
    sentence = f"{version.label} was not promoted: {version.reason or 'the gate gave no reason'}"
    item = AlertItem(AlertKind.PROMOTION_REFUSED, Severity.WARNING, one_line(sentence))
    return [AlertEvent(item, "not promoted", "the version was not promoted")]


def _quarantine(what: str, aside: int, came: int, limit: float) -> list[AlertEvent]:
    """Of rows, or of labels, that came: how many were set aside."""
    if aside <= limit * came:
        return []
    share, were = percent(aside / came), "was" if aside == 1 else "were"
    sentence = f"{aside:,} of {count(came, what)} ({share}) could not be used and {were} set aside, with reasons."
    item = AlertItem(AlertKind.QUARANTINE, Severity.WARNING, sentence)
    return [AlertEvent(item, f"{share} of {what}s quarantined", f"{share} of {what}s were quarantined")]


def _untested(conclusions: Conclusions, version: Version) -> list[AlertEvent]:
    """That findings had too few rows to be tested; a reason to write where it is most of them, and some are new to it."""
    there = checked(conclusions, version)
    short = [f for f in there if lacks_rows(conclusions.latest[f.id])]
    if not short:
        return []
    before = max((v.number for v in conclusions.versions if v.number < version.number), default=0)
    new = any(conclusions.status[f.id].get(before) is not Status.UNTESTABLE for f in short)
    loud = new and len(short) >= UNTESTED * len(there)
    said = untested(conclusions, version)
    item = AlertItem(AlertKind.FINDINGS, Severity.WARNING if loud else Severity.INFO, one_line(f"{said}."))
    few = f"{len(short):,} of {count(len(there), 'finding')} could not be tested"
    return [AlertEvent(item, few, few)] if loud else [AlertEvent(item)]


def _holding(conclusions: Conclusions, version: Version) -> str:
    """How the rest of the findings fared; birth checks are no re-tests."""
    again = [f for f in checked(conclusions, version) if f.made_on < version.number]
    if not again:
        return ""
    holding = sum(conclusions.latest[f.id].status in (Status.HOLDS, Status.WEAKENED) for f in again)
    return f" Of {count(len(again), 'finding')} re-tested, {holding:,} {'holds' if holding == 1 else 'hold'}."
