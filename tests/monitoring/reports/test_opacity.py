"""What cannot be known about a version, as people read it."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.monitoring.reports.opacity_page import render
from halflife.monitoring.reports.opacity_plot import chart, curve
from halflife.monitoring.reports.opacity_terminal import plain
from halflife.monitoring.wording.opacity_words import lines, sentence

TREES = (1, 2, 3, 5, 8, 12, 20, 50, 100, 200, 400)
GAP = (1e-4, 3.6e-4, 8e-4, 2e-3, 6e-3, 0.015, 0.033, 0.08, 0.12, 0.18, 0.26)
SEED = Multiplicity(4, 2031, 0.063, 0.031, 0.027, (0.055, 0.072), (0.02, 0.034), 0.0012)
DATA = Multiplicity(4, 2031, 0.091, 0.041, 0.039, (0.08, 0.102), (0.03, 0.05), 0.0041)
SENSITIVE = Sensitivity(TREES, GAP, 5, fresh=0.59, fresh_window=(0, 23))
WHOLE = Opacity(11, DATA, SEED, seed_channel=True, sensitivity=SENSITIVE, rows=11_204)


def said(now: Opacity, measured: Opacity | None = None) -> str:
    """The sentences with ordinary spaces."""
    return sentence(now, measured).replace("\N{NO-BREAK SPACE}", " ")


def test_the_sentence_says_how_much_is_an_accident() -> None:
    """Seed and sample with how many were tried, then one row against all of them, with what else is in that gap."""
    text = said(WHOLE)
    assert text.startswith("v11: on 6.3 % of rows at least one of 4 other seeds would have decided otherwise")
    assert "On 9.1 % of rows at least one of 4 other samples of the same rows" in text
    assert "Leaving out 1 of 11,204 rows moves scores 44 % as far as replacing them all" in text
    assert "drift and another seed are in that gap too" in text
    assert "then slowly: " in text


@pytest.mark.parametrize("tell", [said, plain, lambda now: str(render(now)), lambda now: " ".join(lines(now))])
def test_no_one_is_told_of_chaos(tell: object) -> None:
    """Growth over finitely many trees is not called chaotic anywhere."""
    assert callable(tell)
    assert "chao" not in tell(WHOLE).lower()


def test_a_recipe_that_draws_nothing_has_no_seed_channel() -> None:
    """It is not called stable under seeds; the data's part is a whole sentence of its own."""
    for text in (said(inert := replace(WHOLE, seed=None, seed_channel=False)), str(render(inert)), plain(inert)):
        assert "no seed channel" in text
        assert "stable" not in text
    assert "On 9.1 % of rows at least one of 4 other samples of the same rows would have decided otherwise" in said(
        inert
    )


def test_a_version_without_shadows_says_so() -> None:
    """No share is invented, no table is drawn, and both lines of the card name what is missing."""
    bare = Opacity(2, None, None, seed_channel=True)
    assert said(bare) == "v2 has no shadows, so nobody knows what another seed or other rows would have made of it."
    assert "%" not in plain(bare) + "".join(lines(bare))
    assert "<table" not in render(bare)
    assert "<svg" not in render(bare)
    assert "no shadows" in lines(bare)[0]
    assert "not measured" in lines(bare)[1]


def test_without_a_window_apart_the_ratio_is_not_yet_known() -> None:
    """The gap is told in its own unit, and why it cannot be compared."""
    alone = replace(WHOLE, version=1, sensitivity=replace(SENSITIVE, fresh=None, fresh_window=None))
    assert "moves scores by 0.26 in log-odds" in said(alone)
    assert "not yet known" in said(alone)
    assert "not yet known" in lines(alone)[1]
    assert "all rows replaced" not in plain(alone)


def test_an_older_measurement_is_told_with_its_version() -> None:
    """Where the newest version was not measured, sentence, lines, page and terminal name the one that was."""
    newest = replace(WHOLE, version=13, sensitivity=None, rows=12_000)
    assert "Measured on v11: leaving out 1 of 11,204 rows" in said(newest, WHOLE)
    assert "1 of 11,204 rows of v11" in lines(newest, WHOLE)[1]
    assert "left out of v11" in render(newest, WHOLE)
    assert "left out of v11" in plain(newest, WHOLE)
    assert "Leaving out" not in said(newest)


