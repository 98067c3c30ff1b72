"""What cannot be known about a version: how much of it is an accident of its rows and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Multiplicity:
    """How K shadows of one kind disagree with their version's decisions, over n rows (Marx, Calmon, Ustun 2020).

    Attributes:
        shadows: K.
        rows: n.
        ambiguity: share of rows on which any shadow decides otherwise.
        discrepancy: the largest share of rows on which one shadow decides otherwise.
        churn: the mean share over shadows.
    """

    shadows: int
    rows: int
    ambiguity: float
    discrepancy: float
    churn: float


@dataclass(frozen=True)
class Sensitivity:
    """How far raw scores move when one training row is left out, tree by tree.

    Attributes:
        trees: numbers of trees m, ascending.
        distance: RMS gap of raw scores after m trees, over refits and rows, in log-odds; same length.
        refits: rows left out, one at a time.
        fresh: RMS gap to a model of the same recipe on a window that shares no row, in log-odds; None when there is none.
        fresh_window: first and last tick of that window; None when there is none.
    """

    trees: tuple[int, ...]
    distance: tuple[float, ...]
    refits: int
    fresh: float | None = None
    fresh_window: tuple[int, int] | None = None

    @property
    def butterfly(self) -> float | None:
        """The gap one row makes as a share of the gap all other rows make; None without a window to compare with."""
        return self.distance[-1] / self.fresh if self.fresh else None


@dataclass(frozen=True)
class Opacity:
    """Everything measured of one version's opacity.

    Attributes:
        version: its number.
        data: over coupled shadows; None when there are none.
        seed: over seed-only shadows; None when there are none.
        seed_channel: whether the recipe draws anything at random; without it other seeds change nothing.
        sensitivity: None where it was not measured on this version.
    """

    version: int
    data: Multiplicity | None
    seed: Multiplicity | None
    seed_channel: bool
    sensitivity: Sensitivity | None = None
