"""What can be said of one case: frozen values, the same for the terminal, ``--json`` and the registry."""

from collections.abc import Mapping
from dataclasses import dataclass

from halflife.models.explain.conditions import Value
from halflife.models.explain.counterfactuals import Flip
from halflife.models.explain.decision_paths import Path
from halflife.models.rows import Part


@dataclass(frozen=True)
class Decision:
    """What a model makes of a raw score.

    Attributes:
        probability: of class 1, calibrated.
        margin: log-odds of ``probability`` over the threshold's, as the statistic ``prediction`` has it.
        positive: whether the model decides for class 1.
    """

    probability: float
    margin: float
    positive: bool


@dataclass(frozen=True)
class Reason:
    """One feature's part in the raw score (log-odds before calibration)."""

    feature: str
    value: Value
    attribution: float


@dataclass(frozen=True)
class Neighbour:
    """A training row.

    Attributes:
        similarity: κ, the share of trees in which it ends in the same leaf as the case.
        label: 1 or 0.
        values: of every feature.
    """

    case: str
    similarity: float
    tick: int
    label: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Neighbourhood:
    """The case among the training rows.

    Attributes:
        nearest: the most similar rows, the most similar first.
        searched: rows looked at, the case itself not among them.
        of: labelled training rows of the window, the case among them if it is one.
        positive: label rate of all rows searched, weighted by similarity; None when none is similar at all.
        alike: share of the rows searched, weighted by similarity, that satisfy ``condition``; None as before.
        condition: as an SQL predicate: what the strongest path asks of the feature of the top reason; empty if nothing.
    """

    nearest: tuple[Neighbour, ...]
    searched: int
    of: int
    positive: float | None
    alike: float | None
    condition: str


@dataclass(frozen=True)
class Counterfactual:
    """Changes that flip the decision, and what the model decides then.

    Attributes:
        validity: share of the control models that reach the same decision after the changes; None without control
            models.
    """

    flip: Flip
    then: Decision
    validity: float | None


@dataclass(frozen=True)
class Explanation:
    """Everything said of a case.

    Attributes:
        version: number.
        label: 1 or 0; None while it has not arrived.
        part: what the row is used for.
        inside: whether the version's window holds it, labelled, so that a row of its part was used for this version.
        threshold: probability of class 1 from which the decision is positive.
        raw: log-odds before calibration.
        reasons: every feature, the strongest first; with ``raw`` minus their sum as the model's expected score.
        paths: of the trees that moved the score the most.
        trees: of the model.
        immutable: features that counterfactuals leave alone.
        shares: feature -> its share of all attribution on discovery rows; empty without such rows.
    """

    case: str
    version: int
    tick: int
    label: int | None
    part: Part
    inside: bool
    decision: Decision
    threshold: float
    raw: float
    reasons: tuple[Reason, ...]
    paths: tuple[Path, ...]
    trees: int
    neighbourhood: Neighbourhood
    counterfactuals: tuple[Counterfactual, ...]
    immutable: tuple[str, ...]
    shares: Mapping[str, float]

    @property
    def expected(self) -> float:
        """The raw score of no row in particular, from which the reasons lead to ``raw``."""
        return self.raw - sum(reason.attribution for reason in self.reasons)

    @property
    def values(self) -> Mapping[str, Value]:
        return {reason.feature: reason.value for reason in self.reasons}

    @property
    def wrong(self) -> bool:
        """Whether the label is known and the decision is not it."""
        return self.label is not None and self.decision.positive != bool(self.label)
