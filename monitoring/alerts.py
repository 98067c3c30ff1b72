"""What is worth telling people about one version: decided purely, as one ranked message or none at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.domain import (
    Alert,
    AlertItem,
    AlertKind,
    Author,
    Drift,
    Finding,
    Role,
    Scope,
    Severity,
    Status,
    Version,
)
from models.rows import Array, Mask
from monitoring.conclusions import Change, Conclusions

CASE_STATISTICS = ("prediction", "top_reason")
"""Claims about one row. The investigator files dozens of them a version; they are counted, not listed."""

RANK = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class Limits:
    """From where on something is worth a message.

    Attributes:
        false_discoveries: share of the new refutations listed that may be false (Benjamini and Hochberg 1995).
        quarantine: share of rows set aside.
        cases: share of the investigator's case explanations that changed. Retraining alone changes 10 to 16 % of them,
            so fewer than this are told only in a message that is sent anyway.
        few_cases: with fewer case explanations than this, a share says nothing.
        listed: findings listed one by one; the rest are counted.
    """

    false_discoveries: float = 0.10
    quarantine: float = 0.01
    cases: float = 0.25
    few_cases: int = 10
    listed: int = 12


DEFAULT = Limits()


def decide(
    conclusions: Conclusions,
    version: Version,
    *,
    source: str,
    drift: Drift | None = None,
    quarantined: int = 0,
    ingested: int = 0,
    links: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Alert | None:
    """One alert about ``version``, or None when there is nothing worth saying.

    A new refutation of a population claim is listed when it passes Benjamini-Hochberg over every population claim
    tested on this version; exact ones and guards, which have already kept the version from being promoted, always are.
    What the investigator said of single cases is summed up in one sentence.

    Args:
        conclusions: of all versions; ``version`` must be the newest.
        version: what the message is about.
        source: the registry's name for the model. With the version's label it makes the key, so that a cycle that
            is run again makes the same alert.
        drift: the watch that led to this version, if there was one. Ignored when it was underpowered.
        quarantined: rows set aside since the version before.
        ingested: rows kept since the version before.
        links: name -> address or path, passed on.
        limits: from where on something is worth a message.

    Returns:
        Items by severity: critical when a guard broke; warning for findings that went stale or reversed, drift, a
        version that was not promoted and a high quarantine rate; info for findings that hold again.
    """
    events = _findings(conclusions, version, limits)
    events += _drift(drift) + _refused(version) + _quarantine(quarantined, ingested, limits)
    if not any(event.headline for event in events):
        return None
    events.sort(key=lambda event: RANK.index(event.item.severity))  # stable: equals stay in order
    headlines = list(dict.fromkeys(event.headline for event in events if event.headline))
    tested, holding = _holding(conclusions, version)
    sentence = f"Version {version.number}: {_listing(headlines)}."
    if tested:
        sentence += f" Of {_count(tested, 'finding')} re-tested, {holding} still {'holds' if holding == 1 else 'hold'}."
    return Alert(
        key=f"{source}-{version.label}",
        severity=events[0].item.severity,
        version=version.number,
        subject=one_line(f"{version.label}: {', '.join(headlines)}"),
        sentence=one_line(sentence),
        items=tuple(event.item for event in events),
        links=dict(links or {}),
    )


def discoveries(p_values: Array, q: float) -> Mask:
    """Which of these tests stay significant at false discovery rate ``q``.

    Args:
        p_values: of all tests made, shape (n,); NaN is never significant, and is not counted as a test.
        q: expected share of false ones among those that pass.

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995.

    >>> discoveries(np.array([0.001, 0.04, 0.9, 0.8]), 0.10).tolist()
    [True, True, False, False]
    """
    from scipy.stats import false_discovery_control  # loading it takes a second, which only a decision needs

    passed = np.zeros(len(p_values), dtype=np.bool_)
    known = ~np.isnan(p_values)
    if known.any():
        passed[known] = false_discovery_control(p_values[known], method="bh") <= q
    return passed


def one_line(text: str) -> str:
    r"""``text`` without line breaks, tabs or control characters, as a subject must be.

    >>> one_line("v3: a finding\r\nBcc: everyone@example.org")
    'v3: a finding Bcc: everyone@example.org'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@dataclass(frozen=True)
