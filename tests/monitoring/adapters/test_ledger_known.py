from dataclasses import replace
from pathlib import Path

import pytest

from halflife.models.domain import Check, Finding, Interval, Measurement, Milestone, Role, Scope, Status, Version
from halflife.monitoring import conclude as module
from halflife.monitoring.adapters import ledger_known
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.conclude import conclude, tell
from halflife.monitoring.reports.page import render
from halflife.monitoring.survival.lives import lives

INTERVAL = Interval(0.8, 0.7, 0.9)
TURNS = (Status.HOLDS, Status.STALE, Status.STALE, Status.UNCLEAR, Status.HOLDS)


def version(number: int) -> Version:
    """A champion."""
    metrics = {"auc": INTERVAL, "log_loss": INTERVAL}
    return Version(number, number, number + 3, "s", "r", 1, "d", "m", metrics, Role.CHAMPION, "", 100)


def check(finding: int, number: int, status: Status = Status.HOLDS) -> Check:
    """Both row sets say the same."""
    said = Measurement(100, INTERVAL, status, 0.1)
    return Check(finding, number, 0.7, said, said)


def run(ledger: SqlLedger, versions: int, each: int = 3, follow: int = 4, ahead: int = 0) -> None:
    """Cycles as the steps record them: findings are filed, re-tested on the next versions and retired."""
    for number in range(ahead + 1, ahead + versions + 1):
        ledger.add_version(version(number))
        followed = ledger.findings(open_only=True)
        ledger.retire([f.id for f in followed if number - f.made_on > follow], number)
        tested = [f.id for f in followed if number - f.made_on <= follow]
        ledger.record_checks(number, [check(k, number, TURNS[(k + number) % len(TURNS)]) for k in tested])
        filed = [
            Finding(f"v{number}-{k}", f"auc() > 0.{k + 1}", "auc", Scope.POPULATION, number, stillborn=k == 0)
            for k in range(each)
        ]
        births = [check(k, number) for k in range(each)]
        ledger.file(filed, births, stage=(number, Milestone.REPORTED))


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    """An empty ledger in a file."""
    return SqlLedger(f"sqlite:///{tmp_path / 'ledger.db'}")


def anew(ledger: SqlLedger) -> SqlLedger:
    """Another process's view of the same file."""
    return SqlLedger(f"sqlite:///{ledger._database.where}")


def test_what_is_known_is_what_another_process_reads(ledger: SqlLedger) -> None:
    """Findings, versions and statuses are the same, whether read once a cycle or once at the end."""
    for ahead in range(0, 12, 3):
        run(ledger, 3, ahead=ahead)
        other = anew(ledger)
        assert ledger.findings() == other.findings()
        assert ledger.findings(open_only=True) == other.findings(open_only=True)
        assert ledger.versions() == other.versions()
        assert ledger.statuses() == other.statuses()


def test_what_others_write_is_seen(ledger: SqlLedger) -> None:
    """A note, a retirement and a check of an old version, written by another process, are read."""
    run(ledger, 5)
    before = ledger.findings(), ledger.statuses(), ledger.versions()
    other = anew(ledger)
    other.revise([replace(other.findings()[1], note="mind the gap")])
    other.retire([3], 5)
    other.file([Finding("late", "auc() > 0.2", "auc", Scope.POPULATION, 2)], [check(0, 2, Status.STALE)])
    other.add_version(version(6))
    assert (ledger.findings(), ledger.statuses(), ledger.versions()) != before
    assert (ledger.findings()[1].note, ledger.findings()[2].retired_on) == ("mind the gap", 5)
    assert ledger.statuses() == anew(ledger).statuses()
    assert ledger.versions()[-1].number == 6


def test_a_version_tested_again_is_read_again(ledger: SqlLedger) -> None:
    """Checks that replace others of the same number, on the newest version or an older one, count at once."""
    run(ledger, 5)
    ledger.statuses()
    for number in (5, 3):
        ledger.record_checks(number, [check(5, number, Status.REVERSED)])
        assert ledger.statuses()[5][number] is Status.REVERSED
        assert ledger.statuses() == anew(ledger).statuses()


def test_findings_that_have_not_changed_are_not_made_again(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a cycle only the findings it filed and retired are made from their rows."""
    run(ledger, 8)
    ledger.findings()
    made: list[int] = []
    to_finding = ledger_known.to_finding
    monkeypatch.setattr(ledger_known, "to_finding", lambda row: made.append(row["id"]) or to_finding(row))
    ledger.findings()
    assert made == []
    ledger.retire([20], 8)
    ledger.findings()
    assert made == [20]


def test_more_findings_than_fit_in_a_query_are_found(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are asked for some at a time, and what is missing is still named."""
    monkeypatch.setattr("halflife.monitoring.adapters.sql_ledger.AT_ONCE", 2)
    monkeypatch.setattr(ledger_known, "AT_ONCE", 2)
    run(ledger, 4)
    assert [f.id for f in anew(ledger).findings()] == list(range(1, 13))


def test_a_story_is_the_same_without_the_old_checks(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statuses, lives, half-lives, counts and changes do not depend on how many versions' checks are read in full."""
    run(ledger, 20)
    whole = conclude(ledger.versions(), ledger.findings(), ledger.checks(), ledger.drifts())
    monkeypatch.setattr(module, "RECENT", 3)
    story = tell(ledger)
    assert len(story.latest) < len(whole.latest)
    for name in ("versions", "findings", "status", "lives", "half_lives", "changes", "counts", "stillborn", "retired"):
        assert getattr(story, name) == getattr(whole, name), name
    assert all(whole.latest[finding] == latest for finding, latest in story.latest.items())


def test_lives_do_not_depend_on_how_many_are_worked_out_at_once(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One finding at a time or all of them: the same lives in the same order."""
    run(ledger, 12)
    whole = lives(ledger.findings(), ledger.statuses())
    monkeypatch.setattr("halflife.monitoring.survival.lives.TOGETHER", 1)
    assert lives(ledger.findings(), ledger.statuses()) == whole
    assert len(whole) > 10


def test_rows_read_in_full_are_as_many_at_any_age(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the ledger is older than what is told in full, a story reads as many checks on every version."""
    monkeypatch.setattr(module, "RECENT", 6)
    run(ledger, 12)
    read = []
    for ahead in range(12, 24):
        run(ledger, 1, ahead=ahead)
        read.append(len(ledger.checks(since=ledger.versions()[-6].number)))
    assert len(set(read)) == 1


def test_the_page_does_not_grow_with_age(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of version 90 is hardly larger than that of version 70, retired findings being told by their lives."""
    sizes = []
    for ahead in (0, 70):
        run(ledger, 70 if ahead == 0 else 20, each=2, ahead=ahead)
        sizes.append(len(render(tell(ledger), title="halflife", links={})))
    assert sizes[1] < 1.05 * sizes[0]
