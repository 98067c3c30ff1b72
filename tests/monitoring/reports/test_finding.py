"""One finding's chart and the numbers behind its verdict are right, and fit the terminal."""

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from halflife.models.domain import Check, Finding, Interval, Measurement, Scope, Status
from halflife.monitoring.claims.estimation.measure import rows_needed
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.finding_terminal import SHOWN, portrait
from halflife.monitoring.reports.forest_plot import Scale, line, scale
from halflife.monitoring.reports.ledger_until import until
from halflife.monitoring.reports.verdict_details import verdict_details
from halflife.monitoring.wording.words import LETTERS

BIRTH = Interval(0.42, 0.40, 0.44)


def finding(claim: str = 'attribution_share("age") > 0.3 ± 0.02', **other: object) -> Finding:
    """A population finding made on v1 at 0.42."""
    plain: dict[str, object] = {"author": "ann", "birth": BIRTH, "id": 7, **other}
    return Finding("age-leads", claim, "attribution_share", Scope.POPULATION, 1, **plain)  # type: ignore[arg-type]  # values by name


def check(version: int, estimate: float | None, half: float = 0.02, status: Status = Status.HOLDS) -> Check:
    """Fresh rows with this estimate; pinned rows a little above."""
    if estimate is None:
        fresh = Measurement(0, None, Status.UNTESTABLE, reason="labels have not arrived")
        return Check(7, version, 0.3, fresh, fresh)
    fresh = Measurement(900, Interval(estimate, estimate - half, estimate + half), status, 0.04)
    pinned = Measurement(800, Interval(estimate + 0.05, estimate, estimate + 0.1), Status.HOLDS, 0.9)
    return Check(7, version, 0.3, pinned, fresh)


