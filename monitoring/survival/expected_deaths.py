"""What noise alone would do: every finding's chance of dying at each age in a world that stands still.

Each finding is followed on simulated retrains (``paths``) from where it stood when it was made (``margins``), re-tested
as in truth, and dies by the same rule (``death``). Its hazard at an age is the share of its paths that die there, among
those that still lived. A finding that stands far from its threshold keeps a small hazard for ever, one that stood close
has a large one that falls with age: who survives stood farther away than it seemed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from halflife.models.domain import Check, Finding, Version
from halflife.models.rows import Array
from halflife.monitoring.survival.death import fatal
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.margins import EDGE, MarginSpread, Stand, by_finding, shares, spread
from halflife.monitoring.survival.null_paths import POOL, SEED, SLICE, Paths, paths

BEYOND = 3
"""Retrains simulated past the last age that is asked for, so that a refutation there can be confirmed."""


def hazards(
    findings: Sequence[Finding],
    lives: Sequence[Life],
    births: Mapping[int, Check],
    versions: Sequence[Version],
    *,
    level: float = 0.90,
) -> dict[int, Array]:
    """Finding's id -> probability that noise alone ends it at age 1, 2, …, its age, if nothing has before.

    Findings of which no shadows tell are left out.

    Args:
        findings: those of the lives, among others.
        lives: for whom and up to which ages it is asked.
        births: finding's id -> its check on the version it was made on.
        versions: all, oldest first; their windows say how much of a retrain's data is new.
        level: of the checks' intervals.
    """
    known = {f.id: f for f in findings}
    asked = [known[life.finding] for life in lives if life.age > 0 and life.finding in known]
    stood = by_finding(asked, births, {v.number: v for v in versions}, level=level)
    if not stood:
        return {}
    drawn, found = paths(versions), dict[int, Array]()
    ages = {life.finding: life.age for life in lives}
    kinds: dict[tuple[str, bool], list[Stand]] = {}
    for one in stood.values():
        kinds.setdefault((known[one.finding].statistic, one.exact), []).append(one)
    for number, (_, some) in enumerate(sorted(kinds.items())):
        rng = np.random.Generator(np.random.Philox(key=[SEED, 1 + number]))
        base, sampling, fresh = _votes(some, rng) if some[0].exact else _intervals(some, spread(some), rng)
        for made_on in sorted({one.made_on for one in some}):
            at = [i for i, one in enumerate(some) if one.made_on == made_on]
            group = [some[i] for i in at]
            horizon = max(ages[one.finding] for one in group)
            hazard = _group(group, base[at], sampling[at], fresh[at], drawn, horizon)
            found |= {one.finding: row[: ages[one.finding]] for one, row in zip(group, hazard, strict=True)}
    return found


def _votes(stands: Sequence[Stand], rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Distances in units of noise, and what sampling and seeds add to them; each of shape (n, paths)."""
    from scipy.special import ndtri

    of = np.array([len(s.coupled) for s in stands], dtype=float)
    share = shares(np.array([s.refuting for s in stands], dtype=float), of, SLICE, rng)
    fresh = np.full(share.shape, spread(stands).fresh)
    return -ndtri(np.clip(share, EDGE, 1 - EDGE)), np.sqrt(1 - fresh), np.sqrt(fresh)


def _intervals(stands: Sequence[Stand], noise: MarginSpread, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Distances in the claim's unit, and what sampling and seeds add to them; each of shape (n, paths).

    A variance of d degrees of freedom is itself uncertain: on each path it is d/χ²_d times as large.
    """
    shape = (len(stands), SLICE)
    finite = np.isfinite(noise.df)
    df = np.where(finite, noise.df, 1.0)[:, None]
    scale = np.where(finite[:, None], df / np.maximum(rng.chisquare(np.broadcast_to(df, shape)), EDGE), 1.0)
    variance = noise.variance[:, None] * scale
    error = np.array([s.error for s in stands])[:, None]
    distance = np.broadcast_to(np.array([s.distance for s in stands])[:, None], shape)
    return distance, np.sqrt((1 - noise.fresh) * variance + error**2), np.sqrt(noise.fresh * variance)


def _group(stands: Sequence[Stand], base: Array, sampling: Array, fresh: Array, drawn: Paths, horizon: int) -> Array:
    """Hazards of findings made on one version at ages 1 to ``horizon``; shape (n, horizon).

    Retrains of which no version is told cannot be simulated: there the hazard stays what it was.
    """
    born = drawn.column[stands[0].made_on]
    columns = np.arange(born + 1, min(born + 1 + horizon + BEYOND, len(drawn.sampling)))
    paths_of = (np.array([s.finding for s in stands]) % (POOL // SLICE))[:, None] * SLICE + np.arange(SLICE)
    moved = drawn.sampling[columns][:, paths_of] - drawn.sampling[born][paths_of]
    seeds = drawn.seed[columns][:, paths_of]
    if not stands[0].exact:  # where θ itself was seen, its version's own seed is part of it; votes know no seed
        seeds = seeds - drawn.seed[born][paths_of]
    value = base + sampling * moved + fresh * seeds
    near, far = (np.array([getattr(s, side) for s in stands])[:, None] for side in ("near", "far"))
    dies = fatal(value + near < 0, value - far > 0, np.array(stands[0].exact))
    alive = np.concatenate([np.ones((1, *base.shape), dtype=bool), ~np.logical_or.accumulate(dies, axis=0)])
    left = alive.sum(axis=2).T.astype(float)
    hazard = np.where(left[:, :-1] > 0, 1 - left[:, 1:] / np.maximum(left[:, :-1], 1), np.nan)
    for age in range(1, hazard.shape[1]):  # nobody is left to tell: as it was before
        hazard[:, age] = np.where(np.isnan(hazard[:, age]), hazard[:, age - 1], hazard[:, age])
    return np.pad(hazard, ((0, 0), (0, max(0, horizon - hazard.shape[1]))), mode="edge")[:, :horizon]
