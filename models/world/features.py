"""What the columns of the world are: their marginals, categories, gaps and effects, as data.

Every numeric feature is a monotone map of a latent standard normal value. Effects are stated on that latent scale, so
that 0.5 means the same for an amount in euros and for an age in days; the map gives the column its looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]


class Shape(StrEnum):
    """Families of marginals, each with a middle (its median) and a spread on the family's own scale."""

    NORMAL = "normal"
    """middle + spread · z"""
    LOGNORMAL = "lognormal"
    """middle · exp(spread · z)"""
    LOGITNORMAL = "logitnormal"
    """1 / (1 + (1/middle - 1) · exp(-spread · z)), between 0 and 1"""


@dataclass(frozen=True)
class Numeric:
    """A numeric feature.

    Attributes:
        name: of the column.
        shape: family of the marginal.
        middle: median of the marginal, in the column's unit.
        spread: of the marginal, on the scale of its family.
        slope: effect on the log-odds of one latent standard deviation.
        decimals: digits after the point that a source system would keep.
        low: smallest value; None for no bound.
        high: largest value; None for no bound.
        missing: share of rows without a value.
        missing_high: the same share among rows more than one latent standard deviation above the middle; differs from
            ``missing`` when values are missing *not* at random.
        follows: an earlier feature its latent value is correlated with; empty for none.
        correlation: with that feature, on the latent scale.
    """

    name: str
    shape: Shape = Shape.NORMAL
    middle: float = 0.0
    spread: float = 1.0
    slope: float = 0.0
    decimals: int = 3
    low: float | None = None
    high: float | None = None
    missing: float = 0.0
    missing_high: float | None = None
    follows: str = ""
    correlation: float = 0.0

    def shaped(self, latent: Floats) -> None:
        """Turn latent values, shape (n,), into the column's, in place.

        >>> z = np.array([-1, 0, 1], dtype=np.float32)
        >>> Numeric("share", Shape.LOGITNORMAL, middle=0.25, spread=1.0).shaped(z)
        >>> z.round(3)
        array([0.109, 0.25 , 0.475], dtype=float32)
        """
        match self.shape:
            case Shape.NORMAL:
                if (self.middle, self.spread) != (0.0, 1.0):
                    latent *= np.float32(self.spread)
                    latent += np.float32(self.middle)
            case Shape.LOGNORMAL:
                latent *= np.float32(self.spread)
                np.exp(latent, out=latent)
                latent *= np.float32(self.middle)
            case Shape.LOGITNORMAL:
                latent *= np.float32(self.spread)
                latent += np.float32(np.log(self.middle / (1 - self.middle)))
                expit(latent, out=latent)
        if self.low is not None or self.high is not None:
            np.clip(latent, self.low, self.high, out=latent)


@dataclass(frozen=True)
class Category:
    """One value of a categorical feature.

    Attributes:
        name: the value.
        share: of rows.
        shift: added to the log-odds.
        factors: feature -> what its slope is multiplied by in this segment.
    """

    name: str
    share: float
    shift: float = 0.0
    factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Categorical:
    """A categorical feature; shares add up to 1."""

    name: str
    categories: tuple[Category, ...]

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.categories)


INTERCEPT = -1.5
"""Log-odds at the middle of every feature; with the slopes below, about 27 % of all rows are positive."""

NUMERIC: tuple[Numeric, ...] = (
    Numeric("amount", Shape.LOGNORMAL, middle=80, spread=1.0, slope=0.5, decimals=2, low=0.5),
    Numeric(
        name="income",
        shape=Shape.LOGNORMAL,
        middle=42_000,
        spread=0.5,
        slope=-0.5,
        decimals=0,
        # The well-off decline to say: missing not at random.
        missing=0.03,
        missing_high=0.2,
        follows="amount",
        correlation=0.35,
    ),
    Numeric("age", middle=43, spread=13, slope=-0.15, decimals=0, low=18, high=95),
    Numeric("tenure", Shape.LOGNORMAL, middle=26, spread=0.9, slope=-0.35, decimals=0, high=480),
    Numeric(
        name="device_age",
        shape=Shape.LOGNORMAL,
        middle=210,
        spread=0.8,
        slope=-0.45,
        decimals=0,
        missing=0.02,
        follows="tenure",
        correlation=0.5,
    ),
    Numeric("velocity", Shape.LOGNORMAL, middle=6, spread=0.7, slope=0.9, decimals=0),
    Numeric("distance", Shape.LOGNORMAL, middle=12, spread=1.2, slope=0.55, decimals=1, missing=0.04),
    Numeric("utilization", Shape.LOGITNORMAL, middle=0.3, spread=1.0, slope=0.45, missing=0.08),
    Numeric("review_code", middle=400, spread=45, decimals=0, low=0),
)

CATEGORICAL: tuple[Categorical, ...] = (
    Categorical(
        "region",
        (
            Category("north", 0.3, shift=0.1, factors={"device_age": 2.0}),
            Category("south", 0.3, factors={"device_age": 0.3, "distance": 1.4}),
            Category("east", 0.25),
            Category("west", 0.15, shift=-0.2),
        ),
    ),
    Categorical(
        "channel",
        (
            Category("web", 0.45, shift=0.25),
            Category("app", 0.35),
            Category("branch", 0.2, shift=-0.6, factors={"velocity": 0.6}),
        ),
    ),
    Categorical("sex", (Category("F", 0.52, shift=-0.2), Category("M", 0.48, shift=0.2))),
)

BASE_FEATURES = len(NUMERIC) + len(CATEGORICAL)


def extras(count: int) -> tuple[Numeric, ...]:
    """Standard normal features that fill a world up; every fourth has a weak effect, the others none.

    >>> [(e.name, e.slope) for e in extras(5)]
    [('extra_01', 0.08), ('extra_02', 0.0), ('extra_03', 0.0), ('extra_04', 0.0), ('extra_05', -0.08)]
    """
    return tuple(
        Numeric(f"extra_{i + 1:02d}", slope=0.0 if i % 4 else (-0.08 if i % 8 else 0.08)) for i in range(count)
    )