def printed(of: Finding, checks: list[Check], width: int = 80, *, expired: bool = False) -> str:
    """What a terminal of this width shows."""
    console = Console(width=width, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(portrait(of, checks, level=0.9, width=width, expired=expired))
    return capture.get()


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("many", [0, 1, 5, 60])
def test_a_portrait_fits_the_terminal(width: int, many: int) -> None:
    """No line is wider, with no version, one, and more than are shown."""
    checks = [check(n, 0.4 - 0.002 * n if n % 7 else None) for n in range(1, many + 1)]
    text = printed(finding(note="why\nand how", links=("https://example.org/" + "x" * 90,), ttl=3), checks, width)
    assert max(map(len, text.splitlines())) <= width


def test_each_version_is_a_line_with_its_letter_and_figures() -> None:
    """Statuses read without colour; what could not be tested says why."""
    statuses = {1: Status.HOLDS, 2: Status.WEAKENED, 3: Status.UNCLEAR, 4: Status.STALE, 5: Status.REVERSED}
    checks = [check(n, 0.4 - 0.03 * n, status=s) for n, s in statuses.items()] + [check(6, None)]
    lines = printed(finding(), checks).splitlines()
    for n, status in (statuses | {6: Status.UNTESTABLE}).items():
        (row,) = [text for text in lines if text.startswith(f"v{n} ")]
        assert row.split()[1] == LETTERS[status]
        assert str(checks[n - 1].decides.interval or "labels have not arrived") in row


def test_a_long_life_shows_its_first_and_its_newest_versions() -> None:
    """The version it was made on stays in sight; how many are left out is said."""
    text = printed(finding(), [check(n, 0.4) for n in range(1, 61)])
    rows = [row.split()[0] for row in text.splitlines() if row.startswith("v")]
    assert rows == ["v1", *(f"v{n}" for n in range(62 - SHOWN, 61))]
    assert f"{60 - SHOWN} versions between the first two lines" in " ".join(text.split())


def test_the_numbers_behind_the_verdict_are_there() -> None:
    """Both row sets with interval, rows and p; the rule with threshold and tolerance; margins; rows needed."""
    text = " ".join(printed(finding(guard=True), [check(1, 0.42), check(2, 0.29, 0.03, Status.UNCLEAR)], 120).split())
    assert "#7 · made on v1 by ann · scope population · guard" in text
    assert "On v2: unclear since v2" in text
    assert "fresh rows 0.290 [0.260, 0.320] 900 rows, p = 0.04 if the claim were true, unclear decides" in text
    assert "pinned rows 0.340 [0.290, 0.390] 800 rows, holds" in text
    assert "the whole interval is above 0.28, the threshold 0.3 with its tolerance 0.02" in text
    assert "margin -0.010, on the other side of the threshold, 0.3 half-widths" in text
    assert "at birth +0.120: 0.420 [0.400, 0.440] on v1" in text
    assert "rows tell a difference of 0.02 with power 0.8; there are 900" in text


def test_flags_are_told() -> None:
    """Expired, stillborn and retired stand beside the author."""
    text = printed(finding(stillborn=True, retired_on=3), [check(1, 0.2)], 120, expired=True)
    assert "stillborn · expired · retired on v3" in text


def test_recurrences_and_entities_are_told() -> None:
    """How often it held again after death stands with the flags; where rows repeat by entity, those are counted."""
    console = Console(width=120, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(portrait(finding(), [check(1, 0.4)], level=0.9, width=120, recurrences=2, unit="entity"))
    text = capture.get()
    assert "held again 2 times" in text
    assert "900 entities" in text
    assert "entities needed" in text
    assert " rows tell a difference" not in text
    assert "held again" not in printed(finding(), [check(1, 0.4)])


def test_a_claim_below_its_threshold_is_mirrored() -> None:
    """For θ < c the bar lies above c and a smaller estimate is on the claimed side."""
    found = verdict_details(finding('attribution_share("age") < 0.3 ± 0.02'), check(2, 0.25), level=0.9)
    assert (found.above, round(found.bar, 3), round(found.margin or 0, 3)) == (False, 0.32, 0.05)
    assert round(found.margin_at_birth or 0, 3) == -0.12


def test_an_exact_or_unreadable_claim_has_no_rows_needed() -> None:
    """Without an interval, or with a claim of another build, what is not known is not said."""
    exact = verdict_details(finding(), check(2, 0.25, half=0.0), level=0.9)
    assert (exact.widths, exact.rows_needed) == (None, None)
    foreign = verdict_details(finding("vibes() > 0.3"), check(2, 0.4), level=0.9)
    assert (foreign.threshold, foreign.tolerance, foreign.rows_needed) == (0.3, 0.0, None)
    assert verdict_details(finding(), check(2, None), level=0.9).margin is None


def test_rows_needed_are_those_of_the_re_test() -> None:
    """From a normal interval's width it is the number by which a re-test calls a claim untestable, to rounding."""
    error = 0.02 / 1.6448536269514722
    found = verdict_details(finding(), check(2, 0.3), level=0.9)
    assert found.rows_needed == pytest.approx(rows_needed(error**2 * 900, 0.02, 0.05), abs=1)


def test_a_line_puts_everything_where_the_scale_says() -> None:
    """Ends, estimate, threshold and tolerance are at their columns; a crossed threshold shows through."""
    on = Scale(0.0, 1.0, 101)
    text = line(Interval(0.5, 0.3, 0.7), [0.4, 0.2], on)
    assert {text[30], text[70], text[50], text[40], text[20]} == {"├", "┤", "●", "┼", "·"}
    assert line(None, [0.4], on).strip() == "┊"
    assert line(Interval(float("nan"), 0.0, 1.0), [0.4], on).strip() == "┊"
    assert line(Interval(0.5, -9.0, float("inf")), [], on) == "├" + "─" * 49 + "●" + "─" * 49 + "┤"


def test_a_scale_is_never_empty() -> None:
    """Nothing measured, one exact value and infinite bounds still give a scale on which the values lie inside."""
    for intervals, bars in (([], [0.0]), ([Interval(2.0, 2.0, 2.0)], [2.0]), ([Interval(1.0, -np.inf, np.inf)], [0.5])):
        on = scale(intervals, bars, 20)
        assert on.least < on.most
        assert all(0 < on.column(value) < 19 for value in [*bars, *(i.estimate for i in intervals)])


def test_the_ledger_as_it_stood_on_an_earlier_version(story: Conclusions) -> None:
    """Later versions, findings and checks are not there, and what retired later is open."""
    versions, findings, checks = story.versions, story.findings, []
    before = [f for f in findings if f.made_on <= 3]
    assert until(3, versions, findings, checks) == (list(versions[:3]), before, [])
    later = [replace(before[0], retired_on=5), replace(before[1], retired_on=3)]
    assert [f.retired_on for f in until(3, versions, later, [check(3, 0.4), check(4, 0.4)])[1]] == [None, 3]
    assert [c.version for c in until(3, versions, later, [check(3, 0.4), check(4, 0.4)])[2]] == [3]
