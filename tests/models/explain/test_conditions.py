"""What a decision path asks of a feature, said in words."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.explain.conditions import LISTED, Among, Between

FINITE = st.floats(-1e9, 1e9)


@given(above=FINITE, width=st.floats(1e-6, 1e6), share=st.floats(0, 1, exclude_min=True))
def test_rounded_bounds_stay_true_of_the_value(above: float, width: float, share: float) -> None:
    """The bounds in the sentence, read back, still hold the row's value between them."""
    upto, value = above + width, min(above + width, above + share * width)
    interval = Between("x", above, upto)
    if not interval.admits(value) or abs(value) <= 1e-35:
        return
    below, _, _, _, over = interval.words(value).split()
    assert float(below) < value <= float(over)


def test_a_bound_is_told_in_few_digits() -> None:
    """LightGBM's thresholds lie a hair beside the midpoint; nobody needs to read that."""
    assert Between("age", upto=80.50000000000001).words(80.0) == "age ≤ 80.5"
    assert Between("age", above=1.0000000180025095e-35).words(3.0) == "age > 0"
    assert Between("x", above=0.123456781).words(0.123456789) == "x > 0.12345678"


def test_splits_on_one_feature_become_one_interval() -> None:
    """The narrowest bounds count; what does not narrow changes nothing."""
    interval = Between("x").split(5.0, left=True, missing=True).split(9.0, left=True, missing=True)
    interval = interval.split(1.0, left=False, missing=False)
    assert (interval.above, interval.upto, interval.missing) == (1.0, 5.0, False)
    assert interval.words(3.0) == "1 < x ≤ 5"


def test_a_missing_number_is_said_to_be_missing() -> None:
    """Where it goes along with an interval the sentence says with which; a path of its own says only that."""
    assert Between("x", upto=5.0).words(None) == "x is missing (goes with x ≤ 5)"
    assert Between("x", above=5.0, upto=5.0).words(None) == "x is missing"
    assert Between("x", missing=False).words(2.0) == "x is known"
    assert Between("x").admits(nan)
    assert not Between("x", missing=False).admits(None)


def test_zero_can_stand_for_missing() -> None:
    """A split that treats 0 as missing sends it where the interval does not reach, and the sentence says so."""
    interval = Between("x").split(5.0, left=False, missing=True, zero=True)
    assert interval.admits(0.0)
    assert interval.words(0.0) == "x is 0, taken as missing"
    assert not Between("x").split(5.0, left=True, missing=False, zero=False).admits(0.0)


def test_categories_are_named_the_shorter_way() -> None:
    """In or not in, one or several, the row's own first, many only counted."""
    few = Among("month", ("jun", "may"), ("apr", "dec", "oct"), missing=False)
    assert few.words("may") == "month in {may, jun}"
    assert Among("month", ("may",), ("apr",), missing=False).words("may") == "month is may"
    assert Among("month", ("apr", "dec"), ("may",), missing=True).words("dec") == "month is not may"
    assert Among("month", ("apr",), ("may", "jun"), missing=True).words("apr") == "month is apr"
    assert Among("month", ("apr",), (), missing=False).words("apr") == "month is known"
    many = Among("m", tuple(f"c{k}" for k in range(LISTED + 3)), ("z",) * 20, missing=False)
    assert many.words("c2") == "m in {c2, c0, c1, c3, c4, c5, 3 more}"


def test_a_category_never_seen_goes_where_missing_ones_go() -> None:
    """The encoding makes both NaN; the sentence tells them apart."""
    condition = Among("job", ("cook",), ("spy",), missing=True)
    assert condition.admits("astronaut")
    assert condition.admits(None)
    assert not condition.admits("spy")
    assert condition.words("astronaut") == "job is astronaut, never seen in training"
    assert condition.words(None) == "job is missing"


def test_only_categories_on_the_side_taken_stay() -> None:
    """Each split takes away those that go the other way, and they are remembered as the others."""
    condition = Among("job", ("clerk", "cook", "spy")).split(frozenset({"cook", "spy"}), missing=False)
    assert condition == Among("job", ("cook", "spy"), ("clerk",), missing=False)


@pytest.mark.parametrize(
    ("above", "upto", "words"), [(-inf, 5.0, "x ≤ 5"), (2.0, inf, "x > 2"), (2.0, 5.0, "2 < x ≤ 5")]
)
def test_open_ends_are_not_mentioned(above: float, upto: float, words: str) -> None:
    """An infinite bound says nothing."""
    assert Between("x", above, upto).words(4.0) == words
