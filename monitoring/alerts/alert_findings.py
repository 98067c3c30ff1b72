"""Which findings an alert lists, which it only counts, and the sentence for each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.alert import AlertItem, AlertKind, Severity
from halflife.models.causes import Why
from halflife.models.domain import Author, Finding, Scope, Status, Version
from halflife.models.rows import Array, Mask
from halflife.monitoring.alerts.alert_events import AlertEvent, count, one_line
from halflife.monitoring.claims.language.grammar import subject
from halflife.monitoring.conclusions import Conclusions, StatusChange, silent
from halflife.monitoring.drift.comparison import listed
from halflife.monitoring.foresight.recheck_first import first
from halflife.monitoring.wording.cause_words import reason
from halflife.monitoring.wording.foresight_words import likeliest
from halflife.monitoring.wording.words import reason_of

FIRST = 3
"""Findings named as the next to be refuted."""
NAMED = 5
"""Expired findings that are named before the rest are counted."""
CASE_STATISTICS = {"top_reason": "top reason", "prediction": "decision"}
"""Claims about one row. The investigator files dozens of them a version; they are counted, not listed."""


@dataclass(frozen=True)
class Refuted:
    """Findings that are newly refuted on a version, by how they are told; none is in two of these.

    Attributes:
        guards: that broke.
        turned, stale: that are listed: reversed, or gone stale.
        by_noise: that another sample or seed would refute as well; in one line.
        by_chance: that do not pass beside so many tests; in one line.
        cases: the investigator's explanations of single cases; counted.
    """

    guards: tuple[StatusChange, ...]
    turned: tuple[StatusChange, ...]
    stale: tuple[StatusChange, ...]
    by_noise: tuple[StatusChange, ...]
    by_chance: tuple[StatusChange, ...]
    cases: tuple[StatusChange, ...]

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(map(len, (self.guards, self.turned, self.stale, self.by_noise, self.by_chance, self.cases)))

    @property
    def counted(self) -> str:
        """How many were refuted, and of how many that is no news; the same wherever it is told.

        >>> Refuted((), (), (), (), (), ()).counted
        'nothing went stale'
        """
        if not self.all:
            return "nothing went stale"
        quiet = [
            (len(self.by_noise), "within retraining noise"),
            (len(self.by_chance), "maybe by chance"),
            (len(self.cases), "about single cases"),
        ]
        told = [f"{n} {why}" for n, why in quiet if n]
        listed_ones = self.all - sum(n for n, _ in quiet)
        said = f"{count(self.all, 'finding')} went stale"
        if not told:
            return said
        return f"{said}: {', '.join([f'{listed_ones} listed', *told] if listed_ones else told)}"


def refuted(conclusions: Conclusions, version: Version, false_discoveries: float, *, strict: bool = False) -> Refuted:
    """What is newly refuted on a version, by how it is told.

    A refutation of a claim about the population, or about all models trained this way, is listed when it passes
    Benjamini-Hochberg over every such claim re-tested on this version, and noise alone is not enough to explain it. Exact
    ones have no chance in them, and a guard has already kept the version from being promoted: both are always listed.

    Args:
        false_discoveries: expected share of false ones among the refutations that are listed.
        strict: hold it whatever the tests' dependence, by Benjamini-Yekutieli.
    """
    passed = _passing(conclusions, version, false_discoveries, strict=strict)
    sides: dict[str, list[StatusChange]] = {name: [] for name in Refuted.__dataclass_fields__}
    for change in filter(_newly_refuted, _changes(conclusions, version)):
        why = reason_of(conclusions, change)
        if is_case(change.finding):
            sides["cases"].append(change)
        elif change.finding.guard:
            sides["guards"].append(change)
        elif why is not None and why.by_noise:
            sides["by_noise"].append(change)
        elif change.check.decides.p_value is not None and change.finding.id not in passed:
            sides["by_chance"].append(change)
        else:
            sides["turned" if change.after is Status.REVERSED else "stale"].append(change)
    return Refuted(**{name: tuple(found) for name, found in sides.items()})


def finding_events(
    conclusions: Conclusions, version: Version, false_discoveries: float, most: int, *, strict: bool = False
) -> list[AlertEvent]:
    """Findings that are refuted, or hold again, on ``version``: broken guards first, then reversed, stale, recovered.

    Args:
        false_discoveries, strict: as `refuted` has them.
        most: findings listed under one headline; the rest are counted. Guards are all listed.
    """
    now = refuted(conclusions, version, false_discoveries, strict=strict)
    again = [c for c in _changes(conclusions, version) if not is_case(c.finding) and _recovered(c)]
    holds = "holds" if len(again) == 1 else "hold"
    guards, turned, stale = len(now.guards), len(now.turned), len(now.stale)
    return [
        *_listed(now.guards, Severity.CRITICAL, f"{count(guards, 'guard')} broke", guards, conclusions),
        *_listed(now.turned, Severity.WARNING, f"{count(turned, 'finding')} reversed", most, conclusions),
        *_listed(now.stale, Severity.WARNING, f"{count(stale, 'finding')} went stale", most, conclusions),
        *_noisy(now.by_noise),
        *_uncertain(len(now.by_chance)),
        *_listed(again, Severity.INFO, f"{count(len(again), 'finding')} {holds} again", most, conclusions),
    ]


def _noisy(changes: Sequence[StatusChange]) -> list[AlertEvent]:
    """Those that noise refutes, in one line; a reason to write only where one of them is a person's."""
    if not changes:
        return []
    were = "was" if len(changes) == 1 else "were"
    names = listed([change.finding.name for change in changes], NAMED)
    said = (
        f"{count(len(changes), 'more finding')} {were} refuted as another sample or seed would have done: {names}; "
        "`halflife why` tells how often."
    )
    headline = f"{count(len(changes), 'finding')} refuted within noise"
    loud = any(change.finding.author != Author.INVESTIGATOR for change in changes)
    item = AlertItem(AlertKind.FINDINGS, Severity.INFO, one_line(said))
    return [AlertEvent(item, headline, headline) if loud else AlertEvent(item)]


