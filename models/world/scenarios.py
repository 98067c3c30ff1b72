"""What changes in a world, and when: schedules as data.

A scenario is a name, a sentence and what happens. The schedule is all there is: the world asks it for the state at a
tick, and nobody keeps state between ticks. Ticks are chosen for windows of 8 ticks, a retrain every 3, and a stream of
about 44.
"""

from dataclasses import dataclass
from math import prod

from halflife.models.errors import NotFound
from halflife.models.world.events import Event, FeatureShift


@dataclass(frozen=True)
class Scenario:
    """A name, one sentence for people, and everything that changes.

    Attributes:
        events: what changes in the world.
        repeats: after as many ticks as a training window has, nothing arrives but the same rows again.
        recipe: what changes in the pipeline: (tick, (field of the recipe, its value from that tick on) pairs).
        feedback: the champion's decisions choose which labels arrive; False in the twin of such a world, in which the
            decisions are noted and every label arrives; None in a world without decisions.

    >>> SCENARIOS["shortcut"].factor("velocity", 29), SCENARIOS["shortcut"].factor("velocity", 30)
    (1.0, -1.0)
    >>> SCENARIOS["shortcut"].leaks(19), SCENARIOS["shortcut"].leaks(20)
    ({'review_code': 1.0}, {})
    """

    name: str
    description: str
    events: tuple[Event, ...] = ()
    repeats: bool = False
    recipe: tuple[tuple[int, tuple[tuple[str, object], ...]], ...] = ()
    feedback: bool | None = None

    def factor(self, feature: str, tick: int) -> float:
        """What the feature's effect is multiplied by at ``tick``: the product over its events."""
        return prod((e.factor(tick) for e in self.events if e.feature == feature), start=1.0)

    def leaks(self, tick: int) -> dict[str, float]:
        """Features that carry the label at ``tick``, with the strength of each; of two leaks the stronger counts."""
        strengths: dict[str, float] = {}
        for event in self._now(FeatureShift.LEAK, tick):
            strengths[event.feature] = max(event.amount, strengths.get(event.feature, 0.0))
        return strengths

    def moves(self, tick: int) -> dict[str, float]:
        """Features whose values are moved at ``tick``, and by how many latent standard deviations: the sum of events."""
        by: dict[str, float] = {}
        for event in self._now(FeatureShift.MOVE, tick):
            by[event.feature] = by.get(event.feature, 0.0) + event.amount
        return by

    def fold(self, tick: int) -> float | None:
        """The log-odds above which the concept is folded at ``tick``, the lowest of them; None without a fold."""
        return min((event.amount for event in self._now(FeatureShift.FOLD, tick)), default=None)

    def active(self, tick: int) -> tuple[Event, ...]:
        """Events because of which ``tick`` differs from a world in which nothing happens."""
        return tuple(e for e in self.events if e.active(tick))

    @property
    def cluster(self) -> str:
        """What rows repeat by: in a world that repeats, the row that came first; else nothing."""
        return "first row" if self.repeats else ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that happens, one line each."""
        said = [str(event) for event in self.events]
        if self.repeats:
            said.append("after one training window, each tick brings the rows of the tick one window earlier")
        for tick, values in self.recipe:
            settings = ", ".join(f"{name} = {value}" for name, value in values)
            said.append(f"the recipe: {settings} from tick {tick} on")
        if self.feedback is not None:
            blocked = "get a label only if they are explored" if self.feedback else "get their labels all the same"
            said.append(f"rows the champion decides against {blocked}")
        return tuple(said)

    def _now(self, change: FeatureShift, tick: int) -> tuple[Event, ...]:
        return tuple(event for event in self.active(tick) if event.change is change)


DECIDED = (
    Event(FeatureShift.LEAK, "review_code", first=0, amount=0.5),
    Event(FeatureShift.FOLD, "", first=22, amount=0.0),
)
"""What happens in the feedback world and in its twin: a code gives part of the fraud away, so that all of it is blocked;
and what looks riskiest otherwise, and is blocked for that, turns harmless."""

SCENARIOS: dict[str, Scenario] = {
    s.name: s
    for s in (
        Scenario("calm", "Nothing changes: whatever goes stale here is noise."),
        Scenario(
            "sudden",
            "Halfway, many payments in a day stop being a sign of fraud and become a sign of none.",
            (Event(FeatureShift.FLIP, "velocity", first=22),),
        ),
        Scenario(
            "gradual",
            "What the age of a device says about fraud fades, and then slowly turns into its opposite.",
            (Event(FeatureShift.RAMP, "device_age", first=12, last=32, amount=-1.0),),
        ),
        Scenario(
            "shortcut",
            "A review code gives the label away until the leak is closed; later an honest feature changes its sign.",
            (Event(FeatureShift.LEAK, "review_code", first=0, last=19), Event(FeatureShift.FLIP, "velocity", first=30)),
        ),
        Scenario(
            "benign",
            "Halfway, younger customers with larger payments come; what age and amount say about fraud stays the same.",
            (
                Event(FeatureShift.MOVE, "amount", first=22, amount=1.0),
                Event(FeatureShift.MOVE, "age", first=22, amount=-1.0),
            ),
        ),
        Scenario(
            "recurring",
            "Twice, for one window each, many payments in a day are a sign of no fraud; in between, all is as before.",
            (
                Event(FeatureShift.FLIP, "velocity", first=14, last=21),
                Event(FeatureShift.FLIP, "velocity", first=30, last=37),
            ),
        ),
        Scenario(
            "swap",
            "Two correlated features trade places: tenure tells fraud first, the device's age later.",
            (
                Event(FeatureShift.SCALE, "tenure", first=0, last=21, amount=2.0),
                Event(FeatureShift.SCALE, "device_age", first=0, last=21, amount=0.0),
                Event(FeatureShift.SCALE, "tenure", first=22, amount=0.0),
                Event(FeatureShift.SCALE, "device_age", first=22, amount=1.5),
            ),
        ),
        Scenario(
            "reseed",
            "After one window nothing arrives but the same rows again: only the seed changes from version to version.",
            repeats=True,
        ),
        Scenario(
            "recipe",
            "The world stays as it is; halfway, the model's trees become smaller and see fewer features each.",
            recipe=((22, (("leaves", 3), ("feature_sampling", 0.25))),),
        ),
        Scenario(
            "feedback",
            "Payments the model blocks never get a label: it unlearns what gave them away, and when some turn harmless "
            "halfway, it learns that late.",
            DECIDED,
            feedback=True,
        ),
        Scenario(
            "feedback-off",
            "The twin of feedback: the same payments and the same change, and every label arrives.",
            DECIDED,
            feedback=False,
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
