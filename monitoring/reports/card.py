"""The card of a version: what its description in the registry says, in Markdown, short enough to be read there."""

from collections import Counter
from collections.abc import Sequence

from models.domain import Status, Version
from models.half_life import HalfLife
from monitoring.conclusions import Change, Conclusions

LISTED = 8
CLAIM_LENGTH = 160


def card(version: Version, conclusions: Conclusions) -> str:
    """What is new, what still holds, what went stale, how long findings live, and what cannot be known.

    Args:
        version: the version described.
        conclusions: up to this version; re-tests on other versions are not counted.

    >>> from models.domain import Interval, Role
    >>> v = Version(1, 0, 9, "10", "ab", 7, "d", "m", {"auc": Interval(0.8, 0.7, 0.9)}, Role.CHAMPION,
    ...             "there is no champion to compare with", 900)
    >>> print(card(v, Conclusions((v,), (), {}, (), (), (), (), {})))
    **v1 is champion**: there is no champion to compare with.
    <BLANKLINE>
    **New.** 900 training rows of ticks 0 to 9, recipe ab, seed 7. auc 0.800 [0.700, 0.900].
    <BLANKLINE>
    **Still holds.** No finding was re-tested on it.
    """
    tested = Counter(by_version[version.number] for by_version in _living(conclusions, version.number))
    changes = [c for c in conclusions.changes if c.check.version == version.number]
    paragraphs = [
        f"**{version.label} is {version.role.value}**: {version.reason}.",
        f"**New.** {version.rows:,} training rows of ticks {version.first} to {version.last}, recipe {version.recipe},"
        f" seed {version.seed}. {_metrics(version, conclusions.versions)}",
        f"**Still holds.** {_holding(tested)}",
    ]
    if tested:
        paragraphs += [
            f"**Went stale.** {_stale(changes)}",
            f"**Half-life.** {_half_lives(conclusions.half_lives)}",
            f"**Cannot be known.** {_unknown(tested, conclusions.stillborn)}",
        ]
    return "\n\n".join(paragraphs)


def _living(conclusions: Conclusions, number: int) -> list[dict[int, Status]]:
    """The statuses of every finding that was re-tested on this version and is not stillborn."""
    stillborn = {f.id for f in conclusions.findings if f.stillborn}
    return [dict(s) for finding, s in conclusions.status.items() if number in s and finding not in stillborn]


def _metrics(version: Version, versions: Sequence[Version]) -> str:
    if not version.metrics:
        return "No label of its evidence rows has arrived, so it has no metrics."
    before = next((v for v in reversed(versions) if v.number < version.number), None)
    told = []
    for name, interval in version.metrics.items():
        was = before.metrics.get(name) if before else None
        told.append(f"{name} {interval}" + (f" ({before.label}: {was.estimate:.3f})" if before and was else ""))
    return "; ".join(told) + "."


def _holding(tested: Counter[Status]) -> str:
    if not tested:
        return "No finding was re-tested on it."
    weakened = f", {tested[Status.WEAKENED]} weakened" if tested[Status.WEAKENED] else ""
    refuted = sum(n for status, n in tested.items() if status.refutes)
    are = "is" if refuted == 1 else "are"
    return f"{tested[Status.HOLDS]} of {tested.total()} findings hold{weakened}; {refuted} {are} no longer true."


def _stale(changes: Sequence[Change]) -> str:
    """The changes for the worse, worst first as they came, and how many came back."""
    died = [c for c in changes if c.after.refutes]
    back = sum(c.before.refutes and c.after in (Status.HOLDS, Status.WEAKENED) for c in changes)
    again = f" {back} that had been refuted {'holds' if back == 1 else 'hold'} again." if back else ""
    if not died:
        return f"None with this version.{again}"
    more = f"\n- and {len(died) - LISTED} more" if len(died) > LISTED else ""
    return f"{len(died)} with this version.{again}\n" + "\n".join(_change(c) for c in died[:LISTED]) + more


def _change(change: Change) -> str:
    interval = change.check.decides.interval
    now = f", now {interval} against {change.check.threshold:g}" if interval else ""
    guard = " (guard)" if change.finding.guard else ""
    claim = f": {_code(change.finding.claim)}" if change.finding.claim != change.finding.name else ""
    return f"- {_code(change.finding.name)}{guard}{claim} {change.before.value} → {change.after.value}{now}"


def _half_lives(half_lives: Sequence[HalfLife]) -> str:
    told = [_half_life(h) for h in half_lives if h.n]
    return ("; ".join(told) + ", in retrains.") if told else "No finding has been followed for a retrain yet."


def _half_life(half_life: HalfLife) -> str:
    upper = "∞" if half_life.upper is None else f"{half_life.upper:.1f}"
    of = f"{half_life.deaths} of {half_life.n} died"
    if half_life.median is None:
        return f"{half_life.kind} over {half_life.lower:.1f} ({of})"
    return f"{half_life.kind} {half_life.median:.1f} [{half_life.lower:.1f}, {upper}] ({of})"


def _unknown(tested: Counter[Status], stillborn: int) -> str:
    parts = f"{tested[Status.UNCLEAR]} unclear, {tested[Status.UNTESTABLE]} untestable"
    left_out = f"; {stillborn} stillborn, left out of all counts" if stillborn else ""
    return f"{parts}{left_out}. Causes are not attributed: no shadow models were trained."


def _code(text: str) -> str:
    """As Markdown code on one line; a backtick cannot be inside one."""
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line if len(line) <= CLAIM_LENGTH else line[: CLAIM_LENGTH - 1] + '…'}`"
