"""From θ of the fits that were made to the shares of a change, and how sure each share is.

The change Δ is the evidence's part and the model's, φ_E + φ_M, exactly. Of the model's part noise comes first: ρ =
min(1, v/φ_M²) of it cannot be told from retraining, and all of it where |φ_M| is within noise; then the rest is
divided among pipeline, feedback and the data (covariate and concept, where they were told apart) in proportion to the
sizes of their parts. Parts of opposite signs therefore count by size, and all shares are non-negative and sum to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isnan, sqrt

import numpy as np

from halflife.models.causes import Cause, Share
from halflife.models.rows import Array
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise
from halflife.monitoring.causes.shapley import first_part

DRAWS = 1_000
PARTS = (Cause.PIPELINE, Cause.FEEDBACK, Cause.COVARIATE, Cause.CONCEPT, Cause.DATA)
"""What the model's part is made of beside noise."""


class Fit(StrEnum):
    """A model between the earlier version (window a by recipe a) and the later one (window b by recipe b)."""

    BEFORE = "before"
    NOW = "now"
    BEFORE_NEW_RECIPE = "before_new_recipe"
    """Window a by recipe b."""
    NOW_OLD_RECIPE = "now_old_recipe"
    """Window b by recipe a."""
    BEFORE_REWEIGHTED = "before_reweighted"
    """Window a, its rows weighted to window b's inputs, by recipe a."""
    BEFORE_OPEN = "before_open"
    """Window a, each row weighing 1/π, by recipe a."""
    NOW_OPEN = "now_open"
    """Window b, each row weighing 1/π, by recipe b."""


@dataclass(frozen=True)
class ThetaChange:
    """One finding's change.

    Attributes:
        evidence: φ_E, in θ's unit.
        fits: θ of each fit that was made, averaged over the two sets of evidence rows; ``BEFORE`` and ``NOW`` at least.
            Of the fits that weigh by 1/π one is missing where decisions chose no labels.
        noise: None where no shadows tell.
    """

    evidence: float
    fits: Mapping[Fit, float]
    noise: RetrainingNoise | None

    @property
    def model(self) -> float:
        """φ_M, in θ's unit."""
        return self.fits[Fit.NOW] - self.fits[Fit.BEFORE]

    @property
    def delta(self) -> float:
        """Δ = φ_E + φ_M."""
        return self.evidence + self.model

    @property
    def z(self) -> float:
        """φ_M in units of noise; NaN without noise."""
        if self.noise is None:
            return float("nan")
        sd = sqrt(self.noise.variance)
        return self.model / sd if sd > 0 else (inf if self.model > 0 else -inf) if self.model else 0.0

    @property
    def clear(self) -> bool:
        """Whether the model's part is more than noise makes."""
        return self.noise is not None and abs(self.z) > self.noise.clear

    @property
    def parts(self) -> dict[Cause, float]:
        """What the model's part is made of, signed, summing to it."""
        return {cause: float(part) for cause, part in _parts({k: np.array(v) for k, v in self.fits.items()}).items()}


def shares(change: ThetaChange, seed: int) -> dict[Cause, Share]:
    """The shares by cause, with their standard deviations; empty for no change at all.

    Without shadows only evidence and pipeline have shares, and they sum to less than 1.

    The deviations are those of 1,000 draws in which θ of every fit is redrawn with one model's retraining noise, v/2,
    and v itself, and the seeds' part of it, from their scaled χ² distributions; a fit whose θ is that of the earlier
    version to the last digit is taken to be that very model. ρ is applied to each draw whether or not
    it is clear of noise, so a share close to that line has a wide error. The split by evidence rows is exact and is not
    redrawn.

    Args:
        change: what is known.
        seed: of the draws, which are the same for the same seed.
    """
    exact = {fit: np.full(1, theta) for fit, theta in change.fits.items()}
    noise = change.noise
    if noise is None:
        point = _weigh(np.full(1, change.evidence), exact, None, None, gated=False)
        known = (Cause.EVIDENCE, Cause.PIPELINE)
        return {c: Share(float(s[0])) for c, s in point.items() if c in known}
    fraction = 1.0 if noise.basis is Basis.SEED else _fraction(np.full(1, noise.variance), np.full(1, noise.seed))
    point = _weigh(np.full(1, change.evidence), exact, np.full(1, noise.variance), fraction, gated=not change.clear)
    rng = np.random.Generator(np.random.Philox(seed))
    v = noise.variance * _scaled(rng, noise.df)
    drawn = {fit: theta + np.sqrt(v / 2) * rng.standard_normal(DRAWS) for fit, theta in exact.items()}
    drawn |= {fit: drawn[Fit.BEFORE] for fit in exact if fit is not Fit.NOW and exact[fit] == exact[Fit.BEFORE]}
    fraction = 1.0 if noise.basis is Basis.SEED else _fraction(v, noise.seed * _scaled(rng, noise.seed_df))
    spread = _weigh(np.full(DRAWS, change.evidence), drawn, v, fraction, gated=False)
    return {cause: Share(float(s[0]), float(spread[cause].std())) for cause, s in point.items()}


