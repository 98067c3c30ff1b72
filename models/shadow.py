"""Control models: what a version could just as well have been, had other rows been drawn or another seed."""

from dataclasses import dataclass, field
from enum import StrEnum


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
