"""The same conclusions as plain values, for ``--json``, the MLflow artifact and other programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from halflife.models.domain import Check, Finding, Measurement, Status
from halflife.models.half_life import HalfLife, NoiseAlone
from halflife.models.performance import Basis
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.estimate_record import newest
from halflife.monitoring.survival.half_lives import ARRIVALS
from halflife.monitoring.survival.life import Life
from halflife.monitoring.wording.cause_words import shares, whose


def finding_rows(conclusions: Conclusions) -> list[dict[str, Any]]:
    """One row a finding, in order of filing; the fields of ``halflife finding list --json``."""
    expired, lives = set(conclusions.expired), {life.finding: life for life in conclusions.lives}
    return [_row(conclusions, f, f in expired, lives.get(f.id)) for f in conclusions.findings]


def _row(conclusions: Conclusions, finding: Finding, expired: bool, life: Life | None) -> dict[str, Any]:
    history = conclusions.status.get(finding.id, {})
    status, since = current(history)
    return {
        "id": finding.id,
        "name": finding.name,
        "claim": finding.claim,
        "statistic": finding.statistic,
        "scope": finding.scope.value,
        "author": finding.author,
        "guard": finding.guard,
        "made_on": f"v{finding.made_on}",
        "status": status.value,
        "since": f"v{since}" if since else f"v{finding.made_on}",
        "cause": shares(why) if (why := conclusions.whys.get(finding.id)) is not None else None,
        "whose": whose(why) if why is not None else "",
        "p_stale_next": told.probability if (told := conclusions.forecasts.get(finding.id)) is not None else None,
        "upheld": finding.upheld,
        "fragile": finding.fragile,
        "stillborn": finding.stillborn,
        "expired": expired,
        "died_on": f"v{life.died_on}" if life and life.died_on is not None else None,
        "recurrences": life.recurrences if life else 0,
        "retired_on": f"v{finding.retired_on}" if finding.retired_on else None,
        "note": finding.note,
        "ttl": finding.ttl,
        "links": list(finding.links),
        "in_file": finding.in_file,
        "labels_arrived": _labelled(conclusions, finding),
    }


def _labelled(conclusions: Conclusions, finding: Finding) -> float | None:
    """Share of labels that had come when the finding was tested last; None where that was not kept, or it never was."""
    check = conclusions.latest.get(finding.id)
    versions = [v for v in conclusions.versions if check is not None and v.number == check.version]
    return versions[0].labelled if versions else None


def current(history: Mapping[int, Status]) -> tuple[Status, int | None]:
    """The newest status of a finding and the version since which it has had it without a break.

    >>> current({1: Status.HOLDS, 2: Status.STALE, 3: Status.STALE})
    (<Status.STALE: 'stale'>, 2)
    """
    if not history:
        return Status.UNTESTABLE, None
    versions = sorted(history)
    status = history[versions[-1]]
    since = versions[-1]
    for number in reversed(versions):
        if history[number] is not status:
            break
        since = number
    return status, since


def check_row(check: Check, finding: Finding) -> dict[str, Any]:
    """One check; the fields of ``halflife recheck --json``. The outer figures are those whose verdict counts."""
    return {
        "finding": finding.name,
        "claim": finding.claim,
        "threshold": check.threshold,
        **_measurement(check.decides),
        "decided_on": "pinned" if check.fresh is None else "fresh",
        "pinned": _measurement(check.pinned),
        "fresh": None if check.fresh is None else _measurement(check.fresh),
    }


def _measurement(measurement: Measurement) -> dict[str, Any]:
    interval = measurement.interval
    return {
        "estimate": interval.estimate if interval else None,
        "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None,
        "status": measurement.status.value,
        "rows": measurement.rows,
        "p_value": measurement.p_value,
        "reason": measurement.reason,
    }


def half_life_rows(half_lives: tuple[HalfLife, ...]) -> dict[str, dict[str, Any]]:
    """Half-lives by statistic, in retrains; without its curve."""
    return {
        life.kind: {
            "median": life.median,
            "lower": life.lower,
            "upper": life.upper,
            "n": life.n,
            "deaths": life.deaths,
            "method": life.method,
            "band": life.band,
            "obsolete_on_arrival": {str(a.retrains): asdict(a) for a in life.arrival},
            "noise_alone": _noise_alone(life.alone),
            "ended_by": {name: steps[-1][1] for name, steps in life.incidence},
            "recurrence": None if life.recurrence is None else asdict(life.recurrence),
        }
        for life in half_lives
    }


def _noise_alone(alone: NoiseAlone | None) -> dict[str, Any] | None:
    if alone is None:
        return None
    ages = [age for age, *_ in alone.curve if age in ARRIVALS]
    return {
        "findings": alone.findings,
        "deaths": alone.deaths,
        "expected_deaths": alone.expected,
        "median": alone.median,
        "share_of_deaths": alone.share,
        "relative_survival": {str(int(age)): alone.relative(age) for age in ages},
    }


def half_life_metrics(half: HalfLife) -> dict[str, float]:
    """A half-life as figures for the registry: by name, only what is known."""
    found = {} if half.median is None else {f"half_life.{half.kind}": half.median}
    found |= {f"obsolete_on_arrival.{half.kind}.{a.retrains}": a.stale for a in half.arrival}
    if half.alone is not None:
        found |= {
            f"obsolete_on_arrival_by_noise.{half.kind}.{a.retrains}": a.noise
            for a in half.arrival
            if a.noise is not None
        }
        if half.alone.median is not None:
            found[f"half_life_by_noise.{half.kind}"] = half.alone.median
        if half.alone.share is not None:
            found[f"deaths_by_noise.{half.kind}"] = half.alone.share[0]
    return found


def summary(conclusions: Conclusions) -> dict[str, Any]:
    """The counts of ``halflife replay --json``."""
    return {
        "versions": len(conclusions.versions),
        "findings": {status.value: n for status, n in conclusions.counts.items()},
        "stillborn": conclusions.stillborn,
        "retired": conclusions.retired,
        "expired": len(conclusions.expired),
        "recurred": conclusions.recurred,
        "half_life": half_life_rows(conclusions.half_lives),
        "drift": sum(drift.drifted for drift in conclusions.drifts),
    }


def performance_metrics(conclusions: Conclusions) -> dict[str, float]:
    """How the champion does on the newest watch, as metrics; ``estimated.`` before its labels have come."""
    told = newest(conclusions.performances)[-1:]
    metrics = {}
    for performance in told:
        kind = "watched" if performance.basis is Basis.MEASURED else "estimated"
        metrics["watched.labels_arrived"] = performance.arrived
        for name, found in performance.metrics.items():
            metrics |= {f"{kind}.{name}": found.estimate}
            metrics |= {f"{kind}.{name}_lower": found.lower, f"{kind}.{name}_upper": found.upper}
    return metrics
