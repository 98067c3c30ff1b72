"""How a window becomes a model, as a value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import blake2b
from json import dumps

STRATEGY_FIELDS: dict[str, tuple[str, ...]] = {
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

    Attributes:
        calibration: ``temperature``, ``isotonic`` or ``none``.
        threshold: probability of class 1 from which the decision is positive.
        strategy: how the model before, or several models, go into this one; see ``halflife.models.learner.strategies``.
        members: of ``averaged``: models of other seeds whose raw scores are averaged.
        added: of ``warm``: trees added to the model before.
        restart: of ``warm``: versions after which it starts from nothing, so that trees do not add up for ever.
        decay: of ``refit``: weight of a leaf's old value against the new rows' one, in [0, 1].
        anchor: of ``anchored``: weight of the previous version's probability in the target, in [0, 1).
    """

    trees: int = 200
    leaves: int = 31
    learning_rate: float = 0.08
    min_rows_per_leaf: int = 20
    row_sampling: float = 0.8
    feature_sampling: float = 0.8
    l2: float = 1.0
    calibration: str = "temperature"
    threshold: float = 0.5
    strategy: str = "plain"
    members: int = 5
    added: int = 20
    restart: int = 10
    decay: float = 0.9
    anchor: float = 0.5
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
