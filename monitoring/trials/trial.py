"""What became of one recipe over a history, as values that JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from halflife.models.domain import Finding, Interval, Scope
from halflife.models.half_life import HalfLife
from halflife.models.recipe import Recipe

HORIZON = 4
"""Retrains after which it is asked how many findings are stale: half-lives differ less than what can be seen of them."""


@dataclass(frozen=True)
class Block:
    """One version, and the labelled rows that came after it and before the next.

    Attributes:
        tick: last tick of its window.
        trees: in its model.
        cpu: seconds of processor time to fit, calibrate, evaluate and gate it, all threads together.
        rows: n; 0 for a version after which nothing came.
        log_loss: mean over these rows, in nats; None without rows.
        auc: None with fewer than two rows of either label.
        churn: share of these rows on which it decides other than the version before; None for the first, or without rows.
    """

    tick: int
    trees: int
    cpu: float
    rows: int = 0
    log_loss: float | None = None
    auc: float | None = None
    churn: float | None = None


@dataclass(frozen=True)
class Probe:
    """What was measured on a few versions only, because it takes models of its own.

    Attributes:
        tick: last tick of the version's window.
        reseeded: share of the rows after it that a model of another seed decides otherwise; None where the seed
            moves no score at all: the recipe had no seed channel there.
        butterfly: distance of raw scores when one row is left out over that to a window that shares none; None where
            there is no such window yet, or nothing to compare.
    """

    tick: int
    reseeded: float | None
    butterfly: float | None


@dataclass(frozen=True)
class Living:
    """How long findings lived, in retrains; as `HalfLife` says it.

    Attributes:
        median: None when fewer than half died.
        lower: of the 95 % interval.
        upper: None when unbounded.
        n: findings followed.
        deaths: of them, those that died.
        stale: share that is stale after `HORIZON` retrains, with its 95 % interval; None when none was followed so long.
    """

    median: float | None
    lower: float | None
    upper: float | None
    n: int
    deaths: int
    stale: Interval | None = None

    @classmethod
    def of(cls, half: HalfLife) -> "Living":
        stale = [Interval(a.stale, a.lower, a.upper) for a in half.arrival if a.retrains == HORIZON]
        return cls(half.median, half.lower, half.upper, half.n, half.deaths, stale[0] if stale else None)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Living":
        return cls(**{**value, "stale": value["stale"] and Interval(**value["stale"])})


@dataclass(frozen=True)
class Belief:
    """A conclusion made on the first plain version, to be followed under every recipe."""

    name: str
    claim: str
    statistic: str
    scope: Scope

    @classmethod
    def of(cls, finding: Finding) -> "Belief":
        return cls(finding.name, finding.claim, finding.statistic, finding.scope)

    def finding(self, made_on: int) -> Finding:
        """The same about a version of another recipe."""
        return Finding(self.name, self.claim, self.statistic, self.scope, made_on)


@dataclass(frozen=True)
class Trial:
    """One recipe over a history.

    Attributes:
        name: of the strategy, or of the variant in the settings.
        recipe: what was tried.
        blocks: one a version, in order.
        probes: on a few versions, in order.
        own: of what the investigator found under this recipe; None when nothing could be followed.
        same: of the conclusions of the first plain version, followed under this recipe to the end; None likewise.
        beliefs: what the investigator's first session found and confirmed.
    """

    name: str
    recipe: Recipe
    blocks: tuple[Block, ...]
    probes: tuple[Probe, ...]
    own: Living | None
    same: Living | None
    beliefs: tuple[Belief, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "recipe": self.recipe.to_dict()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Trial":
        """What `to_dict` gave, also after it was JSON. Raises TypeError or KeyError when it is anything else.

        >>> trial = Trial("plain", Recipe(trees=9), (Block(7, 9, 0.5),), (Probe(7, 0.1, None),), None,
        ...               Living(None, 3.0, None, 4, 0, Interval(0.1, 0.0, 0.4)), (Belief("a", "auc() > 0.5", "auc", Scope.POPULATION),))
        >>> Trial.from_dict(trial.to_dict()) == trial
        True
        """
        living = {name: value[name] and Living.from_dict(value[name]) for name in ("own", "same")}
        rest = {field.name: value[field.name] for field in fields(cls)}
        return cls(
            **{
                **rest,
                **living,
                "recipe": Recipe.from_dict(value["recipe"]),
                "blocks": tuple(Block(**each) for each in value["blocks"]),
                "probes": tuple(Probe(**each) for each in value["probes"]),
                "beliefs": tuple(Belief(**{**each, "scope": Scope(each["scope"])}) for each in value["beliefs"]),
            }
        )
