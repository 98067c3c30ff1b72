"""What all versions together say of all findings: computed once, shown by the page, the card, the alert and the CLI."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.domain import Check, Drift, Finding, HalfLife, Interval, Status, Version


@dataclass(frozen=True)
class Life:
    """How long one finding lived, in retrains.

    Attributes:
        age: retrains from birth to death; of a survivor, retrains for which its death would have been seen (see
            ``monitoring.decay``).
        died_on: version of the first of the refutations that killed it; None while it lives.
        recurred_on: first version on which it held again after death; None otherwise.
    """

    finding: int
    statistic: str
    age: int
    died_on: int | None
    recurred_on: int | None = None


@dataclass(frozen=True)
class Change:
    """A finding whose status on the newest version differs from the one before."""

    finding: Finding
    before: Status
    check: Check

    @property
    def after(self) -> Status:
        return self.check.status


@dataclass(frozen=True)
class Conclusions:
    """One story, for every reader.

    Attributes:
        versions: oldest first.
        findings: every finding, stillborn and retired ones too, by id.
        status: finding id -> version number -> status of its check there; versions without a check are absent.
        lives: of every finding that is not stillborn and was re-tested at least once.
        half_lives: by statistic, then ``all`` last.
        changes: on the newest version, worst first: reversed, stale, recovered, other; guards and people's before the
            investigator's; claims about the population before exact ones; then by distance from the threshold.
        drifts: every watch, by tick.
        latest: finding id -> its newest check.
        intervals: finding id -> version number -> estimate and interval that decided there; untestable ones are absent.
    """

    versions: tuple[Version, ...]
    findings: tuple[Finding, ...]
    status: Mapping[int, Mapping[int, Status]]
    lives: tuple[Life, ...]
    half_lives: tuple[HalfLife, ...]
    changes: tuple[Change, ...]
    drifts: tuple[Drift, ...]
    latest: Mapping[int, Check]
    intervals: Mapping[int, Mapping[int, Interval]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[Status, int]:
        """Findings tested on the newest version by their status there; stillborn ones are left out."""
        counts = dict.fromkeys(Status, 0)
        if self.versions:
            newest = self.versions[-1].number
            for finding in self.findings:
                if not finding.stillborn and newest in self.status.get(finding.id, {}):
                    counts[self.status[finding.id][newest]] += 1
        return counts

    @property
    def retired(self) -> int:
        """Findings that are no longer followed."""
        return sum(f.retired_on is not None for f in self.findings)

    @property
    def stillborn(self) -> int:
        return sum(f.stillborn for f in self.findings)
