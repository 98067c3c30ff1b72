from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from halflife.models.rows import Array, Column, Kind, Schema
from halflife.monitoring.drift.sketches import counting
from halflife.monitoring.drift.sketches.column import Categories, Numbers, sketch
from halflife.monitoring.drift.sketches.layout import (
    BUCKETS,
    DISTINCT,
    WORDS,
    Edges,
    Words,
    found,
    found_column,
    found_edges,
)
from halflife.monitoring.drift.sketches.profile import profile

ANY = st.one_of(st.floats(-1e150, 1e150), st.sampled_from([np.nan, np.inf, -np.inf]))
COLUMN = st.one_of(
    arrays(float, st.integers(0, 60), elements=ANY),
    arrays(float, st.integers(0, 60), elements=st.integers(-3, 3).map(float)),
    arrays(float, st.integers(0, 60), elements=st.floats(-1e6, 1e6)),
)
TEXT = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=40)


def numbers(values: Array, edges: Edges) -> Numbers:
    """The sketch of a numeric column."""
    kept = sketch(values, edges)
    assert isinstance(kept, Numbers)
    return kept


@given(COLUMN, COLUMN, COLUMN)
def test_histograms_of_two_parts_add_up_to_that_of_the_whole(founders: Array, one: Array, other: Array) -> None:
    """Counts, places, ends and missing values are equal to the last row; sums to the last digits of a float."""
    edges = found_edges(founders)
    both, whole = numbers(one, edges) + numbers(other, edges), numbers(np.concatenate([one, other]), edges)
    assert (both.counts == whole.counts).all()
    assert (both.places == whole.places).all()
    assert (both.moments[:2] == whole.moments[:2]).all()
    assert both.missing == whole.missing
    with np.errstate(over="ignore"):
        moved = np.concatenate([one, other]) - edges.shift
        sizes = np.abs(moved[np.isfinite(moved)]).sum(), np.square(moved[np.isfinite(moved)]).sum()
    assert np.isclose(both.moments[2:], whole.moments[2:], rtol=1e-9, atol=np.array(sizes) * 1e-9, equal_nan=True).all()


@given(TEXT, TEXT, TEXT)
def test_counts_of_categories_add_up(
    founders: list[str | None], one: list[str | None], other: list[str | None]
) -> None:
    """Known and unknown categories of two parts add up to those of the whole, missing ones too."""
    words = found_column(pd.Series(founders, dtype=object), Kind.CATEGORICAL)
    first, second, whole = (sketch(pd.Series(part, dtype=object), words) for part in (one, other, one + other))
    assert isinstance(first, Categories)
    assert isinstance(second, Categories)
    both = first + second
    assert (both.counts == whole.counts).all()
    assert (both.missing, both.present) == (whole.missing, len(one + other) - whole.missing)


@given(COLUMN, COLUMN)
def test_every_value_lies_in_the_bin_that_counts_it(founders: Array, values: Array) -> None:
    """A bin counts the values from its left edge up to, and without, its right edge."""
    edges, finite = found_edges(founders), values[np.isfinite(values)]
    ends = np.concatenate([[-np.inf], edges.values, [np.inf]])
    expected = [((left <= finite) & (finite < right)).sum() for left, right in pairwise(ends)]
    assert numbers(values, edges).counts.tolist() == expected


@pytest.mark.parametrize("kind", ["normal", "heavy", "discrete", "far", "constant", "empty"])
def test_the_compiled_pass_counts_as_the_plain_one(kind: str) -> None:
    """Both ways of counting agree in every bin, also for values the bins were not made for."""
    rng = np.random.default_rng(3)
    made = {
        "normal": rng.normal(size=20_000),
        "heavy": rng.standard_cauchy(20_000),
        "discrete": rng.poisson(4, 20_000).astype(float),
        "far": rng.normal(1e9, 1e-3, 20_000),
        "constant": np.full(20_000, 7.0),
        "empty": np.empty(0),
    }
    edges = found_edges(made[kind])
    values = np.concatenate([*made.values(), edges.values, -edges.values, [0.0, -0.0, 5e-324]])
    moved = values - edges.shift
    for one, other in zip(counting._plain(values, moved, edges), counting._compiled(values, moved, edges), strict=True):
        assert (one == other).all()


def test_few_distinct_values_are_counted_exactly() -> None:
    """A column of up to so many values has a bin a value, and so does a value that is frequent among many."""
    rng = np.random.default_rng(0)
    few = rng.integers(0, DISTINCT, 50_000) / 7
    edges = found_edges(few)
    assert edges.single[numbers(few, edges).counts > 0].all()
    mixed = np.concatenate([rng.normal(size=9_000), np.zeros(1_000)])
    edges = found_edges(mixed)
    assert edges.single[np.searchsorted(edges.values, 0.0, side="right")]


def test_no_bin_holds_much_of_a_continuous_column() -> None:
    """Bins placed from 10,000 rows hold less than a thousandth of other rows of light and of heavy tails."""
    rng = np.random.default_rng(1)
    for draw in (rng.normal, rng.standard_exponential, rng.standard_cauchy, rng.random):
        edges, values = found_edges(draw(size=10_000)), draw(size=400_000)
        assert numbers(values, edges).counts.max() < 0.0015 * len(values)


def test_categories_beyond_the_known_share_bins() -> None:
    """The most frequent words are known, ties by name; a new word goes to the same shared bin every time."""
    values = pd.Series([f"w{i:05d}" for i in range(WORDS + 10)] + ["w04100"])
    words = found_column(values, Kind.CATEGORICAL)
    assert isinstance(words, Words)
    assert (len(words.known), words.known[:2], words.bins) == (WORDS, ("w04100", "w00000"), WORDS + BUCKETS)
    kept = [sketch(pd.Series(["new", "newer", None]), words) for _ in range(2)]
    assert kept[0].counts.tolist() == kept[1].counts.tolist()
    assert kept[0].counts[WORDS:].sum() == 2


def test_the_layout_does_not_depend_on_the_order_of_rows() -> None:
    """The same first rows give the same bins, and other rows others: histograms over different bins are told apart."""
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"age": rng.normal(size=500), "job": rng.choice(["a", "b"], 500)})
    schema = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    assert found(rows, schema).digest == found(rows[::-1], schema).digest
    assert found(rows, schema).digest != found(rows[:-1], schema).digest


def test_profiles_of_ticks_add_up_to_that_of_the_window() -> None:
    """Rows, features and columns put beside them."""
    rng = np.random.default_rng(4)
    schema = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    rows = pd.DataFrame({"age": rng.normal(size=500), "job": rng.choice(["a", "b"], 500)})
    layout = found(rows, schema)
    both, whole = profile(rows[:100], layout) + profile(rows[100:], layout), profile(rows, layout)
    assert both.rows == whole.rows == 500
    assert all((both.columns[name].counts == whole.columns[name].counts).all() for name in schema.names)
    assert list(whole.beside({"label": whole.columns["job"]}).columns) == ["age", "job", "label"]