def case_events(conclusions: Conclusions, version: Version, loud_from: float, few: int) -> list[AlertEvent]:
    """What changed among the investigator's explanations of single cases, in one sentence.

    Args:
        loud_from: share of changed ones above which it is a reason to write.
        few: with fewer explanations than this, a share says nothing.
    """
    followed = sum(is_case(finding) for finding in checked(conclusions, version))
    changes = [c for c in _changes(conclusions, version) if is_case(c.finding)]
    changed = Counter(c.finding.statistic for c in changes if _newly_refuted(c))
    if not changed:
        return []
    again = sum(map(_recovered, changes))
    kinds = listed([count(changed[kind], name) for kind, name in CASE_STATISTICS.items() if changed[kind]])
    headline = f"{changed.total()} of {followed} case explanations changed"
    sentence = f"{headline}: {kinds}" + (f"; {again} that had changed before hold again." if again else ".")
    loud = followed >= few and changed.total() > loud_from * followed
    item = AlertItem(AlertKind.FINDINGS, Severity.WARNING if loud else Severity.INFO, sentence)
    return [AlertEvent(item, headline, headline) if loud else AlertEvent(item)]


def expiry_events(conclusions: Conclusions, version: Version) -> list[AlertEvent]:
    """Findings whose time to live ran out with ``version``, in one line; each is told once, when it expires.

    A guard that cannot be tested guards nothing, so one among them makes it a warning.
    """
    if not conclusions.versions or conclusions.versions[-1].number != version.number:
        return []
    gone = [f for f in conclusions.expired if silent(f, conclusions.status.get(f.id, {}), version.number) == f.ttl]
    if not gone:
        return []
    gone.sort(key=lambda f: (not f.guard, f.author == Author.INVESTIGATOR, f.id))
    guards = sum(f.guard for f in gone)
    headline = f"{count(len(gone), 'finding')} expired" + (f", {count(guards, 'guard')} among them" if guards else "")
    names = listed([f.name for f in gone], limit=NAMED)
    sentence = f"{headline}, without a valid re-test for the time they were given: {names}."
    item = AlertItem(AlertKind.FINDINGS, Severity.WARNING if guards else Severity.INFO, one_line(sentence))
    return [AlertEvent(item, headline, headline)]


def discoveries(p_values: Array, q: float, *, strict: bool = False) -> Mask:
    """Which of these tests stay significant at false discovery rate ``q``.

    Args:
        p_values: of all tests made, shape (n,); NaN is never significant, and is not counted as a test.
        q: expected share of false ones among those that pass.
        strict: whatever the dependence between tests; else they are independent or positively dependent, as claims
            tested on the same rows mostly are.

    Returns:
        Shape (n,).

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995; strict: Benjamini and
    Yekutieli, The Annals of Statistics 29, 2001.

    >>> discoveries(np.array([0.001, 0.04, 0.9, 0.8]), 0.10).tolist()
    [True, True, False, False]
    """
    from scipy.stats import false_discovery_control  # loading it takes a second, which only a decision needs

    passed = np.zeros(len(p_values), dtype=np.bool_)
    known = ~np.isnan(p_values)
    if known.any():
        passed[known] = false_discovery_control(p_values[known], method="by" if strict else "bh") <= q
    return passed


