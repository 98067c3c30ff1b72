"""The card of a version: what its description in the registry says, in Markdown, short enough to be read there."""

from collections import Counter
from collections.abc import Sequence

from halflife.models.causes import Why
from halflife.models.domain import Status, Version
from halflife.models.half_life import HalfLife
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.survival.half_lives import ALL
from halflife.monitoring.wording.cause_words import short
from halflife.monitoring.wording.cause_words import summary as why_summary
from halflife.monitoring.wording.figures import retrains
from halflife.monitoring.wording.foresight_words import likeliest
from halflife.monitoring.wording.half_life_words import UNKNOWN, by_noise, on_arrival, without_noise
from halflife.monitoring.wording.opacity_words import lines
from halflife.monitoring.wording.performance_words import labels_arrived
from halflife.monitoring.wording.tick_words import ticks
from halflife.monitoring.wording.words import measured, reason_of, together

LISTED, FIRST = 8, 3
CLAIM_LENGTH = 160


def card(version: Version, conclusions: Conclusions) -> str:
    """What is new, what still holds, what went stale, how long findings live, and what cannot be known.

    Args:
        version: the version described.
        conclusions: up to this version; re-tests on other versions are not counted.

    >>> from halflife.models.domain import Interval, Role
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
        f"**New.** {version.rows:,} training rows of {ticks(version.first, version.last, version.dates)}, recipe {version.recipe},"
        f" seed {version.seed}. {_metrics(version, conclusions.versions)}",
        f"**Still holds.** {_holding(tested)}",
    ]
    if tested:
        paragraphs += [
            f"**Went stale.** {_stale(changes, conclusions)}",
            f"**Half-life.** {_half_lives(conclusions.half_lives, without_noise(conclusions.versions))}",
            f"**Cannot be known.** {_unknown(tested, conclusions)}",
        ]
    if foretold := likeliest(conclusions, FIRST):
        paragraphs.append(f"**Next.** {foretold}")
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
    return "; ".join(told) + "." + _awaited(version)


def _awaited(version: Version) -> str:
    said = labels_arrived(version)
    return f" {said[0].upper()}{said[1:]}: these figures, and what findings say, are of those rows." if said else ""


def _holding(tested: Counter[Status]) -> str:
    if not tested:
        return "No finding was re-tested on it."
    weakened = f", {tested[Status.WEAKENED]} weakened" if tested[Status.WEAKENED] else ""
    refuted = sum(n for status, n in tested.items() if status.refutes)
    are = "is" if refuted == 1 else "are"
    return f"{tested[Status.HOLDS]} of {tested.total()} findings hold{weakened}; {refuted} {are} no longer true."


def _stale(changes: Sequence[StatusChange], conclusions: Conclusions) -> str:
    """The changes for the worse, worst first as they came, and how many came back."""
    died = [c for c in changes if c.after.refutes]
    back = sum(c.before.refutes and c.after in (Status.HOLDS, Status.WEAKENED) for c in changes)
    again = f" {back} that had been refuted {'holds' if back == 1 else 'hold'} again." if back else ""
    why = why_summary([why for change in changes if (why := reason_of(conclusions, change)) is not None])
    because = f" {why}" if why else ""
    if not died:
        return f"None with this version.{again}{because}"
    told = together(died)
    listed = [_change(c, reason_of(conclusions, c), alike) for c, alike in told[:LISTED]]
    rest = sum(1 + alike for _, alike in told[LISTED:])
    listed += [f"- and {rest} more"] if rest else []
    return "\n".join([f"{len(died)} with this version.{again}{because}", *listed])


def _change(change: StatusChange, why: Why | None, alike: int) -> str:
    interval = change.check.decides.interval
    now = f", now {measured(change.check.decides)} against {change.check.threshold:g}" if interval else ""
    because = f" ({short(why)})" if why is not None else ""
    more = f"; and {alike} alike" if alike else ""
    guard = " (guard)" if change.finding.guard else ""
    claim = f": {_code(change.finding.claim)}" if change.finding.claim != change.finding.name else ""
    return (
        f"- {_code(change.finding.name)}{guard}{claim} {change.before.value} → {change.after.value}{now}{because}{more}"
    )


def _half_lives(half_lives: Sequence[HalfLife], because: str) -> str:
    told = [h for h in half_lives if h.n]
    if not told:
        return "No finding has been followed for a retrain yet."
    unknown = "" if any(h.alone for h in told) else f" {because[0].upper()}{because[1:]}, {UNKNOWN}."
    arrival = on_arrival(told[-1]) if told[-1].kind == ALL else ""
    return f"{'; '.join(map(_half_life, told))}, in retrains.{unknown}{f' {arrival}' if arrival else ''}"


def _half_life(half_life: HalfLife) -> str:
    beside = "" if half_life.alone is None else f", noise alone {by_noise(half_life)}"
    return f"{half_life.kind} {retrains(half_life)} ({half_life.deaths} of {half_life.n} died{beside})"


def _unknown(tested: Counter[Status], conclusions: Conclusions) -> str:
    stillborn = conclusions.stillborn
    parts = f"{tested[Status.UNCLEAR]} unclear, {tested[Status.UNTESTABLE]} untestable"
    left_out = f"; {stillborn} stillborn, left out of all counts" if stillborn else ""
    said = [f"{parts}{left_out}."]
    if conclusions.opacity is not None:
        said += [f"\n- {line}" for line in lines(conclusions.opacity, conclusions.sensitive)]
    elif not any(version.shadows for version in conclusions.versions):
        said.append("What noise alone would do is not known: no shadow models were trained.")
    return " ".join(filter(None, said)).replace(" \n", "\n")


def _code(text: str) -> str:
    """As Markdown code on one line; a backtick cannot be inside one."""
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line if len(line) <= CLAIM_LENGTH else line[: CLAIM_LENGTH - 1] + '…'}`"
