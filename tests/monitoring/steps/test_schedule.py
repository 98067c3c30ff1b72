"""When watches and retrains are due."""

import pytest

from halflife.models.domain import Drift, Role, Version
from halflife.models.recipe import Recipe
from halflife.monitoring.steps.schedule import next_tick, retrain_due, watch_due
from halflife.testing.policies import small_policy

POLICY = small_policy(
    name="p", seed=1, recipe=Recipe(), window=8, every=3, on_drift=True, margin=0.0, watch_every=2, watch_window=2,
    evidence_rows=100, level=0.9, replicates=100, attributions=1, errors=1, gaps=1, segments=(), follow=5,
)  # fmt: skip


def version(number: int, last: int) -> Version:
    """A version whose window ends at ``last``."""
    return Version(number, last - 7, last, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 10)


def drift(tick: int, *, drifted: bool) -> Drift:
    """A watch of ``tick``."""
    return Drift(tick, 1, tick - 1, (), drifted, True, "", {}, (10, 10))


def test_the_first_version_waits_for_a_full_window() -> None:
    """Nothing is due before ``window`` ticks are there, then a retrain is."""
    assert next_tick(POLICY, [], []) == 7
    assert not retrain_due(POLICY, [], [], 6)
    assert retrain_due(POLICY, [], [], 7)


def test_watches_come_between_retrains_and_are_not_repeated() -> None:
    """With a watch every 2 ticks and a retrain every 3, ticks 9 and 10 are next after 7; a watched tick is passed over."""
    versions = [version(1, 7)]
    assert next_tick(POLICY, versions, []) == 9
    assert watch_due(POLICY, versions, 9)
    assert not watch_due(POLICY, versions, 8)
    assert next_tick(POLICY, versions, [drift(9, drifted=False)]) == 10
    assert retrain_due(POLICY, versions, [], 10)


def test_drift_brings_the_retrain_forward_unless_told_otherwise() -> None:
    """A watch that flagged drift makes a retrain due at its own tick, also when the run was killed in between."""
    versions, drifts = [version(1, 7)], [drift(9, drifted=True)]
    assert next_tick(POLICY, versions, drifts) == 9
    assert retrain_due(POLICY, versions, drifts, 9)
    calm = small_policy(POLICY, on_drift=False)
    assert next_tick(calm, versions, drifts) == 10


@pytest.mark.parametrize("every", [1, 2, 5])
def test_time_always_goes_on(every: int) -> None:
    """Doing what is due always moves to a later tick: a replay cannot stand still."""
    policy = small_policy(POLICY, every=every)
    versions: list[Version] = []
    drifts: list[Drift] = []
    last = -1
    for _ in range(30):
        tick = next_tick(policy, versions, drifts)
        assert tick > last
        last = tick
        if watch_due(policy, versions, tick):
            drifts.append(drift(tick, drifted=tick % 3 == 0))
        if retrain_due(policy, versions, drifts, tick):
            versions.append(version(len(versions) + 1, tick))
