"""What all versions together say of all findings: computed once, shown by the page, the card, the alert and the CLI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halflife.models.causes import Why
from halflife.models.domain import Check, Drift, Finding, Interval, Status, Version
from halflife.models.forecast import Forecast
from halflife.models.half_life import HalfLife
from halflife.models.opacity import Opacity
from halflife.models.performance import Performance
from halflife.monitoring.survival.life import Life

if TYPE_CHECKING:  # whoever lists findings scores no forecast
    from halflife.monitoring.foresight.forecast_scores import ForecastScores


@dataclass(frozen=True)
class StatusChange:
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
        whys: finding id -> why its status is what it is now, where that was asked.
        forecasts: finding id -> its chance of being refuted at the next retrain, told after the newest version.
        opacity: of the newest version that was measured; None before the first.
        sensitive: of the newest version whose sensitivity was measured; None before the first.
        scores: how good forecasts have been; None where nobody asked, or none is settled.
        performances: how champions did on the ticks after their windows, by tick, champion and the tick they are told as of.
    """

    versions: tuple[Version, ...]
    findings: tuple[Finding, ...]
    status: Mapping[int, Mapping[int, Status]]
    lives: tuple[Life, ...]
    half_lives: tuple[HalfLife, ...]
    changes: tuple[StatusChange, ...]
    drifts: tuple[Drift, ...]
    latest: Mapping[int, Check]
    intervals: Mapping[int, Mapping[int, Interval]] = field(default_factory=dict)
    whys: Mapping[int, Why] = field(default_factory=dict)
    forecasts: Mapping[int, Forecast] = field(default_factory=dict)
    opacity: Opacity | None = None
    sensitive: Opacity | None = None
    scores: ForecastScores | None = None
    performances: tuple[Performance, ...] = ()

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

    @property
    def expired(self) -> tuple[Finding, ...]:
        """Findings without a valid re-test for as long as they were given to live, by id."""
        newest = self.versions[-1].number if self.versions else 0
        return tuple(f for f in self.findings if outlived(f, self.status.get(f.id, {}), newest))

    @property
    def recurred(self) -> int:
        """Findings that held again after they had died."""
        return sum(life.recurrences > 0 for life in self.lives)


def outlived(finding: Finding, history: Mapping[int, Status], newest: int) -> bool:
    """Whether a finding is expired: followed, and without a valid re-test for its time to live.

    Args:
        finding: stillborn and retired ones are not followed.
        history: version number -> the finding's status there.
        newest: number of the newest version.
    """
    if finding.ttl is None or finding.retired_on is not None or finding.stillborn:
        return False
    return silent(finding, history, newest) >= finding.ttl


def silent(finding: Finding, history: Mapping[int, Status], newest: int) -> int:
    """Retrains since the finding's last valid test, one that is not ``untestable``; since it was made when it had none.

    >>> from halflife.models.domain import Scope
    >>> finding = Finding("fair", "auc() > 0.7", "auc", Scope.POPULATION, made_on=2)
    >>> silent(finding, {2: Status.HOLDS, 3: Status.UNCLEAR, 4: Status.UNTESTABLE}, newest=5)
    2
    """
    valid = [number for number, status in history.items() if status is not Status.UNTESTABLE]
    return newest - max(valid, default=finding.made_on)
