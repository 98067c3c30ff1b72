"""Schedules as data: what each scenario changes and when, and what is said of a schedule that cannot be."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import ConfigError, NotFound
from halflife.models.world.events import Event, FeatureShift
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS, Scenario, scenario

ticks = st.integers(0, 60)


def test_table_names_every_scenario_by_its_own_name() -> None:
    """What a user types is the name the scenario carries, with one sentence to read."""
    assert {"calm", "sudden", "gradual", "shortcut"} <= set(SCENARIOS)
    for name, known in SCENARIOS.items():
        assert scenario(name).name == name
        assert known.description.endswith(".")
        assert known.description.count(".") == 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_fits_the_smallest_world(name: str) -> None:
    """Every scenario changes only features that each world has."""
    assert World(SCENARIOS[name], seed=0, rows_per_tick=1).scenario.name == name


def test_unknown_scenario_lists_what_there_is() -> None:
    """A name with a typo is answered with the names that exist."""
    with pytest.raises(NotFound) as error:
        scenario("shortcutt")
    assert str(error.value) == (f"'shortcutt' is not a scenario; this build knows {', '.join(sorted(SCENARIOS))}")


@given(tick=ticks)
@settings(deadline=None)
def test_calm_never_changes(tick: int) -> None:
    """Under ``calm`` no tick differs from another."""
    assert SCENARIOS["calm"].active(tick) == ()


def test_sudden_flips_at_tick_22() -> None:
    """Under ``sudden`` the effect of velocity has its sign until tick 21 and the opposite one from 22."""
    assert [SCENARIOS["sudden"].factor("velocity", t) for t in (0, 21, 22, 43)] == [1, 1, -1, -1]


def test_gradual_moves_in_a_line_and_stays() -> None:
    """Under ``gradual`` the effect of device_age is whole at tick 12, gone at 22 and reversed from 32."""
    factors = [SCENARIOS["gradual"].factor("device_age", t) for t in (0, 12, 17, 22, 27, 32, 43)]
    assert factors == pytest.approx([1, 1, 0.5, 0, -0.5, -1, -1])


def test_shortcut_leaks_until_19_and_flips_at_30() -> None:
    """Under ``shortcut`` one event is over ten ticks before the next begins."""
    shortcut = SCENARIOS["shortcut"]
    assert [shortcut.leaks(t) for t in (0, 19, 20, 43)] == [{"review_code": 1.0}, {"review_code": 1.0}, {}, {}]
    assert [len(shortcut.active(t)) for t in (0, 19, 20, 29, 30, 43)] == [1, 1, 0, 0, 1, 1]
    assert [shortcut.factor("velocity", t) for t in (29, 30)] == [1, -1]


@given(
    first=ticks, length=st.integers(1, 20), amount=st.floats(-2, 2), tick=ticks, change=st.sampled_from(FeatureShift)
)
@settings(deadline=None)
def test_inactive_event_changes_nothing(
    first: int, length: int, amount: float, tick: int, change: FeatureShift
) -> None:
    """A tick in which an event is not active has the effects and leaks of a world without it."""
    feature = "" if change is FeatureShift.FOLD else "amount"
    event = Event(change, feature, first, first + length, abs(amount) / 2 if change is FeatureShift.LEAK else amount)
    if not event.active(tick):
        world = Scenario("one", "One event.", (event,))
        assert event.factor(tick) == 1.0
        assert (world.leaks(tick), world.moves(tick), world.fold(tick)) == ({}, {}, None)


@given(first=ticks, length=st.integers(1, 20), amount=st.floats(-2, 2))
@settings(deadline=None)
def test_ramp_has_equal_steps(first: int, length: int, amount: float) -> None:
    """A ramp starts at 1, ends at its amount, and every tick between adds the same."""
    ramp = Event(FeatureShift.RAMP, "amount", first, first + length, amount)
    path = [ramp.factor(t) for t in range(first, first + length + 1)]
    assert path[0] == 1.0
    assert path[-1] == pytest.approx(amount)
    assert [b - a for a, b in pairwise(path)] == pytest.approx([(amount - 1) / length] * length)


def test_events_of_one_feature_multiply_and_the_stronger_leak_counts() -> None:
    """A concept that recurs, or a leak that grows, is a tuple of events and needs nothing new."""
    world = Scenario(
        "recurring",
        "Comes and goes.",
        (
            Event(FeatureShift.FLIP, "amount", 5, 9),
            Event(FeatureShift.FLIP, "amount", 15, 19),
            Event(FeatureShift.RAMP, "amount", 0, 10, 0.5),
            Event(FeatureShift.LEAK, "age", 10, 20, 0.7),
            Event(FeatureShift.LEAK, "age", 0, 30, 0.2),
        ),
    )
    assert [world.factor("amount", t) for t in (0, 5, 10, 15, 20)] == [1.0, -0.75, 0.5, -0.5, 0.5]
    assert [world.leaks(t) for t in (9, 10, 21, 31)] == [{"age": 0.2}, {"age": 0.7}, {"age": 0.2}, {}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (FeatureShift.FLIP, "velocity", 9, 8),
            "flip of 'velocity': ticks 9 to 8; the first must be 0 or more and the last not before it",
        ),
        (
            (FeatureShift.FLIP, "velocity", -1),
            "flip of 'velocity': ticks -1 to None; the first must be 0 or more and the last not before it",
        ),
        ((FeatureShift.RAMP, "velocity", 9), "ramp of 'velocity': it needs a last tick after tick 9"),
        ((FeatureShift.LEAK, "age", 0, 9, 1.5), "leak of 'age': strength 1.5 is not between 0 and 1"),
        ((FeatureShift.FOLD, "age", 0), "fold of 'age': it is of no one feature"),
        ((FeatureShift.MOVE, "", 0), "move of '': it needs a feature"),
    ],
)
def test_impossible_event_says_what_would_be_right(arguments: tuple[FeatureShift, str, int], message: str) -> None:
    """An event that cannot be is refused where it is written, not when its tick comes."""
    with pytest.raises(ConfigError) as error:
        Event(*arguments)
    assert str(error.value) == message


def test_events_read_as_sentences() -> None:
    """A person can read a schedule without knowing the code."""
    assert [str(e) for name in ("sudden", "gradual", "shortcut") for e in SCENARIOS[name].events] == [
        "velocity: its effect has the opposite sign from tick 22 on",
        "device_age: its effect moves to -1 times what it was from tick 12 to 32",
        "review_code: it carries the label from tick 0 to 19",
        "velocity: its effect has the opposite sign from tick 30 on",
    ]


def test_new_kinds_of_event_read_as_sentences() -> None:
    """Moves, scales, folds and what is no event of the world are told in words too."""
    assert SCENARIOS["benign"].sentences == (
        "amount: its values are 1 standard deviation higher from tick 22 on",
        "age: its values are 1 standard deviation lower from tick 22 on",
    )
    assert SCENARIOS["swap"].sentences[1:3] == (
        "device_age: it has no effect from tick 0 to 21",
        "tenure: it has no effect from tick 22 on",
    )
    assert SCENARIOS["reseed"].sentences == (
        "after one training window, each tick brings the rows of the tick one window earlier",
    )
    assert SCENARIOS["recipe"].sentences == ("the recipe: leaves = 3, feature_sampling = 0.25 from tick 22 on",)
    both = (
        "review_code: it carries the label from tick 0 on",
        "all features: what looks riskier than log-odds of 0 is the safer for it from tick 22 on",
    )
    assert SCENARIOS["feedback"].sentences == (
        *both,
        "rows the champion decides against get a label only if they are explored",
    )
    assert SCENARIOS["feedback-off"].sentences == (
        *both,
        "rows the champion decides against get their labels all the same",
    )


def test_recurring_comes_and_goes_twice() -> None:
    """Under ``recurring`` the concept is turned around for a window, is as it was for a window, and is turned again."""
    factors = [SCENARIOS["recurring"].factor("velocity", t) for t in (13, 14, 21, 22, 29, 30, 37, 38)]
    assert factors == [1, -1, -1, 1, 1, -1, -1, 1]


def test_swap_has_one_of_two_correlated_features_matter_at_a_time() -> None:
    """Under ``swap`` tenure alone tells fraud until tick 21 and device_age alone from 22."""
    swap = SCENARIOS["swap"]
    assert [(swap.factor("tenure", t), swap.factor("device_age", t)) for t in (0, 21, 22, 43)] == [
        (2.0, 0.0),
        (2.0, 0.0),
        (0.0, 1.5),
        (0.0, 1.5),
    ]


@pytest.mark.parametrize("name", ["benign", "calm", "reseed", "recipe"])
def test_some_worlds_keep_their_concept(name: str) -> None:
    """Where only inputs, seeds or the recipe change, no tick has another effect, a leak or a fold."""
    world = SCENARIOS[name]
    for tick in range(44):
        assert (world.leaks(tick), world.fold(tick)) == ({}, None)
        assert {world.factor(feature, tick) for feature in ("amount", "age", "velocity", "device_age")} == {1.0}


@given(first=ticks, amount=st.floats(-3, 3), other=st.floats(-3, 3))
@settings(deadline=None)
def test_moves_add_up_and_the_lowest_fold_counts(first: int, amount: float, other: float) -> None:
    """Two moves of one feature are one move of their sum; of two folds what lies above the lower is folded."""
    events = [
        Event(change, name, first, None, by)
        for change, name in ((FeatureShift.MOVE, "age"), (FeatureShift.FOLD, ""))
        for by in (amount, other)
    ]
    world = Scenario("two", "Two of each.", tuple(events))
    assert world.moves(first) == {"age": pytest.approx(amount + other)}
    assert world.fold(first) == min(amount, other)
