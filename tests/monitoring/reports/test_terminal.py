from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.terminal import drift_table, findings_table, summary
from halflife.monitoring.wording.words import LETTERS


def printed(what: RenderableType, width: int = 100, *, colour: bool = False) -> str:
    """What a terminal of this width shows."""
    console = Console(
        width=width, record=True, force_terminal=True, color_system="256" if colour else None, quiet=False
    )
    with console.capture() as capture:
        console.print(what)
    return capture.get()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_summary_fits_the_terminal(story: Conclusions, width: int) -> None:
    """No line is wider than the terminal, and from 100 columns on every header is whole."""
    lines = printed(summary(story), width).splitlines()
    assert max(map(len, lines)) <= width
    if width >= 100:
        assert any("gone stale" in line and "half-life [95 %]" in line and "after 8" in line for line in lines)


def test_rows_read_as_letters_without_colour(story: Conclusions) -> None:
    """A finding's row holds the letters of its re-tests in order, and its newest status in words."""
    text = printed(findings_table(story, limit=3))
    row = next(line for line in text.splitlines() if "guard auc() > 0.8" in line)
    letters = " ".join(LETTERS[story.status[1][v.number]] for v in story.versions)
    assert letters in row
    assert row.split()[-1] == story.latest[1].status
    assert all(f"{letter} {status}" in text for status, letter in LETTERS.items())


def test_colours_are_there_when_the_terminal_has_them(story: Conclusions) -> None:
    """Statuses are painted: the same table with colour differs from the one without only by its escapes."""
    table = findings_table(story, limit=3)
    assert "\x1b[" in printed(table, colour=True)
    assert "\x1b[38;5" not in printed(table)


def test_drift_table_shows_alarms_and_counts_the_rest(story: Conclusions) -> None:
    """Three of 28 powered watches alarmed; one had too few rows to tell and is not counted among them."""
    text = printed(drift_table(story))
    assert "Drift (3 of 28 watches; 1 had too few rows to tell)" in text
    assert text.count("age moved (1 of 3 columns).") == 3


def test_changes_name_before_and_after(story: Conclusions) -> None:
    """What changed on the newest version stands as letters, claim and estimate, and the rest is counted."""
    text = printed(summary(story))
    first = story.changes[0]
    assert f"{LETTERS[first.before]} → {LETTERS[first.after]}  {first.finding.claim}" in text
    assert f"… and {len(story.changes) - 5} more" in text


def test_claims_with_square_brackets_are_printed_as_they_are(story: Conclusions) -> None:
    """Rich's own markup in a claim is text."""
    odd = replace(story.findings[0], claim="auc(where=\"job = '[red]'\") > 0.8")
    text = printed(summary(replace(story, findings=(odd, *story.findings[1:]))), 120)
    assert "[red]" in text


def test_summary_of_nothing_is_one_sentence() -> None:
    """Before the first finding there is no empty table to puzzle over."""
    assert printed(summary(conclude([], [], [], []))).strip() == "No finding has been tested yet."