class _Event:
    """An item with what the subject says of it; an empty headline is no reason to write to anyone."""

    item: AlertItem
    headline: str = ""


def _findings(conclusions: Conclusions, version: Version, limits: Limits) -> list[_Event]:
    changes = [c for c in conclusions.changes if c.check.version == version.number and not c.finding.stillborn]
    new = [c for c in changes if _newly_refuted(c)]
    listable = [c for c in new if c.finding.guard or not _counted_only(c.finding)]
    passed = _passing(conclusions, version, limits.false_discoveries)
    told = [c for c in listable if c.finding.guard or c.check.decides.p_value is None or c.finding.id in passed]
    guards = [c for c in told if c.finding.guard]
    reversed_ = [c for c in told if not c.finding.guard and c.after is Status.REVERSED]
    stale = [c for c in told if not c.finding.guard and c.after is Status.STALE]
    again = [c for c in changes if _recovered(c) and (c.finding.guard or not _counted_only(c.finding))]
    broken = f"{_count(len(guards), 'guard')} broke"
    events = _listed(guards, Severity.CRITICAL, broken, len(guards))
    events += _listed(reversed_, Severity.WARNING, f"{_count(len(reversed_), 'finding')} reversed", limits.listed)
    events += _listed(stale, Severity.WARNING, f"{_count(len(stale), 'finding')} went stale", limits.listed)
    events += _cases(conclusions, version, changes, limits)
    if quiet := len(listable) - len(told):
        sentence = (
            f"{_count(quiet, 'more finding')} {'was' if quiet == 1 else 'were'} refuted, but so many were tested that "
            "this may be chance; the next re-test will tell."
        )
        events.append(_Event(AlertItem(AlertKind.FINDINGS, Severity.INFO, sentence)))
    holds = f"{_count(len(again), 'finding')} {'holds' if len(again) == 1 else 'hold'} again"
    return events + _listed(again, Severity.INFO, holds, limits.listed)


def _listed(changes: Sequence[Change], severity: Severity, headline: str, limit: int) -> list[_Event]:
    events = [
        _Event(AlertItem(AlertKind.FINDINGS, severity, _sentence(change), change.finding.name), headline)
        for change in changes[:limit]
    ]
    if (rest := len(changes) - limit) > 0:
        sentence = f"{_count(rest, 'more finding')} like these; the report has them all."
        events.append(_Event(AlertItem(AlertKind.FINDINGS, severity, sentence), headline))
    return events


def _cases(conclusions: Conclusions, version: Version, changes: Sequence[Change], limits: Limits) -> list[_Event]:
    followed = sum(_counted_only(f) and _tested(conclusions, f, version) for f in conclusions.findings)
    changed = Counter(c.finding.statistic for c in changes if _newly_refuted(c) and _counted_only(c.finding))
    back = sum(_recovered(c) and _counted_only(c.finding) for c in changes)
    if not changed:
        return []
    kinds = {"top_reason": "top reason", "prediction": "decision"}
    detail = _listing([_count(changed[name], kinds[name]) for name in kinds if changed[name]])
    headline = f"{changed.total()} of {followed} case explanations changed"
    sentence = f"{headline}: {detail}" + (f"; {back} that had changed before hold again." if back else ".")
    loud = followed >= limits.few_cases and changed.total() > limits.cases * followed
    severity = Severity.WARNING if loud else Severity.INFO
    return [_Event(AlertItem(AlertKind.FINDINGS, severity, sentence), headline if loud else "")]


def _drift(drift: Drift | None) -> list[_Event]:
    if drift is None or not (drift.drifted and drift.powered):
        return []
    columns = sorted((c for c in drift.columns if c.drifted), key=lambda c: -_excess(c.score, c.threshold, c.method))
    names = [column.name for column in columns]
    few = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more" if names else "the inputs"
    where = f"ticks {drift.first_tick} to {drift.tick} against v{drift.against}"
    share = f" ({len(names)} of {_count(len(drift.columns), 'column')})" if drift.columns else ""
    sentence = f"Drift in {_listing(names[:5] + ([f'{len(names) - 5} more'] if len(names) > 5 else [])) or few}{share}"
    sentence += f", {where}." + (f" {drift.note}" if drift.note else "")
    return [_Event(AlertItem(AlertKind.DRIFT, Severity.WARNING, one_line(sentence)), f"drift in {few}")]


