"""How a window becomes a model, as a value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import blake2b
from json import dumps
from typing import Annotated, Literal

from pydantic import Field

Strategy = Literal["plain", "averaged", "warm", "refit", "anchored", "adapted"]
STRATEGY_FIELDS: dict[Strategy, tuple[str, ...]] = {
    "plain": (),
    "averaged": ("members",),
    "warm": ("added", "restart"),
    "refit": ("decay", "restart"),
    "anchored": ("anchor",),
    "adapted": (),
}
"""Strategy -> the fields that mean something to it; the others are no part of such a recipe."""
_STRATEGIC = {name for own in STRATEGY_FIELDS.values() for name in own}


@dataclass(frozen=True)
class Recipe:
    """How a window becomes a model. ``threads`` is how it is computed, not what, so it is not hashed.

    Each field says what it means and within which bounds; the settings take both from here, and check what a person
    writes. For strategies see ``halflife.models.learner.strategies``.
    """

    trees: Annotated[int, Field(gt=0, description="Trees of a model.")] = 200
    leaves: Annotated[int, Field(ge=2, description="Leaves a tree may have.")] = 31
    learning_rate: Annotated[float, Field(gt=0, description="How far each tree goes.")] = 0.08
    min_rows_per_leaf: Annotated[int, Field(gt=0, description="Rows a leaf has at least.")] = 20
    row_sampling: Annotated[float, Field(gt=0, le=1, description="Share of the rows that each tree sees.")] = 0.8
    feature_sampling: Annotated[float, Field(gt=0, le=1, description="Share of the columns that each tree sees.")] = 0.8
    l2: Annotated[float, Field(ge=0, description="L2 penalty on the values of leaves.")] = 1.0
    calibration: Annotated[
        Literal["temperature", "isotonic", "none"],
        Field(description="How scores become probabilities, on rows kept for it."),
    ] = "temperature"
    threshold: Annotated[
        float, Field(gt=0, lt=1, description="Probability of class 1 from which the decision is positive.")
    ] = 0.5
    strategy: Annotated[
        Strategy,
        Field(description="How the model before, or several models, go into this one; `halflife recipes list` tells."),
    ] = "plain"
    members: Annotated[
        int, Field(ge=2, description="Of `averaged`: models of other seeds whose raw scores are averaged.")
    ] = 5
    added: Annotated[int, Field(gt=0, description="Of `warm`: trees added to the model before.")] = 20
    restart: Annotated[
        int,
        Field(
            gt=0,
            description="Of `warm` and `refit`: versions after which it starts from nothing, so that trees do not add up"
            " for ever.",
        ),
    ] = 10
    decay: Annotated[
        float, Field(ge=0, le=1, description="Of `refit`: weight of a leaf's old value against the new rows' one.")
    ] = 0.9
    anchor: Annotated[
        float,
        Field(ge=0, lt=1, description="Of `anchored`: weight of the previous version's probability in the target."),
    ] = 0.5
    threads: int = field(default=1, compare=False)

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits; equal exactly when two recipes mean the same.

        A plain recipe has the digest it had before there were strategies.

        >>> Recipe(threads=1).digest == Recipe(threads=2).digest, Recipe(trees=9).digest == Recipe().digest
        (True, False)
        >>> Recipe(added=7).digest == Recipe().digest, Recipe(strategy="warm", added=7).digest == Recipe().digest
        (True, False)
        """
        own = STRATEGY_FIELDS.get(self.strategy, ())
        silent = {"threads", "strategy" if self.strategy == "plain" else "", *_STRATEGIC} - set(own)
        meaning = {name: value for name, value in asdict(self).items() if name not in silent}
        return blake2b(dumps(meaning, sort_keys=True).encode(), digest_size=6).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """Everything but the threads, as JSON can hold it."""
        return {name: value for name, value in asdict(self).items() if name != "threads"}

    @classmethod
    def from_dict(cls, value: Mapping[str, object], threads: int = 1) -> "Recipe":
        """What `to_dict` gave; fields this build does not know are left out.

        >>> Recipe.from_dict(Recipe(trees=9, strategy="warm").to_dict(), threads=2) == Recipe(trees=9, strategy="warm")
        True
        """
        known = {f.name for f in fields(cls)} - {"threads"}
        return cls(**{name: v for name, v in value.items() if name in known}, threads=threads)  # type: ignore[arg-type] # as it was written
