"""The plain values behind ``--json``: one row a finding, flags and the counts of a replay."""

from dataclasses import replace

import pytest

from halflife.models.domain import Finding, Scope, Status
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.listing import current, finding_rows, summary


def test_rows_carry_every_field_of_the_contract(story: Conclusions) -> None:
    """``finding list --json`` names what the design promises, one row a finding, in order of filing."""
    rows = finding_rows(story)
    assert [row["id"] for row in rows] == [f.id for f in story.findings]
    fields = {"id", "name", "claim", "statistic", "scope", "author", "guard", "made_on", "status", "since", "cause"}
    assert all(fields | {"p_stale_next"} <= set(row) for row in rows)


def test_status_and_since_come_from_the_last_unbroken_run() -> None:
    """``since`` is where the present status began, not where it was first seen."""
    assert current({1: Status.STALE, 2: Status.HOLDS, 3: Status.STALE, 4: Status.STALE}) == (Status.STALE, 3)
    assert current({}) == (Status.UNTESTABLE, None)


@pytest.mark.parametrize(("ttl", "untestable", "gone"), [(None, 5, False), (3, 2, False), (3, 3, True), (3, 0, False)])
def test_a_finding_expires_when_it_cannot_be_tested_for_its_time_to_live(
    story: Conclusions, ttl: int | None, untestable: int, gone: bool
) -> None:
    """Only valid re-tests keep a finding from expiring; without a time to live nothing does."""
    newest = story.versions[-1].number
    history = {n: Status.HOLDS if n <= newest - untestable else Status.UNTESTABLE for n in range(1, newest + 1)}
    finding = Finding("x", "auc() > 0.5", "auc", Scope.POPULATION, made_on=1, id=10_000, ttl=ttl)
    told = replace(story, findings=(finding,), status={10_000: history})
    assert told.expired == ((finding,) if gone else ())
    assert finding_rows(told)[0]["expired"] is gone
    assert summary(told)["expired"] == gone
    for unfollowed in (replace(finding, stillborn=True), replace(finding, retired_on=newest)):
        assert replace(told, findings=(unfollowed,)).expired == ()


def test_the_counts_of_a_summary_are_those_of_the_newest_version(story: Conclusions) -> None:
    """Statuses add up to the findings tested there; retired and stillborn ones are counted apart."""
    counts = summary(story)
    newest = story.versions[-1].number
    living = [f for f in story.findings if not f.stillborn and newest in story.status.get(f.id, {})]
    assert sum(counts["findings"].values()) == len(living)
    assert counts["stillborn"] == sum(f.stillborn for f in story.findings)
    assert set(counts["half_life"]) == {h.kind for h in story.half_lives}
