"""Control models: what a version could just as well have been, had other rows been drawn or another seed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum

FEWEST = 3
"""Coupled shadows from which anything is said of all models trained as their version was."""


class ShadowKind(StrEnum):
    """What a shadow does differently from its version."""

    COUPLED = "coupled"
    """Every row weighs Poisson(1), by a hash of the row and the shadow's number: the same in every window that holds the
    row. Another seed too, where the recipe has a seed channel. Its spread is that of sampling and seed together."""
    SEED = "seed"
    """Another seed, the same rows."""


@dataclass(frozen=True)
class Controls:
    """θ of one finding by the shadows of one version, in their order; NaN where a shadow has none.

    Attributes:
        pinned: on the finding's pinned rows (its case, for a claim about a case), length K.
        fresh: on the evidence rows of the version's window; empty where there are no fresh rows.
    """

    pinned: tuple[float, ...] = field(default=())
    fresh: tuple[float, ...] = field(default=())

    @property
    def deciding(self) -> tuple[float, ...]:
        """On the rows whose verdict counts, as ``Check.decides``."""
        return self.fresh or self.pinned


def centred(theta: float, coupled: Sequence[float]) -> tuple[float, ...]:
    """θ by coupled shadows, as it would be had they learned from as much as their version did.

    Under Poisson(1) weights a model sees some 63 % of the distinct rows. It is trained worse than its version, and θ is
    off to one side in all coupled shadows alike, a higher loss for instance. How they differ from each other is what
    another draw of rows does, so they are moved together until their mean is the version's θ. One without company stays:
    nothing tells its bias from the noise.

    Args:
        theta: the version's own θ.
        coupled: θ by K of its coupled shadows.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 10 (the bias of resamples: their mean
    less the estimate).

    >>> [round(t, 3) for t in centred(0.5, (0.7, 0.8))]
    [0.45, 0.55]
    """
    if len(coupled) < 2:
        return tuple(coupled)
    mean = fsum(coupled) / len(coupled)
    return tuple(theta + t - mean for t in coupled)