def _refused(version: Version) -> list[_Event]:
    if version.role is not Role.CHALLENGER:
        return []
    sentence = one_line(f"{version.label} was not promoted: {version.reason or 'the gate gave no reason'}")
    return [_Event(AlertItem(AlertKind.PROMOTION_REFUSED, Severity.WARNING, sentence), "not promoted")]


def _quarantine(quarantined: int, ingested: int, limits: Limits) -> list[_Event]:
    share = quarantined / max(quarantined + ingested, 1)
    if share <= limits.quarantine:
        return []
    rows = f"{quarantined} of {_count(quarantined + ingested, 'row')}"
    sentence = f"{rows} ({share:.1%}) could not be used and were set aside, each with its reason."
    return [_Event(AlertItem(AlertKind.QUARANTINE, Severity.WARNING, sentence), f"{share:.1%} of rows quarantined")]


def _passing(conclusions: Conclusions, version: Version, q: float) -> frozenset[int]:
    """Ids of population claims whose refutation survives the correction for how many were tested on this version."""
    tested = [
        f
        for f in conclusions.findings
        if f.scope is Scope.POPULATION and not f.stillborn and _tested(conclusions, f, version)
    ]
    p_values = np.array([_p_value(conclusions, f) for f in tested], dtype=np.float64)
    return frozenset(f.id for f, passed in zip(tested, discoveries(p_values, q), strict=True) if passed)


def _p_value(conclusions: Conclusions, finding: Finding) -> float:
    p_value = conclusions.latest[finding.id].decides.p_value
    return np.nan if p_value is None else p_value


def _holding(conclusions: Conclusions, version: Version) -> tuple[int, int]:
    statuses = [
        conclusions.latest[f.id].status
        for f in conclusions.findings
        if not f.stillborn and _tested(conclusions, f, version) and f.made_on < version.number
    ]
    return len(statuses), sum(status in (Status.HOLDS, Status.WEAKENED) for status in statuses)


def _sentence(change: Change) -> str:
    finding, measured = change.finding, change.check.decides
    said = {Status.STALE: "no longer holds", Status.REVERSED: "turned into its opposite"}
    verb = said.get(change.after, "holds again")
    interval = measured.interval
    now = ""
    if interval is not None:
        exact = interval.lower == interval.upper
        now = f": now {interval.estimate:.3f}" if exact else f": now {interval}"
    birth = f", {finding.birth.estimate:.3f} when filed on v{finding.made_on}" if finding.birth is not None else ""
    return one_line(
        f"{'Guard broken: ' if finding.guard and change.after.refutes else ''}{finding.claim} {verb}{now}{birth}."
    )


def _newly_refuted(change: Change) -> bool:
    """A finding that went from stale to reversed is news; from reversed to stale, it is not."""
    return change.after.refutes and (not change.before.refutes or change.after is Status.REVERSED)


def _recovered(change: Change) -> bool:
    return change.before.refutes and change.after in (Status.HOLDS, Status.WEAKENED)


def _counted_only(finding: Finding) -> bool:
    case = finding.statistic in CASE_STATISTICS and finding.author == Author.INVESTIGATOR
    return case and not finding.guard and not finding.stillborn


def _tested(conclusions: Conclusions, finding: Finding, version: Version) -> bool:
    return finding.id in conclusions.latest and conclusions.latest[finding.id].version == version.number


def _excess(score: float, threshold: float, method: str) -> float:
    """How far beyond its threshold a column is; below it, where the score is a p-value."""
    return threshold - score if "p_value" in method else score - threshold


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listing(parts: Sequence[str]) -> str:
    """Join as prose does.

    >>> _listing(["a", "b", "c"])
    'a, b and c'
    """
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)
