"""What is to be done, and when watches and retrains are due."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.domain import Drift, Milestone, Role, Version
from halflife.monitoring.catch_up import CatchUp, Missed
from halflife.monitoring.plan import FOLLOW_UP, STAGES, Known, calendar, next_due, outlook, plan, retrain_due
from halflife.monitoring.policy import Policy
from halflife.monitoring.stages import (
    Deliver,
    Foresee,
    Ingest,
    Investigate,
    MeasureOpacity,
    Recheck,
    Report,
    Retrain,
    Stage,
    TrainShadows,
    WarnOfDrift,
    Watch,
)
from halflife.testing.policies import small_policy

POLICY = small_policy(window=8, every=3, watch_every=2, shadows=2)
DONE = Known(stored=7, versions=(), milestone=None)


def version(number: int, last: int) -> Version:
    """A version whose window ends at ``last``."""
    return Version(number, last - 7, last, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 10)


def drift(tick: int, *, drifted: bool) -> Drift:
    """A watch of ``tick``."""
    return Drift(tick, 1, tick - 1, (), drifted, True, "", {}, (10, 10))


def after(last: int, **known: object) -> Known:
    """One reported version whose window ends at ``last``, which is the last tick stored."""
    plain: dict[str, object] = {"stored": last, "versions": (version(1, last),), "milestone": Milestone.REPORTED}
    return Known(**{**plain, **known})  # type: ignore[arg-type] # by name


def kinds(stages: tuple[Stage, ...]) -> list[type[Stage]]:
    """What is planned."""
    return [type(stage) for stage in stages]


def test_the_first_version_waits_for_a_full_window() -> None:
    """Nothing but ingesting is due before ``window`` ticks are there, then a retrain is, with all that follows it."""
    assert next_due(Known(), POLICY) == 7
    assert not retrain_due(Known(), POLICY, 6)
    assert kinds(plan(Known(), POLICY, 6)) == [Ingest]
    assert kinds(plan(Known(), POLICY, 7)) == [Ingest, Retrain, *FOLLOW_UP, Deliver]


def test_watches_come_between_retrains_and_are_not_repeated() -> None:
    """With a watch every 2 ticks and a retrain every 3, ticks 9 and 10 are next after 7; a watched tick is passed over."""
    assert kinds(plan(after(7), POLICY, 12)) == [Ingest, Watch]
    assert plan(after(7), POLICY, 12)[0].tick == 9
    watched = after(7, stored=9, drifts=(drift(9, drifted=False),))
    assert next_due(watched, POLICY) == 10
    assert kinds(plan(watched, POLICY, 12))[:2] == [Ingest, Retrain]


def test_drift_brings_the_retrain_forward_unless_told_otherwise() -> None:
    """A watch that flagged drift makes a retrain due at its own tick, also when the run was killed in between."""
    flagged = after(7, stored=9, drifts=(drift(9, drifted=True),), told=False)
    first = plan(flagged, POLICY, 12)[0]
    assert (type(first), first.tick, first.why) == (Retrain, 9, "drift was flagged")
    calm = small_policy(POLICY, on_drift=False)
    assert next_due(flagged, calm) == 10


def test_drift_without_a_retrain_is_told_once() -> None:
    """Where no retrain follows, an alert is decided and delivered; once it is, the plan goes on."""
    calm = small_policy(POLICY, on_drift=False)
    flagged = after(7, stored=9, drifts=(drift(9, drifted=True),), told=False)
    assert kinds(plan(flagged, calm, 9)) == [WarnOfDrift, Deliver]
    assert plan(replace(flagged, told=True), calm, 9) == ()
    assert kinds(plan(flagged, POLICY, -1)) == [WarnOfDrift, Deliver]  # a watch on demand: no retrain in this run


@pytest.mark.parametrize("milestone", [Milestone.REGISTERED, Milestone.RECHECKED, Milestone.INVESTIGATED])
def test_a_cycle_that_was_cut_off_goes_on_from_its_milestone(milestone: Milestone) -> None:
    """What the milestone says is done is not done again, and everything after it is, before any other tick."""
    order = list(Milestone)
    stages = kinds(plan(after(7, milestone=milestone), POLICY, 12))
    left = [s for s in FOLLOW_UP if s.until is not None and order.index(s.until) > order.index(milestone)]
    assert stages == [*left, Deliver]
    assert (Investigate in stages) == (milestone is not Milestone.INVESTIGATED)


def test_a_recheck_on_demand_does_again_what_may_be_said_again() -> None:
    """Nothing is investigated or measured anew; findings are re-tested, explained, forecast and reported."""
    again = kinds(plan(after(7, asked=Recheck), POLICY, -1))
    assert [again[0], again[-1]] == [TrainShadows, Deliver]
    assert {Recheck, Foresee, Report} <= set(again)
    assert not {Investigate, MeasureOpacity, Retrain} & set(again)


def test_a_retrain_on_demand_without_a_new_tick_only_tests_again() -> None:
    """There is nothing to train on; with a new tick there is."""
    assert Retrain not in kinds(plan(after(7, asked=Retrain), POLICY, -1))
    assert kinds(plan(after(7, stored=8, asked=Retrain), POLICY, -1))[0] is Retrain


def test_a_version_that_could_not_be_trained_is_tried_at_the_next_tick() -> None:
    """The plan never goes back to the tick that failed."""
    failed = Known(stored=7, untrainable=7)
    stages = plan(failed, POLICY, 9)
    assert (kinds(stages)[:2], stages[0].tick) == ([Ingest, Retrain], 8)


def test_deliveries_that_wait_are_a_reason_to_run() -> None:
    """An alert decided before a kill is sent by whoever runs next."""
    assert kinds(plan(after(7, waiting=2), POLICY, 7)) == [Deliver]
    assert plan(after(7), POLICY, 7) == ()


def test_without_shadows_none_are_trained() -> None:
    """Everything else follows as it does with them."""
    bare = small_policy(POLICY, shadows=0)
    assert TrainShadows not in kinds(plan(Known(), bare, 7))


def test_the_outlook_says_when_the_next_watch_and_retrain_are_due() -> None:
    """Whatever is to be done before."""
    watch, retrain = outlook(after(7), POLICY)
    assert (watch.tick, retrain.tick) == (9, 10)
    assert "at once on drift" in retrain.why
    assert [stage.tick for stage in outlook(Known(), POLICY)] == [7]


def test_the_outlook_begins_after_what_is_planned() -> None:
    """The first version's watch and retrain are counted from its window's end, though it is not trained yet."""
    first = plan(Known(), POLICY, 7)
    assert [(type(stage), stage.tick) for stage in outlook(Known(), POLICY, first)] == [(Watch, 9), (Retrain, 10)]
    late = after(7, stored=12)
    watch, retrain = outlook(late, POLICY, plan(late, POLICY, 12))
    assert (watch.tick, retrain.tick) == (11, 10)


def test_every_stage_says_what_it_is() -> None:
    """Each has a name of its own, and a sentence."""
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    assert all(str(stage(3, "why", 1)) for stage in STAGES)


@given(
    every=st.integers(1, 5),
    watch_every=st.integers(1, 5),
    window=st.integers(1, 6),
    flags=st.sets(st.integers(0, 40)),
    on_drift=st.booleans(),
)
def test_time_always_goes_on(every: int, watch_every: int, window: int, flags: set[int], on_drift: bool) -> None:
    """Doing what is planned, whatever the watches say, ends with every tick stored and nothing left to do."""
    policy = small_policy(every=every, watch_every=watch_every, window=window, on_drift=on_drift)
    known, until, rounds = Known(), 40, 0
    trained: list[int] = []
    while stages := plan(known, policy, until):
        rounds += 1
        assert rounds < 500
        for stage in stages:
            assert stage.tick <= until
            known, stop = _done(known, stage, flags)
            trained += [stage.tick] if isinstance(stage, Retrain) else []
            if stop:
                break
    assert known.stored == until
    assert trained == sorted(set(trained))
    if not on_drift:
        assert trained == list(calendar(policy, until))


def run(policy: Policy, known: Known, until: int, catch_up: CatchUp) -> tuple[Known, list[int]]:
    """What is known after everything planned is done, and the ticks at which versions were made."""
    trained: list[int] = []
    while stages := plan(known, policy, until, catch_up):
        for stage in stages:
            known, stop = _done(known, stage, set())
            trained += [stage.tick] if isinstance(stage, Retrain) else []
            if stop:
                break
    return known, trained


@pytest.mark.parametrize(
    ("catch_up", "first", "then"),
    [
        (CatchUp(), [3, 8, 13, 18], [23, 28, 33]),
        (CatchUp(Missed.ONCE), [18], [33]),
        (CatchUp(Missed.SKIP), [20], [35]),
        (CatchUp(Missed.ALL, within=8), [13, 18], [28, 33]),
    ],
)
def test_missed_retrains_are_made_up_for_as_asked(catch_up: CatchUp, first: list[int], then: list[int]) -> None:
    """A week of backlog twice, a version every five ticks: every row is taken in whatever becomes of versions."""
    policy = small_policy(every=5, watch_every=50, window=4)
    known, trained = run(policy, Known(), 20, catch_up)
    assert (known.stored, trained) == (20, first)
    known, trained = run(policy, known, 35, catch_up)
    assert (known.stored, trained) == (35, then)


@given(
    how=st.sampled_from(Missed), within=st.none() | st.integers(0, 30), gaps=st.lists(st.integers(1, 30), max_size=8)
)
def test_whatever_is_made_up_for_ends_with_every_row_stored(how: Missed, within: int | None, gaps: list[int]) -> None:
    """And where ticks come one by one nothing is missed, so it is the calendar's."""
    policy = small_policy(every=4, watch_every=3, window=5)
    known, until = Known(), 0
    for gap in gaps:
        until += gap
        known, _ = run(policy, known, until, CatchUp(how, within))
        assert known.stored == until
    known, trained = Known(), []
    for tick in range(until + 1):
        known, more = run(policy, known, tick, CatchUp(how, within))
        trained += more
    assert trained == list(calendar(policy, until))


def _done(known: Known, stage: Stage, flags: set[int]) -> tuple[Known, bool]:
    """What is known after a stage, and whether what is due has changed."""
    if isinstance(stage, Ingest):
        return replace(known, stored=stage.tick), False
    if isinstance(stage, Watch):
        found = drift(stage.tick, drifted=stage.tick in flags)
        return replace(known, drifts=(*known.drifts, found), told=not found.drifted), found.drifted
    if isinstance(stage, WarnOfDrift):
        return replace(known, told=True), False
    if isinstance(stage, Retrain):
        assert stage.version == len(known.versions) + 1
        versions = (*known.versions, version(stage.version, stage.tick))
        return replace(known, versions=versions, milestone=Milestone.REGISTERED, drifts=(), told=True), False
    return replace(known, milestone=stage.until or known.milestone), False
