"""Say why findings changed on a version: split each change, within a budget of fits, and keep the story."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from math import inf

from halflife.models.causes import Why
from halflife.models.domain import Finding, Interval, Scope, Status, Version
from halflife.models.errors import UsageError
from halflife.monitoring.causes.breakdown import Breakdown
from halflife.monitoring.causes.status_change import last_status_change, status_change
from halflife.monitoring.causes.version_pair import COSTS, Pair, by_finding
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import parse, readable
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.context import Context
from halflife.monitoring.verdicts import verdict


def attribute(context: Context, version: Version) -> list[Why]:
    """Why each finding whose status changed on ``version`` did, recorded in one transaction; by finding.

    At most ``policy.causes.fits`` models are trained, first those that tell causes apart for the most findings; weighing
    rows by a classifier counts, also where nothing is trained on the weights. Said again, it is the same.
    """
    status = context.ledger.statuses()
    changed: dict[int, list[Finding]] = defaultdict(list)
    for finding in context.ledger.findings():
        history = status.get(finding.id, {})
        if finding.stillborn or version.number not in history or not _readable(finding):
            continue
        since = status_change(history, finding.made_on, version.number, exact=finding.scope is Scope.ARTIFACT)
        if since is not None:
            changed[since].append(finding)
    versions = {v.number: v for v in context.ledger.versions()}
    read = lru_cache(maxsize=2)(lambda number: context.rows.window(versions[number]))
    checks = lru_cache(maxsize=None)(lambda number: by_finding(context, number))
    pairs = [
        Pair(context, versions[n], version, some, lambda v: read(v.number), checks)
        for n, some in sorted(changed.items())
        if n in versions
    ]
    tell_apart(pairs, context.policy.causes.fits)
    found = [told.why for pair in pairs for told in pair.breakdowns() if told is not None]
    whys = sorted(found, key=lambda why: why.finding)
    context.ledger.record_causes(version.number, whys)
    if whys:
        context.observe(f"{version.label}: causes of {len(whys)} changes told apart")
    return whys


def tell_apart(pairs: Iterable[Pair], fits: float) -> None:
    """Make the fits that tell causes apart for the most findings, as long as the budget lasts."""
    order = list(COSTS)
    wishes = [
        (-n, order.index(cause), at, pair, cause) for at, pair in enumerate(pairs) for cause, n in pair.wishes().items()
    ]
    for *_, pair, cause in sorted(wishes, key=lambda wish: wish[:3]):
        if COSTS[cause] <= fits:
            fits -= COSTS[cause]
            pair.tell_apart(cause)


def change_breakdown(context: Context, finding: Finding, old: Version, new: Version, *, fits: float = inf) -> Breakdown:
    """Why a finding's θ on one version differs from what it was on an earlier one; nothing is recorded.

    Args:
        context: with everything.
        finding: any, whatever its status.
        old: the earlier version; not before the one the finding was made on.
        new: the later one.
        fits: models that may be trained.

    Raises:
        UsageError: the versions are in another order, the claim cannot be read, or θ is not known on both.
    """
    if not finding.made_on <= old.number < new.number:
        raise UsageError(
            f"{finding.name} was made on v{finding.made_on}: say --from v{finding.made_on} or later, and --to after it"
        )
    if not _readable(finding):
        raise UsageError(f"this build cannot read the claim of {finding.name}: {finding.claim}")
    pair = Pair(context, old, new, [finding], context.rows.window)
    tell_apart([pair], fits)
    (told,) = pair.breakdowns()
    if told is None:
        raise UsageError(
            f"{finding.name} could not be measured on both {old.label} and {new.label}{_reason(context, finding, old, new)}"
        )
    return told


def versions_of(context: Context, finding: Finding) -> tuple[Version, Version] | None:
    """The pair of versions a finding is explained by: its newest change, else from its birth to its newest check.

    None for a finding that was never re-tested.
    """
    history = context.ledger.statuses().get(finding.id, {})
    later = [number for number in history if number > finding.made_on]
    if not later:
        return None
    pair = last_status_change(history, finding.made_on, exact=finding.scope is Scope.ARTIFACT) or (
        finding.made_on,
        max(later),
    )
    return context.ledger.version(pair[0]), context.ledger.version(pair[1])


def keep_why(context: Context, finding: Finding, told: Breakdown) -> bool:
    """Put a story in the ledger when it is of the change that ends on its version; whether it was."""
    history = context.ledger.statuses().get(finding.id, {})
    since = status_change(history, finding.made_on, told.why.version, exact=finding.scope is Scope.ARTIFACT)
    if since != told.why.since:
        return False
    known = [w for w in context.ledger.causes(since=told.why.version) if w.version == told.why.version]
    others = [w for w in known if w.finding != finding.id]
    context.ledger.record_causes(told.why.version, sorted([*others, told.why], key=lambda w: w.finding))
    return True


def status_on(context: Context, finding: Finding, told: Breakdown) -> Status:
    """The finding's status on the later version; by θ alone where it was not tested there."""
    checks = [c for c in context.ledger.checks(finding=finding.id) if c.version == told.why.version]
    if checks:
        return checks[-1].status
    claim, now = parse(finding.claim), float(told.corners[1, 1])
    return verdict(Interval(now, now, now), *order(claim), claim.tolerance, neutral=claim.about.neutral)


def _readable(finding: Finding) -> bool:
    return readable(finding.claim) is not None and finding.statistic in STATISTICS


def _reason(context: Context, finding: Finding, *versions: Version) -> str:
    checks = {c.version: c for c in context.ledger.checks(finding=finding.id)}
    untestable = [
        checks[v.number] for v in versions if v.number in checks and checks[v.number].status is Status.UNTESTABLE
    ]
    return "".join(f"; on v{check.version}: {check.decides.reason}" for check in untestable)
