"""Worlds whose truth is known: findings whose θ moves by noise of known size, and by drift where asked."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.verdicts import verdict

Z = 1.6448536269514722


@dataclass(frozen=True)
class World:
    """What a ledger would hold of one world."""

    versions: tuple[Version, ...]
    findings: tuple[Finding, ...]
    births: dict[int, Check]
    status: dict[int, dict[int, Status]]


def _world(
    seed: int,
    *,
    exact: bool = False,
    last: int = 24,
    each: int = 15,
    step: int = 1,
    drift: float = 0.0,
    spread: float = 4.0,
    seeds: float = 0.6,
    follow: int = 8,
) -> World:
    """Findings "θ > 0" filed where they hold, θ their mean plus sampling (SD 1, shared by windows of four ticks), seeds
    (SD ``seeds``) and, unless exact, other evidence rows (SD ½); from v12 on it is ``drift`` lower for those made before.
    """
    rng = np.random.default_rng(seed)
    kinds = (ShadowKind.COUPLED,) * 4 + ((ShadowKind.SEED,) * 4 if seeds else ())
    versions = tuple(
        Version(n, n * step, n * step + 3, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 9, shadows=kinds)
        for n in range(1, last + 1)
    )
    findings, births, status = list[Finding](), dict[int, Check](), dict[int, dict[int, Status]]()
    half = 0.0 if exact else Z / 2
    while len(findings) < each * (last - 1):
        made_on = 1 + len(findings) // each
        mean = rng.normal(0, spread)
        ticks = rng.normal(size=(2, last * step + 4)) * 2
        window = np.array([ticks[:, v.first : v.last + 1].mean(axis=1) for v in versions]).T
        own = mean + window[0] + (0 if exact else window[1] / 2)
        numbers = np.arange(1, last + 1)
        theta = own + rng.normal(size=last) * seeds - drift * ((numbers >= 12) & (made_on < 12))
        until = min(last, made_on + follow)
        intervals = {
            n: Interval(theta[n - 1], theta[n - 1] - half, theta[n - 1] + half) for n in range(made_on, until + 1)
        }
        said = {n: verdict(interval, ">", 0.0) for n, interval in intervals.items()}
        if said[made_on] is not Status.HOLDS:
            continue
        number = len(findings) + 1
        shadows = own[made_on - 1] + rng.normal(size=8) * seeds + rng.normal(size=8) * (np.arange(8) < 4)
        scope = Scope.ARTIFACT if exact else Scope.POPULATION
        findings.append(Finding(f"f{number}", "auc() > 0", "auc", scope, made_on, id=number))
        birth = Measurement(900, intervals[made_on], said[made_on])
        births[number] = Check(number, made_on, 0.0, birth, None, Controls(tuple(shadows[: len(kinds)].tolist())))
        status[number] = said
    return World(versions, tuple(findings), births, status)


@pytest.fixture(scope="session")
def world() -> Callable[..., World]:
    """Makes worlds from a seed."""
    return _world
