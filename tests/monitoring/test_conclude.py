from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.domain import Check, Drift, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.monitoring.conclude import conclude

HOLDS, STALE, REVERSED, UNCLEAR = Status.HOLDS, Status.STALE, Status.REVERSED, Status.UNCLEAR


def version(number: int) -> Version:
    """A version with nothing remarkable about it."""
    return Version(number, 0, 9, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "first", 1_000)


def finding(number: int, **more: object) -> Finding:
    """The investigator's finding of this number, made on v1."""
    more = {"author": "investigator", **more}
    return Finding(f"f{number}", "auc() > 0.8", "auc", Scope.POPULATION, made_on=1, id=number, **more)  # type: ignore[arg-type]


def check(number: int, on: int, status: Status, estimate: float = 0.8) -> Check:
    """A re-test whose fresh rows say this, while its pinned rows hold."""
    pinned = Measurement(500, Interval(0.9, 0.89, 0.91), HOLDS)
    interval = None if status is Status.UNTESTABLE else Interval(estimate, estimate - 0.02, estimate + 0.02)
    return Check(number, on, 0.8, pinned, Measurement(500, interval, status, reason="" if interval else "no labels"))


def test_fresh_rows_decide() -> None:
    """The story tells what fresh rows say where there are any, and not the pinned rows that suggested the finding."""
    story = conclude([version(1)], [finding(1)], [check(1, 1, STALE, 0.7)], [])
    assert story.status == {1: {1: STALE}}
    assert story.intervals[1][1].estimate == 0.7
    assert story.counts[STALE] == 1


def test_changes_stand_worst_first() -> None:
    """Reversed, stale, recovered, other; within each guards, people's, the investigator's; then farthest first."""
    changed = {
        1: (HOLDS, UNCLEAR, 0.8),
        2: (STALE, HOLDS, 0.9),
        3: (HOLDS, STALE, 0.75),
        4: (HOLDS, STALE, 0.60),
        5: (HOLDS, STALE, 0.79),
        6: (HOLDS, STALE, 0.78),
        7: (UNCLEAR, REVERSED, 0.79),
        8: (HOLDS, HOLDS, 0.9),
    }
    findings = [finding(i, guard=i == 6, author="maria" if i == 5 else "investigator") for i in changed]
    checks = [check(i, 1, before) for i, (before, _, _) in changed.items()]
    checks += [check(i, 2, after, estimate) for i, (_, after, estimate) in changed.items()]
    story = conclude([version(1), version(2)], findings, checks, [])
    assert [c.finding.id for c in story.changes] == [7, 6, 5, 4, 3, 2, 1]
    assert (story.changes[0].before, story.changes[0].after) == (UNCLEAR, REVERSED)


def test_change_is_against_the_check_before() -> None:
    """A version without a check is passed over; a first check, a stillborn finding and one that has retired are no change."""
    findings = [finding(1), finding(2), finding(3, stillborn=True), finding(4, retired_on=3)]
    checks = [check(1, 1, HOLDS), check(1, 3, STALE), check(2, 3, STALE)]
    checks += [check(3, 2, HOLDS), check(3, 3, STALE), check(4, 1, HOLDS), check(4, 2, STALE)]
    story = conclude([version(n) for n in (1, 2, 3)], findings, checks, [])
    assert [(c.finding.id, c.before, c.after) for c in story.changes] == [(1, HOLDS, STALE)]


def test_untestable_has_no_interval() -> None:
    """What could not be tested keeps its status and its reason, and invents no estimate."""
    story = conclude([version(1)], [finding(1)], [check(1, 1, Status.UNTESTABLE)], [])
    assert story.intervals.get(1, {}) == {}
    assert story.latest[1].decides.reason == "no labels"


def test_stillborn_findings_are_counted_apart() -> None:
    """They are told, but neither among the counts nor among the lives."""
    checks = [check(i, v, HOLDS) for i in (1, 2) for v in (1, 2, 3)]
    story = conclude([version(n) for n in (1, 2, 3)], [finding(1), finding(2, stillborn=True)], checks, [])
    assert (story.stillborn, sum(story.counts.values()), [life.finding for life in story.lives]) == (1, 1, [1])


@given(st.randoms())
def test_order_of_records_does_not_matter(random: object) -> None:
    """Versions, findings, checks and watches may come in any order."""
    versions = [version(n) for n in (1, 2, 3)]
    findings = [finding(1), finding(2)]
    checks = [check(i, v, STALE if v > i else HOLDS) for i in (1, 2) for v in (1, 2, 3)]
    drifts = [Drift(t, 1, t, (), False, True, "None moved.", {}, (1, 1)) for t in (1, 2)]
    expected = conclude(versions, findings, checks, drifts)
    for records in (versions, findings, checks, drifts):
        random.shuffle(records)  # type: ignore[attr-defined]
    assert conclude(versions, findings, checks, drifts) == expected


def test_later_check_replaces_the_earlier_one() -> None:
    """Re-testing the same finding on the same version tells one story, the later; unknown findings are passed over."""
    story = conclude([version(1)], [finding(1)], [check(1, 1, HOLDS), check(1, 1, STALE), check(9, 1, STALE)], [])
    assert story.status == {1: {1: STALE}}


@pytest.mark.parametrize("versions", [[], [version(1)]])
def test_nothing_to_tell_is_no_error(versions: list[Version]) -> None:
    """An empty ledger, and a version without findings, give an empty story."""
    story = conclude(versions, [], [], [])
    assert (story.changes, story.lives, story.half_lives, sum(story.counts.values())) == ((), (), (), 0)


def test_a_long_ledger_tells_every_life() -> None:
    """A thousand findings over a hundred versions: each has its life and its newest check."""
    numbers, ids = range(1, 101), range(1_000)
    pinned = {s: Measurement(500, Interval(0.8, 0.7, 0.9), s) for s in (HOLDS, STALE)}
    checks = [Check(i, v, 0.8, pinned[STALE if v > 2 + i % 50 else HOLDS], None) for v in numbers for i in ids]
    findings = [replace(finding(i), scope=Scope.ARTIFACT) for i in ids]
    story = conclude([version(n) for n in numbers], findings, checks, [])
    assert {life.finding: life.died_on for life in story.lives} == {i: 3 + i % 50 for i in ids}
    assert story.half_lives[-1].median == pytest.approx(26, abs=0.2)
