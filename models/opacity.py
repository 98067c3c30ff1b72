"""What cannot be known about a version: how much of it is an accident of its rows and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Multiplicity:
    """How K shadows of one kind disagree with their version's decisions, over n rows (Marx, Calmon, Ustun 2020).

    K shadows are some of the models that would have done as well, so each figure is at least that of all of them
    together, but for the error of the rows.

    Attributes:
        shadows: K.
        rows: n; where rows repeat by entity, entities.
        ambiguity: share of rows on which any shadow decides otherwise.
        discrepancy: the largest share of rows on which one shadow decides otherwise.
        churn: the mean share over shadows.
        ambiguity_bounds: interval of ``ambiguity`` over rows, for these K shadows.
        churn_bounds: interval of ``churn`` over rows, for these K shadows.
        slack: mean log loss of the worst of the shadows minus the version's, in nats on labelled rows: the ε of the set
            of models they are taken from; None where no label has arrived.
    """

    shadows: int
    rows: int
    ambiguity: float
    discrepancy: float
    churn: float
    ambiguity_bounds: tuple[float, float] = (0.0, 1.0)
    churn_bounds: tuple[float, float] = (0.0, 1.0)
    slack: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """How far raw scores move when one training row is left out, tree by tree.

    Attributes:
        trees: numbers of trees m, ascending.
        distance: RMS gap of raw scores after m trees, over refits and rows, in log-odds; same length.
        refits: rows left out, one at a time.
        fresh: RMS gap to a model of the same recipe on a window that shares no row, in log-odds; None when there is none.
        fresh_window: first and last tick of that window; None when there is none.
        each: the gap by each row left out, RMS over rows of evidence, like ``distance``; empty when it was not kept.
    """

    trees: tuple[int, ...]
    distance: tuple[float, ...]
    refits: int
    fresh: float | None = None
    fresh_window: tuple[int, int] | None = None
    each: tuple[tuple[float, ...], ...] = ()

    @property
    def butterfly(self) -> float | None:
        """The gap one row makes as a share of the gap all other rows make; None without a window to compare with."""
        return self.distance[-1] / self.fresh if self.fresh else None

    @property
    def telling(self) -> tuple[int, ...]:
        """Positions in ``each`` of the rows whose loss was felt: that end with a hundredth of the largest gap or more.

        A row that changes no split moves scores by its share of a leaf, and that by next to nothing.
        """
        last = [gaps[-1] for gaps in self.each]
        return tuple(k for k, gap in enumerate(last) if gap > 0 and gap >= max(last) / 100)


@dataclass(frozen=True)
class Opacity:
    """Everything measured of one version's opacity.

    Attributes:
        version: its number.
        data: over coupled shadows; None when there are none.
        seed: over seed-only shadows; None when there are none.
        seed_channel: whether the recipe draws anything at random; without it other seeds change nothing.
        sensitivity: None where it was not measured on this version.
        rows: training rows of the version.
        feedback: against one model in which every row weighs as many as its label stands for (1 over its propensity);
            None where decisions kept no label from arriving, or what that did is unidentified.
        effective: as how many equal rows the weighted ones of ``feedback`` count.
        unidentified: why nobody can tell what feedback did, where decisions kept labels from arriving; else empty.
    """

    version: int
    data: Multiplicity | None
    seed: Multiplicity | None
    seed_channel: bool
    sensitivity: Sensitivity | None = None
    rows: int = 0
    feedback: Multiplicity | None = None
    effective: float = 0.0
    unidentified: str = ""