def _scaled(rng: np.random.Generator, df: float) -> Array:
    """σ²/s² given s²: df/χ²(df); 1 where there is nothing to draw."""
    if df <= 0 or df == inf:
        return np.ones(DRAWS)
    return np.asarray(df / np.maximum(rng.chisquare(df, DRAWS), 1e-9))


def _fraction(v: Array, seed: Array) -> Array | float:
    """The seeds' share of noise; 0 where no shadows tell."""
    if isnan(seed[0]):
        return 0.0
    return np.clip(np.divide(seed, v, out=np.zeros_like(v), where=v > 0), 0.0, 1.0)


def _parts(fits: Mapping[Fit, Array]) -> dict[Cause, Array]:
    """The model's part by cause, signed; each of the shape of θ."""
    before, now = fits[Fit.BEFORE], fits[Fit.NOW]
    data = now - before
    found: dict[Cause, Array] = {}
    if Fit.BEFORE_NEW_RECIPE in fits:
        pipeline = first_part(before, fits[Fit.BEFORE_NEW_RECIPE], fits[Fit.NOW_OLD_RECIPE], now)
        found[Cause.PIPELINE] = pipeline
        data = data - pipeline
    if Fit.NOW_OPEN in fits or Fit.BEFORE_OPEN in fits:
        feedback = (now - fits.get(Fit.NOW_OPEN, now)) - (before - fits.get(Fit.BEFORE_OPEN, before))
        found[Cause.FEEDBACK] = feedback
        data = data - feedback
    if Fit.BEFORE_REWEIGHTED not in fits:
        return {**found, Cause.DATA: data}
    covariate = fits[Fit.BEFORE_REWEIGHTED] - before
    return {**found, Cause.COVARIATE: covariate, Cause.CONCEPT: data - covariate}


def _weigh(
    evidence: Array, fits: Mapping[Fit, Array], v: Array | None, seed: Array | float | None, *, gated: bool
) -> dict[Cause, Array]:
    """Shares by cause, each of the shape of θ; of draws without any change, none."""
    model, parts = fits[Fit.NOW] - fits[Fit.BEFORE], _parts(fits)
    whole = np.abs(evidence) + np.abs(model)
    if len(whole) == 1 and whole[0] == 0:
        return {}
    of_model = _ratio(np.abs(model), whole)
    found = {} if not np.any(evidence) else {Cause.EVIDENCE: _ratio(np.abs(evidence), whole)}
    rho = np.zeros_like(model)
    if v is not None and seed is not None:
        rho = np.ones_like(model) if gated else np.minimum(1.0, _ratio(v, model**2, 1.0))
        found[Cause.SAMPLING] = of_model * rho * (1 - seed)
        found[Cause.SEED] = of_model * rho * seed
    sizes = {cause: np.abs(part) for cause, part in parts.items()}
    total = np.sum(list(sizes.values()), axis=0)
    found |= {cause: of_model * (1 - rho) * _ratio(size, total) for cause, size in sizes.items()}
    return found


def _ratio(part: Array, whole: Array, otherwise: float = 0.0) -> Array:
    return np.divide(part, whole, out=np.full_like(whole, otherwise), where=whole > 0)