def test_selective_labels_are_told_or_called_unidentified() -> None:
    """With propensities the share beside what another sample alone does; without, that it cannot be known; else nothing."""
    one = replace(DATA, shadows=1, churn=0.052)
    told = said(replace(WHOLE, feedback=one, effective=812.4))
    assert (
        "decides otherwise on 5.2 % of rows; another sample alone, on 3.9 %. So weighted, its 11,204 rows are worth 812"
        in told
    )
    assert "is unidentified: no exploration." in said(replace(WHOLE, unidentified="no exploration"))
    assert "label" not in said(WHOLE)


@pytest.mark.parametrize("width", [100, 110])
def test_nothing_is_cut_in_a_terminal(width: int) -> None:
    """No line is wider than the terminal, no figure is broken from its percent sign, all figures are there."""
    text = plain(replace(WHOLE, feedback=replace(DATA, shadows=1)), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert not re.search(r"^\s*%", text, re.MULTILINE)
    for figure in ("6.3% [5.5, 7.2]", "3.1%", "+0.0041", "one row left out: 0.26", "all rows replaced: 0.59"):
        assert figure in text


@given(
    st.lists(st.floats(1e-12, 10.0), min_size=2, max_size=12),
    st.one_of(st.none(), st.floats(1e-6, 10.0)),
)
def test_any_curve_is_drawn_inside_its_frame(gaps: list[float], fresh: float | None) -> None:
    """The SVG is well-formed with every point inside it; the chart has its height and no line is wider than the rest."""
    trees = tuple(2**k for k in range(len(gaps)))
    sensitivity = Sensitivity(trees, tuple(gaps), 3, fresh)
    drawn, lines_of_text = curve(sensitivity), chart(sensitivity, width=40, height=7)
    if not drawn:
        assert lines_of_text == []
        return
    svg = ElementTree.fromstring(str(drawn))  # noqa: S314 - our own text
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    for point in svg.iter("circle"):
        assert 0 <= float(point.attrib["cx"]) <= width
        assert 0 <= float(point.attrib["cy"]) <= height
    assert len(lines_of_text) == 8
    assert all(len(line.split("┤")[-1].split("│")[-1].split("  ")[0]) <= 40 for line in lines_of_text[:-1])


def test_rows_that_begin_apart_and_end_alike_are_told_so() -> None:
    """When the first and the last row show, how far apart they end, and a thin line for each of them."""
    late = tuple(1e-5 if m < 20 else d for m, d in zip(TREES, GAP, strict=True))
    both = replace(WHOLE, sensitivity=replace(SENSITIVE, each=(tuple(1.1 * d for d in GAP), late), refits=2))
    assert "the first showed by tree 8, the last by tree 20" in said(both)
    assert "44 % to 48 % by the row left out" in said(both)
    assert str(render(both)).count('class="single"') == 2
    assert "showed by" not in said(WHOLE)


def test_rows_that_do_nothing_are_counted_apart() -> None:
    """A row that changes no split is no part of the range, and the card says how many were so."""
    idle = (1e-5,) * len(TREES)
    some = replace(WHOLE, sensitivity=replace(SENSITIVE, each=(GAP, idle, idle), refits=3))
    assert "by the row: 44 % for 1 of 3, next to nothing for 2" in said(some)
    assert "tried with 3 rows, of which 2 did next to nothing" in lines(some)[1]
    assert "showed by" not in said(some)


def test_a_row_that_changes_nothing_is_said_so() -> None:
    """A gap of zero has no curve and no growth."""
    still = replace(WHOLE, sensitivity=Sensitivity((1, 2), (0.0, 0.0), 5, fresh=0.5, fresh_window=(0, 1)))
    assert "moves scores not at all" in said(still)
    assert "<svg" not in render(still)


def test_the_section_is_html_that_says_no_more_than_it_knows() -> None:
    """Headings, both rows of the table, the curve with a text for those who cannot see it."""
    page = render(WHOLE)
    assert "What cannot be known about v11" in page
    for part in ("another seed", "another sample", "lower bounds", 'role="img"', "aria-label"):
        assert part in page