def checked(conclusions: Conclusions, version: Version) -> list[Finding]:
    """Findings with a check on ``version``; stillborn ones are left out."""
    latest = conclusions.latest
    return [
        f for f in conclusions.findings if not f.stillborn and f.id in latest and latest[f.id].version == version.number
    ]


def is_case(finding: Finding) -> bool:
    """Whether it is one of the many that are counted: the investigator's, about one row, and no guard."""
    return finding.statistic in CASE_STATISTICS and finding.author == Author.INVESTIGATOR and not finding.guard


def _changes(conclusions: Conclusions, version: Version) -> list[StatusChange]:
    return [c for c in conclusions.changes if c.check.version == version.number and not c.finding.stillborn]


def _newly_refuted(change: StatusChange) -> bool:
    """From stale to reversed is news; from reversed to stale is not."""
    return change.after.refutes and (not change.before.refutes or change.after is Status.REVERSED)


def _recovered(change: StatusChange) -> bool:
    return change.before.refutes and change.after in (Status.HOLDS, Status.WEAKENED)


def _passing(conclusions: Conclusions, version: Version, q: float, *, strict: bool) -> frozenset[int]:
    """Ids of the refutations that pass. A finding's birth is no re-test: it would not be followed had it failed."""
    uncertain = [
        f for f in checked(conclusions, version) if f.scope is not Scope.ARTIFACT and f.made_on < version.number
    ]
    given = [conclusions.latest[f.id].decides.p_value for f in uncertain]
    p_values = np.array([np.nan if p is None else p for p in given], dtype=np.float64)
    return frozenset(
        f.id for f, passed in zip(uncertain, discoveries(p_values, q, strict=strict), strict=True) if passed
    )


def foretold_events(conclusions: Conclusions) -> list[AlertEvent]:
    """Which findings to re-check first, in one line; nothing to write about by itself."""
    said = likeliest(conclusions, FIRST)
    return (
        [AlertEvent(AlertItem(AlertKind.FINDINGS, Severity.INFO, one_line(said)))]
        if said and first(conclusions, 1)
        else []
    )


def _listed(
    changes: Sequence[StatusChange], severity: Severity, headline: str, most: int, conclusions: Conclusions
) -> list[AlertEvent]:
    groups = _by_subject(changes)
    sentences = [
        (_sentence(group, reason_of(conclusions, group[0])), group[0].finding.name if len(group) == 1 else "")
        for group in groups[:most]
    ]
    if (rest := sum(map(len, groups[most:]))) > 0:
        sentences.append((f"{count(rest, 'more finding')} like these; the report lists them all.", ""))
    return [AlertEvent(AlertItem(AlertKind.FINDINGS, severity, *said), headline, headline) for said in sentences]


def _uncertain(number: int) -> list[AlertEvent]:
    if not number:
        return []
    were = "was" if number == 1 else "were"
    sentence = (
        f"{count(number, 'more finding')} {were} refuted, but among so many that were tested this may be chance; "
        "the next re-test will tell."
    )
    return [AlertEvent(AlertItem(AlertKind.FINDINGS, Severity.INFO, sentence))]


def _by_subject(changes: Sequence[StatusChange]) -> list[list[StatusChange]]:
    """The investigator says much the same of version after version: what it said of one subject is told together."""
    groups: dict[tuple[object, ...], list[StatusChange]] = {}
    for change in changes:
        finding = change.finding
        alone = finding.guard or finding.author != Author.INVESTIGATOR
        key = (finding.id,) if alone else (subject(finding.claim), change.after)
        groups.setdefault(key, []).append(change)
    return list(groups.values())


def _sentence(group: Sequence[StatusChange], why: Why | None) -> str:
    change, several = group[0], len(group) > 1
    finding, interval = min((c.finding for c in group), key=lambda f: f.id), change.check.decides.interval
    verbs = {Status.STALE: "no longer hold{s}", Status.REVERSED: "turned into {their} opposite"}
    verb = verbs.get(change.after, "hold{s} again").format(
        s="" if several else "s", their="their" if several else "its"
    )
    if several:
        thresholds = sorted(c.check.threshold for c in group)
        said = f"{len(group)} findings about {subject(finding.claim)} {verb}"
        said += f" (thresholds {thresholds[0]:g} to {thresholds[-1]:g})"
    else:
        said = f"{finding.claim} {verb}"
    if interval is not None:
        said += f": now {interval}"
    if finding.birth is not None:
        first = "the first" if several else "it"
        said += f", {finding.birth.estimate:.3f} when {first} was filed on v{finding.made_on}"
    because = f" Why: {reason(why)}." if why is not None and why.headline is not None else ""
    return one_line(f"{said}.{because}")
