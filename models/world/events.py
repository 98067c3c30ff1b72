"""What can happen in a world: one change of one feature, or of the whole concept, from one tick to another."""

from dataclasses import dataclass
from enum import StrEnum

from halflife.models.errors import ConfigError


class FeatureShift(StrEnum):
    """What an event does."""

    FLIP = "flip"
    """The feature's effect on the label has the opposite sign from ``first`` to ``last``, both included."""
    SCALE = "scale"
    """The feature's effect is ``amount`` times what it was from ``first`` to ``last``, both included."""
    RAMP = "ramp"
    """The effect is multiplied by a factor going straight from 1 at ``first`` to ``amount`` at ``last``; it stays."""
    LEAK = "leak"
    """The feature carries the label, with strength ``amount`` in [0, 1], from ``first`` to ``last``, both included."""
    MOVE = "move"
    """The feature's values are ``amount`` latent standard deviations higher from ``first`` to ``last``, both included.

    What a value says about the label stays as it was."""
    FOLD = "fold"
    """Of the whole concept: a row whose log-odds are x above ``amount`` has log-odds 2x below it instead."""


@dataclass(frozen=True)
class Event:
    """One change.

    Attributes:
        change: what happens.
        feature: name of a numeric feature; empty for a fold, which is of no one feature.
        first: the first tick that differs (of a ramp: the last that does not).
        last: the last tick of the change; None when it stays for good. A ramp needs one.
        amount: the factor of a scale or at the end of a ramp, a leak's strength, a move's standard deviations, the
            log-odds at which a fold is made; a flip does not use it.

    Raises:
        ConfigError: ticks in the wrong order, a ramp without an end, a strength outside [0, 1], a feature too few or
            too many.

    >>> print(Event(FeatureShift.FLIP, "velocity", first=30))
    velocity: its effect has the opposite sign from tick 30 on
    >>> print(Event(FeatureShift.LEAK, "review_code", first=0, last=19))
    review_code: it carries the label from tick 0 to 19
    """

    change: FeatureShift
    feature: str
    first: int
    last: int | None = None
    amount: float = 1.0

    def __post_init__(self) -> None:
        if self.first < 0 or (self.last is not None and self.last < self.first):
            raise ConfigError(
                f"{self.change} of {self.feature!r}: ticks {self.first} to {self.last}; "
                "the first must be 0 or more and the last not before it"
            )
        if self.change is FeatureShift.RAMP and self.last in (None, self.first):
            raise ConfigError(f"ramp of {self.feature!r}: it needs a last tick after tick {self.first}")
        if self.change is FeatureShift.LEAK and not 0 <= self.amount <= 1:
            raise ConfigError(f"leak of {self.feature!r}: strength {self.amount} is not between 0 and 1")
        if (self.change is FeatureShift.FOLD) == bool(self.feature):
            wanted = "is of no one feature" if self.feature else "needs a feature"
            raise ConfigError(f"{self.change} of {self.feature!r}: it {wanted}")

    def __str__(self) -> str:
        when = f"from tick {self.first} {'on' if self.last is None else f'to {self.last}'}"
        match self.change:
            case FeatureShift.FLIP:
                return f"{self.feature}: its effect has the opposite sign {when}"
            case FeatureShift.SCALE if self.amount == 0:
                return f"{self.feature}: it has no effect {when}"
            case FeatureShift.SCALE:
                return f"{self.feature}: its effect is {self.amount:g} times what it is otherwise {when}"
            case FeatureShift.RAMP:
                return f"{self.feature}: its effect moves to {self.amount:g} times what it was {when}"
            case FeatureShift.LEAK:
                return f"{self.feature}: it carries the label {when}"
            case FeatureShift.MOVE:
                way = "higher" if self.amount >= 0 else "lower"
                by = f"{abs(self.amount):g} standard deviation{'' if abs(self.amount) == 1 else 's'}"
                return f"{self.feature}: its values are {by} {way} {when}"
            case FeatureShift.FOLD:
                return f"all features: what looks riskier than log-odds of {self.amount:g} is the safer for it {when}"

    def active(self, tick: int) -> bool:
        """Whether ``tick`` differs, because of this event, from a world without it; a ramp's change is there to stay.

        >>> [Event(FeatureShift.RAMP, "distance", first=2, last=4, amount=0).active(t) for t in (2, 3, 4, 99)]
        [False, True, True, True]
        """
        if self.change is FeatureShift.RAMP:
            return tick > self.first
        return self.first <= tick and (self.last is None or tick <= self.last)

    def factor(self, tick: int) -> float:
        """What the feature's effect is multiplied by at ``tick``.

        >>> [Event(FeatureShift.RAMP, "distance", first=2, last=4, amount=-1).factor(t) for t in (0, 2, 3, 4, 99)]
        [1.0, 1.0, 0.0, -1.0, -1.0]
        """
        match self.change:
            case FeatureShift.FLIP if self.active(tick):
                return -1.0
            case FeatureShift.SCALE if self.active(tick):
                return self.amount
            case FeatureShift.RAMP if self.last is not None:
                done = min(max((tick - self.first) / (self.last - self.first), 0.0), 1.0)
                return 1.0 + done * (self.amount - 1.0)
            case _:
                return 1.0
