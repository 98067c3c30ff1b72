"""Why a conclusion changed: the shares of what could have done it, and how sure they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """What can move a conclusion between two versions. Names are permanent: they are stored in the ledger."""

    EVIDENCE = "evidence"
    """The rows it is tested on are others; nothing about the model."""
    COVARIATE = "covariate"
    """The world: the inputs the model was trained on moved."""
    CONCEPT = "concept"
    """The world: what the inputs say about the label moved."""
    DATA = "data"
    """The world, where its inputs and its concept are not told apart."""
    PIPELINE = "pipeline"
    """The recipe was changed."""
    FEEDBACK = "feedback"
    """The model's own decisions chose which labels it learned from."""
    SAMPLING = "sampling"
    """Retraining noise: another sample of the same world would have done it."""
    SEED = "seed"
    """Retraining noise: another random seed would have done it."""


WORLD = (Cause.COVARIATE, Cause.CONCEPT, Cause.DATA)
NOISE = (Cause.SAMPLING, Cause.SEED)
OFTEN = 0.2
"""Chance at one retrain from which noise alone is enough to explain that a claim was refuted."""
WIDE = 0.2
"""Error from which a share is uncertain."""
CLEAR = 2.0
"""Units of noise beyond which a change is more than noise makes."""


@dataclass(frozen=True)
class Share:
    """A share of a change, in [0, 1], and the standard deviation of that share."""

    share: float
    error: float = 0.0


@dataclass(frozen=True)
class Why:
    """Why one finding's θ on one version differs from what it was on an earlier one.

    Attributes:
        finding: its id.
        since: number of the earlier version: where the finding was made, or held again.
        version: number of the later one.
        delta: θ now minus θ then, in the statistic's unit, each on the rows that decided there.
        noise: standard deviation of the change that retraining noise alone makes, same unit; NaN without shadows.
        z: the model's part of the change in units of ``noise``; NaN without shadows.
        shares: by cause, summing to 1, or to less where only some of it is exact, without shadows; empty where nothing
            can be attributed.
        unattributable: share of the change that cannot be attributed under this pipeline, ρ; None when the change is
            smaller than the claim's tolerance, or without shadows.
        chance: probability that noise alone refutes the finding at one retrain; None without shadows.
        notes: what is not identified and why; sentences.
    """

    finding: int
    since: int
    version: int
    delta: float
    noise: float
    z: float
    shares: Mapping[Cause, Share] = field(default_factory=dict)
    unattributable: float | None = None
    chance: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def top(self) -> Cause | None:
        """The dominant cause: of the world, of noise, or one of the others.

        None where nothing can be attributed, or more is not attributed than is put down to any of them.
        """
        if not self.shares:
            return None
        families = [[c for c in family if c in self.shares] for family in (WORLD, NOISE)]
        families += [[c] for c in self.shares if c not in WORLD + NOISE]
        weights = {tuple(family): sum(self.shares[c].share for c in family) for family in families if family}
        heaviest = max(weights, key=lambda family: weights[family])
        if weights[heaviest] < 1 - sum(weights.values()):
            return None
        return max(heaviest, key=lambda cause: self.shares[cause].share)

    @property
    def uncertain(self) -> bool:
        """The shares of the dominant cause and its kin have a wide error."""
        top = self.top
        kin = next((family for family in (WORLD, NOISE) if top in family), (top,))
        return any(share.error >= WIDE for cause, share in self.shares.items() if cause in kin)

    @property
    def often_by_noise(self) -> bool:
        """Noise alone would have refuted it often: it was near its threshold."""
        return self.chance is not None and self.chance >= OFTEN

    @property
    def by_noise(self) -> bool:
        """Another sample or seed would do the same: noise has the largest share, or does it often and nothing else is clear.

        >>> near = Why(1, 3, 4, -0.1, 0.1, -1.0, {Cause.CONCEPT: Share(0.84, 0.3), Cause.SAMPLING: Share(0.16)}, chance=0.6)
        >>> near.top, near.by_noise, near.headline
        (<Cause.CONCEPT: 'concept'>, True, <Cause.SAMPLING: 'sampling'>)
        """
        top = self.top
        clear = top is not None and not self.uncertain and abs(self.z) >= CLEAR
        return top in NOISE or (self.often_by_noise and not clear)

    @property
    def headline(self) -> Cause | None:
        """What is said to have done it, everywhere: noise where that is enough, else the dominant cause."""
        if not self.by_noise:
            return self.top
        return max(NOISE, key=lambda cause: self.shares[cause].share if cause in self.shares else 0.0)
