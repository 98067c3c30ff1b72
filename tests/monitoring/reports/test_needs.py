"""The data to collect next as people read it."""

from dataclasses import replace

import pytest

from halflife.models.domain import Interval, Status
from halflife.models.learner.power_law import Extrapolation
from halflife.monitoring.label_needs.needs_report import (
    Advice,
    ClaimNeed,
    Curve,
    CurvePoint,
    Needs,
    SegmentNeed,
    SegmentTrial,
    UntestedSegment,
)
from halflife.monitoring.reports.needs_terminal import plain, spark

LAW = Extrapolation(Interval(0.2, 0.1, 0.25), Interval(0.4, 0.2, 0.9), Interval(0.02, 0.01, 0.03), identified=True)


def curve(labels: int, ambiguity: float = 0.05) -> Curve:
    """Three sizes of falling loss."""
    sizes = [CurvePoint(s, s * labels, 0.5 - 0.1 * s, 0.12, 0.006, ambiguity) for s in (0.25, 0.5, 1.0)]
    return Curve(labels, labels // 10, tuple(sizes), LAW)


def segment(where: str, gain: float | None, advice: Advice, ambiguity: float = 0.05) -> SegmentNeed:
    """A segment with a gain of so much, give or take a quarter."""
    at = None if gain is None else Interval(gain, 0.75 * gain, 1.25 * gain)
    return SegmentNeed(where, curve(1500, ambiguity), SegmentTrial(at, at) if at else None, advice, 16.0)


@pytest.fixture
def told() -> Needs:
    """One segment that helps, one that hardly does, one that was not tried, one not seen; two claims."""
    long = "a_column_with_a_name >= 0.35 AND a_column_with_a_name < 0.80"
    return Needs(
        version=4,
        ticks=24,
        repeats=4,
        fits=28,
        level=0.9,
        whole=curve(12_000),
        anywhere=Interval(0.001, 0.0005, 0.0015),
        exponent=0.4,
        segments=(
            segment("job = 'student'", 0.004, Advice.HELPS, ambiguity=0.31),
            segment(long, 0.0001, Advice.HARDLY),
            segment("job = 'cook'", None, Advice.UNTRIED),
        ),
        unseen=(UntestedSegment("job = 'spy'", 41, 3),),
        claims=(
            ClaimNeed("f1", "auc() > 0.8", Status.UNCLEAR, 900, 1800, "rows", "to tell 0.81 from 0.8", 48.0, "2.0 ×"),
            ClaimNeed("f2", "fpr() < 0.1", Status.UNTESTABLE, 0, 30, "labelled rows where x", "at all", None, "none"),
        ),
        other=3,
    )


def test_the_first_sentences_say_what_to_collect(told: Needs) -> None:
    """What doubling saves, where labels help and how much more than at random, and how many claims wait."""
    text = " ".join(plain(told).split())
    assert text.startswith("Twice the labels everywhere would save v4 5.0% [2.5, 7.5] of its loss.")
    assert "help most where job = 'student': 1,000 there save 1.00% [0.75, 1.25] of the loss, 4.0 times" in text
    assert "2 open findings want more evidence rows" in text


def test_a_gain_like_that_of_labels_at_random_is_not_called_more(told: Needs) -> None:
    """Where the interval reaches down to what any labels bring, the sentence says so."""
    assert "not clearly more than 1,000 drawn at random" in plain(
        replace(told, anywhere=Interval(0.0035, 0.003, 0.004))
    )


@pytest.mark.parametrize("width", [100, 110])
def test_no_figure_is_cut_in_a_terminal(told: Needs, width: int) -> None:
    """Long predicates are folded, figures and advice are whole, no line is wider than the terminal."""
    text = plain(told, width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    for figure in ("1.00% [0.75, 1.25]", "hardly helps", "not tried", "1,500"):
        assert figure in text


def test_what_is_not_known_is_not_invented(told: Needs) -> None:
    """Without an identified curve there is no multiple of random and no doubling, and the legend says why."""
    flat = replace(LAW, identified=False)
    text = " ".join(plain(replace(told, anywhere=None, whole=replace(told.whole, law=flat))).split())
    assert "no clear gain" in text
    assert "not identified" in text
    assert "at most: the curve over all rows does not say how gains flatten" in text


def test_only_places_less_stable_than_the_rest_are_weird(told: Needs) -> None:
    """The segment whose models disagree is listed beside all rows; unstable everywhere, none is."""
    text = plain(told)
    assert "Where the model gets weird" in text
    assert "31% of rows" in text
    assert "Where the model gets weird" not in plain(replace(told, whole=curve(12_000, ambiguity=0.31)))


def test_a_curve_falls_from_the_highest_bar_to_the_lowest() -> None:
    """A flat one stays low, whatever its height."""
    assert spark([4.0, 3.0, 2.0, 1.0]) == "█▆▃▁"
    assert spark([0.7, 0.7]) == "▁▁"
