"""From what the ledger holds to the one story every reader is told. Pure, and computed once per version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from halflife.models.causes import Why
from halflife.models.domain import Author, Check, Drift, Finding, Interval, Scope, Status, Version
from halflife.monitoring.claims.language.about_case import about_case
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.survival.expected_deaths import hazards
from halflife.monitoring.survival.half_lives import half_lives
from halflife.monitoring.survival.lives import lives

if TYPE_CHECKING:
    from halflife.monitoring.ports import Ledger

RECENT = 60
"""Versions whose checks are told in full, more than any page shows; of older ones their statuses and lives are told."""
CONFIRMED = (Status.HOLDS, Status.WEAKENED)


def tell(ledger: "Ledger", *, scored: bool = False) -> Conclusions:
    """The story of a ledger: statuses from its beginning, checks of the newest `RECENT` versions.

    Args:
        ledger: read, never written.
        scored: say how good forecasts have been too.
    """
    versions = ledger.versions()
    since = versions[-RECENT].number if len(versions) > RECENT else 0
    earlier = ledger.statuses() if since else {}
    newest = versions[-1].number if versions else 0
    opacities, whys, findings = ledger.opacities(), ledger.causes(), ledger.findings()
    scores = None
    if scored:
        from halflife.monitoring.foresight.forecast_scores import score  # whoever lists findings need not load it

        scores = score(ledger.forecasts(), ledger.statuses(), findings)
    return replace(
        conclude(versions, findings, ledger.checks(since=since), ledger.drifts(), earlier, whys),
        whys={why.finding: why for why in whys},
        forecasts={told.finding: told for told in ledger.forecasts(since=newest)},
        opacity=next(reversed(opacities), None),
        scores=scores,
        performances=tuple(ledger.performances()),
        sensitive=next((o for o in reversed(opacities) if o.sensitivity is not None), None),
    )


def conclude(
    versions: Iterable[Version],
    findings: Iterable[Finding],
    checks: Iterable[Check],
    drifts: Iterable[Drift],
    earlier: Mapping[int, Mapping[int, Status]] | None = None,
    whys: Iterable[Why] = (),
) -> Conclusions:
    """Put versions, findings, checks and watches together.

    Args:
        versions: in any order.
        findings: every one, stillborn and retired ones too.
        checks: every one, among them each finding's birth (the check on the version it was made on). Of two checks of
            the same finding on the same version the later one counts; checks of unknown findings are left out.
        drifts: every watch.
        earlier: finding id -> version number -> status, where the check itself is not among ``checks``. What noise alone
            would do is only known of findings whose birth is.
        whys: every cause that was attributed.

    >>> conclude([], [], [], []).half_lives
    ()
    """
    versions = tuple(sorted(versions, key=lambda v: v.number))
    findings = tuple(sorted(findings, key=lambda f: f.id))
    history: dict[int, dict[int, Check]] = {f.id: {} for f in findings}
    for check in checks:
        if check.finding in history:
            history[check.finding][check.version] = check
    known = {finding.id for finding in findings}
    status: dict[int, dict[int, Status]] = defaultdict(dict)
    status |= {finding: {**said} for finding, said in (earlier or {}).items() if finding in known}
    intervals: dict[int, dict[int, Interval]] = defaultdict(dict)
    latest: dict[int, Check] = {}
    for finding, by_version in history.items():
        for number, check in sorted(by_version.items()):
            decides = check.decides
            status[finding][number] = decides.status
            latest[finding] = check
            if decides.interval is not None:
                intervals[finding][number] = decides.interval
    every = lives(findings, status)
    births = {f.id: history[f.id][f.made_on] for f in findings if f.made_on in history[f.id]}
    causes: dict[int, dict[int, Why]] = defaultdict(dict)
    for why in whys:
        causes[why.finding][why.version] = why
    return Conclusions(
        versions=versions,
        findings=findings,
        status=dict(status),
        lives=every,
        half_lives=half_lives(every, hazards=hazards(findings, every, births, versions), whys=causes),
        changes=changes(findings, history, versions[-1].number) if versions else (),
        drifts=tuple(sorted(drifts, key=lambda d: d.tick)),
        latest=latest,
        intervals=dict(intervals),
    )


def changes(findings: Sequence[Finding], history: dict[int, dict[int, Check]], newest: int) -> tuple[StatusChange, ...]:
    """Findings whose status on ``newest`` differs from their check before it, worst first; stillborn ones left out."""
    found = []
    for finding in findings:
        earlier = [number for number in history[finding.id] if number < newest]
        if finding.stillborn or newest not in history[finding.id] or not earlier:
            continue
        before, check = history[finding.id][max(earlier)].status, history[finding.id][newest]
        if before is not check.status:
            found.append(StatusChange(finding, before, check))
    return tuple(sorted(found, key=_rank))


def _rank(change: StatusChange) -> tuple[int, int, bool, float, int]:
    """Worst first; guards before people's before the investigator's; the population before cases; then by distance."""
    recovered = change.before.refutes and change.after in CONFIRMED
    kind = {Status.REVERSED: 0, Status.STALE: 1}.get(change.after, 2 if recovered else 3)
    owner = 0 if change.finding.guard else 2 if change.finding.author == Author.INVESTIGATOR else 1
    interval = change.check.decides.interval
    distance = 0.0 if interval is None else abs(interval.estimate - change.check.threshold)
    one = change.finding.scope is Scope.ARTIFACT or about_case(change.finding)
    return kind, owner, one, -distance, change.finding.id
