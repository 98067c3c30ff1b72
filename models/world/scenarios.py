"""What changes in a world, and when: schedules as data.

A scenario is a name, a sentence and a tuple of events. The events are all there is: the world asks them for the state
at a tick, and nobody keeps state between ticks. Ticks are chosen for windows of 8 ticks, a retrain every 3, and a
stream of about 44.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import prod

from models.errors import ConfigError, NotFound


class Change(StrEnum):
    """What an event does to its feature."""

    FLIP = "flip"
    """The effect on the label has the opposite sign from ``first`` to ``last``, both included."""
    RAMP = "ramp"
    """The effect is multiplied by a factor going straight from 1 at ``first`` to ``amount`` at ``last``; it stays."""
    LEAK = "leak"
    """The feature carries the label, with strength ``amount`` in [0, 1], from ``first`` to ``last``, both included."""


@dataclass(frozen=True)
class Event:
    """One change of one feature.

    Attributes:
        change: what happens.
        feature: name of a numeric feature.
        first: the first tick that differs (of a ramp: the last that does not).
        last: the last tick of the change; None when it stays for good. A ramp needs one.
        amount: the factor a ramp ends at, or a leak's strength; a flip does not use it.

    Raises:
        ConfigError: ticks in the wrong order, a ramp without an end, a strength outside [0, 1].

    >>> print(Event(Change.FLIP, "velocity", first=30))
    velocity: its effect has the opposite sign from tick 30 on
    >>> print(Event(Change.LEAK, "review_code", first=0, last=19))
    review_code: it carries the label from tick 0 to 19
    """

    change: Change
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
        if self.change is Change.RAMP and self.last in (None, self.first):
            raise ConfigError(f"ramp of {self.feature!r}: it needs a last tick after tick {self.first}")
        if self.change is Change.LEAK and not 0 <= self.amount <= 1:
            raise ConfigError(f"leak of {self.feature!r}: strength {self.amount} is not between 0 and 1")

    def __str__(self) -> str:
        until = "on" if self.last is None else f"to {self.last}"
        match self.change:
            case Change.FLIP:
                return f"{self.feature}: its effect has the opposite sign from tick {self.first} {until}"
            case Change.RAMP:
                change = f"its effect moves to {self.amount:g} times what it was"
                return f"{self.feature}: {change} from tick {self.first} {until}"
            case Change.LEAK:
                return f"{self.feature}: it carries the label from tick {self.first} {until}"

    def active(self, tick: int) -> bool:
        """Whether ``tick`` differs, because of this event, from a world without it; a ramp's change is there to stay.

        >>> [Event(Change.RAMP, "distance", first=2, last=4, amount=0).active(t) for t in (2, 3, 4, 99)]
        [False, True, True, True]
        """
        if self.change is Change.RAMP:
            return tick > self.first
        return self.first <= tick and (self.last is None or tick <= self.last)

    def factor(self, tick: int) -> float:
        """What the feature's effect is multiplied by at ``tick``.

        >>> [Event(Change.RAMP, "distance", first=2, last=4, amount=-1).factor(t) for t in (0, 2, 3, 4, 99)]
        [1.0, 1.0, 0.0, -1.0, -1.0]
        """
        match self.change:
            case Change.FLIP:
                return -1.0 if self.active(tick) else 1.0
            case Change.RAMP if self.last is not None:
                done = min(max((tick - self.first) / (self.last - self.first), 0.0), 1.0)
                return 1.0 + done * (self.amount - 1.0)
            case _:
                return 1.0


@dataclass(frozen=True)
class Scenario:
    """A name, one sentence for people, and everything that changes.

    >>> SCENARIOS["shortcut"].factor("velocity", 29), SCENARIOS["shortcut"].factor("velocity", 30)
    (1.0, -1.0)
    >>> SCENARIOS["shortcut"].leaks(19), SCENARIOS["shortcut"].leaks(20)
    ({'review_code': 1.0}, {})
    """

    name: str
    description: str
    events: tuple[Event, ...] = ()

    def factor(self, feature: str, tick: int) -> float:
        """What the feature's effect is multiplied by at ``tick``: the product over its events."""
        return prod((e.factor(tick) for e in self.events if e.feature == feature), start=1.0)

    def leaks(self, tick: int) -> dict[str, float]:
        """Features that carry the label at ``tick``, with the strength of each; of two leaks the stronger counts."""
        strengths: dict[str, float] = {}
        for event in self.active(tick):
            if event.change is Change.LEAK:
                strengths[event.feature] = max(event.amount, strengths.get(event.feature, 0.0))
        return strengths

    def active(self, tick: int) -> tuple[Event, ...]:
        """Events because of which ``tick`` differs from a world in which nothing happens."""
        return tuple(e for e in self.events if e.active(tick))


SCENARIOS: dict[str, Scenario] = {
    s.name: s
    for s in (
        Scenario("calm", "Nothing changes: whatever goes stale here is noise."),
        Scenario(
            "sudden",
            "Halfway, many payments in a day stop being a sign of fraud and become a sign of none.",
            (Event(Change.FLIP, "velocity", first=22),),
        ),
        Scenario(
            "gradual",
            "What the age of a device says about fraud fades, and then slowly turns into its opposite.",
            (Event(Change.RAMP, "device_age", first=12, last=32, amount=-1.0),),
        ),
        Scenario(
            "shortcut",
            "A review code gives the label away until the leak is closed; later an honest feature changes its sign.",
            (Event(Change.LEAK, "review_code", first=0, last=19), Event(Change.FLIP, "velocity", first=30)),
        ),
    )
}


def scenario(name: str) -> Scenario:
    """Look up one scenario.

    Raises:
        NotFound: no such name; the message lists what there is.

    >>> scenario("calm").events
    ()
    """
    if name not in SCENARIOS:
        raise NotFound(f"{name!r} is not a scenario; this build knows {', '.join(sorted(SCENARIOS))}")
    return SCENARIOS[name]
