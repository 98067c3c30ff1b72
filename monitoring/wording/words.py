"""How statuses, half-lives and the whole story are said: the same words on the page, in the terminal and in Evidently."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from halflife.models.causes import Why
from halflife.models.domain import Author, Check, Finding, Measurement, Scope, Status, Version
from halflife.models.half_life import HalfLife
from halflife.monitoring.claims.language.about_case import about_case
from halflife.monitoring.claims.language.grammar import subject
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.survival.half_lives import ALL
from halflife.monitoring.wording import half_life_words
from halflife.monitoring.wording.figures import percent, plural, retrains

__all__ = [
    "LETTERS",
    "MEANINGS",
    "counts_by_version",
    "headline",
    "lacks_rows",
    "measured",
    "mostly_untested",
    "overall",
    "percent",
    "plural",
    "reason_of",
    "retrains",
    "sentences",
    "telling",
    "together",
    "untested",
    "untested_among",
]

LETTERS: Mapping[Status, str] = {
    Status.HOLDS: "H",
    Status.WEAKENED: "w",
    Status.UNCLEAR: "?",
    Status.STALE: "S",
    Status.REVERSED: "R",
    Status.UNTESTABLE: "–",
}
"""A status must be readable without its colour."""

MEANINGS: Mapping[Status, str] = {
    Status.HOLDS: "the claim is still true of this version",
    Status.WEAKENED: "still true, by less than half of its first margin",
    Status.UNCLEAR: "the evidence allows both",
    Status.STALE: "the claim is no longer true",
    Status.REVERSED: "the opposite is true",
    Status.UNTESTABLE: "rows, labels or columns it needs are not there",
}


def measured(measurement: Measurement) -> str:
    """Estimate with its interval, an exact value alone, or why there is none.

    >>> from halflife.models.domain import Interval
    >>> measured(Measurement(900, Interval(0.25, 0.25, 0.25), Status.HOLDS))
    '0.250'
    """
    if measurement.interval is None:
        return measurement.reason or "cannot be tested"
    return str(measurement.interval)


def overall(conclusions: Conclusions) -> HalfLife | None:
    """The half-life of all findings together; None while nothing was followed."""
    return next((h for h in conclusions.half_lives if h.kind == ALL), None)


def headline(conclusions: Conclusions) -> str:
    """What a newcomer should know, in two or three sentences."""
    return " ".join(sentences(conclusions))


def sentences(conclusions: Conclusions) -> list[str]:
    """The sentences of the headline: what the findings are now, how long they live, what an investigation meets."""
    counts = conclusions.counts
    total = sum(counts.values())
    if not total:
        return ["No finding has been tested yet."]
    said = [f"Of {total:,} {plural('finding', total)}, {_counted(counts)} on the newest version."]
    said += (
        [f"{why}."]
        if (why := untested(conclusions)) and mostly_untested(conclusions, conclusions.versions[-1].number)
        else []
    )
    every = overall(conclusions)
    if every is None:
        said.append("None has been re-tested by enough retrains to say how long findings live.")
    else:
        said += [
            half_life_words.lifetime(every, half_life_words.without_noise(conclusions.versions)),
            half_life_words.on_arrival(every),
        ]
    return [*filter(None, said), *_beyond(conclusions)]


def _beyond(conclusions: Conclusions) -> list[str]:
    """What statuses and half-lives do not say: which findings came back, and which nothing has been heard of."""
    back, gone = conclusions.recurred, len(conclusions.expired)
    died = sum(life.died_on is not None for life in conclusions.lives)
    said = [f"Of {died:,} that died, {back:,} held again later."] if back else []
    if gone:
        has = "has expired: it has" if gone == 1 else "have expired: they have"
        said.append(f"{gone:,} {plural('finding', gone)} {has} had no valid re-test within the time to live.")
    return said


def _counted(counts: Mapping[Status, int]) -> str:
    verbs = {
        Status.HOLDS: ("holds", "hold"),
        Status.WEAKENED: ("is weakened", "are weakened"),
        Status.UNCLEAR: ("is unclear", "are unclear"),
        Status.STALE: ("is stale", "are stale"),
        Status.REVERSED: ("is reversed", "are reversed"),
        Status.UNTESTABLE: ("cannot be tested", "cannot be tested"),
    }
    parts = [f"{n:,} {verbs[s][n != 1]}" for s, n in counts.items() if n]
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


UNTESTED = 0.5
"""Of the findings that were to be tested: when so many could not be, that nothing went stale says little."""
FEW = re.compile(r"[\d,]+ .*(; at least|; to tell a difference of) .*")
"""What a measurement says of rows that are too few."""


def untested(conclusions: Conclusions, version: Version | None = None) -> str:
    """How many of the findings that were to be tested on a version, by default the newest, could not be, and why."""
    if version is None and not conclusions.versions:
        return ""
    return untested_among(version or conclusions.versions[-1], conclusions.findings, conclusions.latest.values())


def untested_among(version: Version, findings: Iterable[Finding], checks: Iterable[Check]) -> str:
    """The same of some findings and their checks, those on other versions too; empty where all could be tested.

    >>> from halflife.models.domain import Role
    >>> v = Version(2, 0, 9, "10", "ab", 7, "d", "m", {}, Role.CHAMPION, "", 900)
    >>> few = Check(1, 2, 0.7, Measurement(3, None, Status.UNTESTABLE, reason="3 positives; at least 10 are needed"), None)
    >>> untested_among(v, [Finding("good", "auc() > 0.7", "auc", Scope.POPULATION, made_on=1, id=1)], [few])
    '1 of 1 finding could not be tested on v2 (too few labelled rows)'
    """
    born = {finding.id for finding in findings if not finding.stillborn}
    here = [check for check in checks if check.version == version.number and check.finding in born]
    lacking = [check for check in here if check.status is Status.UNTESTABLE]
    if not lacking:
        return ""
    reasons = Counter(_because(check) for check in lacking)
    mostly = "mostly " if len(reasons) > 1 else ""
    of = f"{len(lacking):,} of {len(here):,} {plural('finding', len(here))}"
    return f"{of} could not be tested on {version.label} ({mostly}{reasons.most_common(1)[0][0]})"


def mostly_untested(conclusions: Conclusions, version: int) -> bool:
    """Whether so many findings could not be tested on a version that its news say little."""
    there = [
        history[version]
        for finding in conclusions.findings
        if not finding.stillborn and version in (history := conclusions.status.get(finding.id, {}))
    ]
    return bool(there) and sum(status is Status.UNTESTABLE for status in there) >= UNTESTED * len(there)


def lacks_rows(check: Check) -> bool:
    """Whether it could not be made because there were too few rows."""
    return check.status is Status.UNTESTABLE and FEW.fullmatch(check.decides.reason) is not None


def _because(check: Check) -> str:
    return "too few labelled rows" if lacks_rows(check) else check.decides.reason or "what it needs is not there"


def counts_by_version(conclusions: Conclusions, statistic: str | None = None) -> dict[int, dict[Status, int]]:
    """Version number -> how many findings have each status there; stillborn ones are left out.

    Args:
        conclusions: the story.
        statistic: count only the findings about this one.
    """
    counts = {v.number: dict.fromkeys(Status, 0) for v in conclusions.versions}
    for finding in conclusions.findings:
        if not finding.stillborn and statistic in (None, finding.statistic):
            for number, status in conclusions.status.get(finding.id, {}).items():
                if number in counts:
                    counts[number][status] += 1
    return counts


def together(changes: Sequence[StatusChange]) -> list[tuple[StatusChange, int]]:
    """Changes in their order, and how many like each are left out: the investigator's, about one subject, alike.

    It says much the same of version after version, and all of it goes stale together.
    """
    first: dict[tuple[object, ...], int] = {}
    told: list[tuple[StatusChange, int]] = []
    for change in changes:
        finding = change.finding
        alone = finding.guard or finding.author != Author.INVESTIGATOR
        key = (finding.id,) if alone else (subject(finding.claim), change.before, change.after)
        if key in first:
            told[first[key]] = (told[first[key]][0], told[first[key]][1] + 1)
        else:
            first[key] = len(told)
            told.append((change, 0))
    return told


def reason_of(conclusions: Conclusions, change: StatusChange) -> Why | None:
    """Why a finding changed, where that was told of this very change."""
    why = conclusions.whys.get(change.finding.id)
    return why if why is not None and why.version == change.check.version else None


def telling(conclusions: Conclusions, limit: int, *, each: int | None = None) -> list[Finding]:
    """The findings most worth a reader's eye, the most telling first; stillborn ones are left out.

    Guards and people's findings come first, then those that changed on the newest version, then claims about the
    population before claims about single cases, then those that have died, then the oldest, whose story is longest.
    What the investigator says of a subject for a second time comes after everything it has said for the first.

    Args:
        conclusions: the story.
        limit: how many.
        each: of one statistic, beside guards and people's, before the others have had their turn; default: any number.
    """
    changed = {c.finding.id: i for i, c in enumerate(conclusions.changes)}
    died = {life.finding for life in conclusions.lives if life.died_on is not None}

    def rank(finding: Finding) -> tuple[int, int, int, int, int, int]:
        return (
            0 if finding.guard else 2 if finding.author == Author.INVESTIGATOR else 1,
            int(finding.retired_on is not None),
            int(finding.scope is Scope.ARTIFACT or about_case(finding)),
            changed.get(finding.id, len(changed)),
            int(finding.id not in died),
            finding.id,
        )

    ranked = sorted((f for f in conclusions.findings if not f.stillborn and f.id in conclusions.latest), key=rank)
    first: list[Finding] = []
    rest: list[Finding] = []
    echoes: list[Finding] = []
    taken, heard = Counter[str](), set[str]()
    for finding in ranked:
        if finding.guard or finding.author != Author.INVESTIGATOR:
            first.append(finding)
            continue
        about = subject(finding.claim)
        if about in heard:
            echoes.append(finding)
            continue
        heard.add(about)
        crowded = each is not None and taken[finding.statistic] >= each
        (rest if crowded else first).append(finding)
        taken[finding.statistic] += 1
    return [*first, *rest, *echoes][:limit]
