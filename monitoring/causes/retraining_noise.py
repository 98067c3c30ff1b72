"""What retraining alone does to a finding between two versions, as the versions' shadows show it.

Shadow k of both versions weighs a row alike, so θ of one less θ of the other, over k, varies as θ_b − θ_a would if the
same world were sampled again: what the windows share cancels by itself. Its variance v is the noise of the change. The
part of it that other seeds alone make comes from the shadows that differ by nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isinf, nan

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from halflife.models.rows import Array
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.causes.moderated_variance import directions, moderated_variance

CLEAR = 2.0
"""Of a normal deviate: beyond it noise is not enough."""


class Basis(StrEnum):
    """Which shadows the noise was read from."""

    PAIRED = "paired"
    """Coupled shadows of both versions, pair by pair."""
    NOW = "now"
    """Only the later version has any: twice its variance, an upper bound for windows that share rows."""
    BEFORE = "before"
    """Only the earlier version has any: twice its variance."""
    SEED = "seed"
    """There are only shadows with other seeds: a lower bound."""


@dataclass(frozen=True)
class ShadowSpread:
    """θ's spread over shadows, of one finding between two versions, before it is moderated.

    Attributes:
        deviations: whose sum of squares over ``df`` is the variance, length K; empty for a sum of two variances.
        variance: v of the change, in θ's unit squared.
        df: degrees of freedom of it.
        seed: the part of other seeds, unit squared; NaN where no shadows tell.
        seed_df: degrees of freedom of it; 0 where there are none.
    """

    basis: Basis
    deviations: tuple[float, ...]
    variance: float
    df: float
    seed: float
    seed_df: float


@dataclass(frozen=True)
class RetrainingNoise:
    """The noise of one finding's change.

    Attributes:
        variance: v, moderated, in θ's unit squared.
        df: degrees of freedom of it.
        seed: the part of v that other seeds make, at most v; NaN where no shadows tell.
        seed_df: degrees of freedom of it.
    """

    basis: Basis
    variance: float
    df: float
    seed: float = nan
    seed_df: float = 0.0

    @property
    def clear(self) -> float:
        """|z| beyond which noise is not enough: Student's quantile for what is 2 in a normal distribution.

        >>> round(RetrainingNoise(Basis.PAIRED, 1.0, 3.0).clear, 2)
        3.31
        """
        return CLEAR if isinf(self.df) else float(stdtrit(self.df, ndtr(CLEAR)))

    def below(self, distance: float) -> float:
        """Probability that noise takes θ down by more than ``distance``, both in units of noise."""
        return float(ndtr(-distance) if isinf(self.df) else stdtr(self.df, -distance))


@dataclass(frozen=True)
class ShadowEstimates:
    """What the shadows of one version say of one finding.

    Attributes:
        kinds: of the version's shadows, length K.
        theta: θ by each, on the same rows for all versions compared, length K; NaN where there is none.
    """

    kinds: tuple[ShadowKind, ...]
    theta: tuple[float, ...]

    @classmethod
    def of(cls, kinds: Sequence[ShadowKind], controls: Controls | None) -> "ShadowEstimates":
        """From a check: on the pinned rows, which are the same on every version."""
        theta = () if controls is None or len(controls.pinned) != len(kinds) else controls.pinned
        return cls(tuple(kinds) if theta else (), theta)

    def kind(self, kind: ShadowKind) -> dict[int, float]:
        """Shadow's number -> θ."""
        found = enumerate(zip(self.kinds, self.theta, strict=True))
        return {k: theta for k, (other, theta) in found if other is kind and np.isfinite(theta)}


def spread(before: ShadowEstimates, now: ShadowEstimates) -> ShadowSpread | None:
    """The spread of the change between two versions; None where fewer than two shadows of a kind tell.

    >>> coupled = (ShadowKind.COUPLED,) * 3
    >>> found = spread(ShadowEstimates(coupled, (1.0, 2.0, 3.0)), ShadowEstimates(coupled, (2.0, 3.0, 5.0)))
    >>> round(found.variance, 4), found.df, found.basis.value
    (0.3333, 2, 'paired')
    """
    seed, seed_df = _seeds(before, now)
    a, b = before.kind(ShadowKind.COUPLED), now.kind(ShadowKind.COUPLED)
    both = sorted(set(a) & set(b))
    if len(both) >= 2:
        return _spread(Basis.PAIRED, np.array([b[k] - a[k] for k in both]), 1.0, seed, seed_df)
    for basis, one in ((Basis.NOW, b), (Basis.BEFORE, a)):
        if len(one) >= 2:
            return _spread(basis, np.array(list(one.values())), 2.0, seed, seed_df)
    if seed_df > 0:
        return ShadowSpread(Basis.SEED, (), seed, seed_df, seed, seed_df)
    return None


def _spread(basis: Basis, values: Array, times: float, seed: float, seed_df: float) -> ShadowSpread:
    deviations = np.sqrt(times) * (values - values.mean())
    df = len(values) - 1
    return ShadowSpread(basis, tuple(deviations.tolist()), float(deviations @ deviations) / df, df, seed, seed_df)


def _seeds(before: ShadowEstimates, now: ShadowEstimates) -> tuple[float, float]:
    """Variance of the change by seeds alone, and its degrees of freedom.

    Seeds of two versions are independent, so their variances add, with degrees of freedom by Satterthwaite (Biometrics
    Bulletin 2, 1946); of one version alone it counts twice.
    """
    sides = [np.array(list(side.kind(ShadowKind.SEED).values())) for side in (before, now)]
    known = [side for side in sides if len(side) >= 2]
    if not known:
        return nan, 0.0
    variances = np.array([side.var(ddof=1) for side in known]) * (2 / len(known))
    df = np.array([len(side) - 1.0 for side in known])
    total = float(variances.sum())
    return total, float(total**2 / np.sum(variances**2 / df)) if total > 0 else float(df.sum())


def moderated(spreads: Sequence[ShadowSpread]) -> list[RetrainingNoise]:
    """The noise of each finding of one kind between the same two versions, its variance moderated by the others'.

    All findings are read from the same few shadows, so the others add at most what their independent directions can:
    K − 1 degrees of freedom for each direction but one.

    Args:
        spreads: of findings about one statistic; those with another basis are moderated apart.
    """
    out: dict[int, RetrainingNoise] = {}
    for basis in Basis:
        at = [i for i, s in enumerate(spreads) if s.basis is basis]
        if not at:
            continue
        some = [spreads[i] for i in at]
        most = _most([s.deviations for s in some])
        v, df = moderated_variance(np.array([s.variance for s in some]), np.array([float(s.df) for s in some]), most)
        known = [j for j, s in enumerate(some) if s.seed_df > 0]
        seed, seed_df = np.full(len(some), nan), np.zeros(len(some))
        if known:
            told = np.array([some[j].seed for j in known]), np.array([some[j].seed_df for j in known])
            seed[known], seed_df[known] = moderated_variance(*told, most)
        for j, i in enumerate(at):
            out[i] = RetrainingNoise(basis, float(v[j]), float(df[j]), float(seed[j]), float(seed_df[j]))
    return [out[i] for i in range(len(spreads))]


def _most(deviations: Sequence[tuple[float, ...]]) -> float:
    """Degrees of freedom the other findings can add; shadows of both kinds bring about as many."""
    longest = max((len(d) for d in deviations), default=0)
    whole = [d for d in deviations if len(d) == longest]
    if longest < 2:
        return 0.0
    return (longest - 1) * (directions(np.array(whole).T) - 1)
