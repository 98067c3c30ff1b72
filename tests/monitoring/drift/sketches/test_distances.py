"""Distances from bins against SciPy and against Evidently's own tests on all rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ks_2samp, wasserstein_distance

from halflife.models.rows import Array, Kind
from halflife.monitoring.drift.sketches import exact
from halflife.monitoring.drift.sketches.column import sketch
from halflife.monitoring.drift.sketches.distances import CATEGORIES, NUMBERS, TOLERANCE, ColumnPair, distance
from halflife.monitoring.drift.sketches.layout import found_column, found_edges

Draw = Callable[[np.random.Generator, int], Array]
SHAPES: dict[str, Draw] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy": lambda rng, n: rng.standard_t(2.5, n),
    "heavier": lambda rng, n: rng.standard_cauchy(n),
    "skewed": lambda rng, n: rng.lognormal(0, 2, n),
    "two values": lambda rng, n: (rng.random(n) < 0.1).astype(float),
    "integers": lambda rng, n: rng.poisson(300, n).astype(float),
    "rounded": lambda rng, n: rng.normal(size=n).round(2),
    "spike": lambda rng, n: np.where(rng.random(n) < 0.4, 0.0, rng.exponential(size=n)),
    "far": lambda rng, n: rng.normal(1e6, 1, n),
    "tiny": lambda rng, n: rng.normal(0, 1e-9, n),
}
CHANGES: dict[str, Callable[[Array], Array]] = {
    "none": lambda values: values,
    "shifted": lambda values: values + 0.3 * values.std(),
    "scaled": lambda values: values * 1.5,
    "far away": lambda values: values + 1e6 * (1 + values.std()),
    "shrunk": lambda values: values * 1e-3,
}


def columns(before: Any, now: Any, founders: Any, kind: Kind = Kind.NUMERIC) -> ColumnPair:
    """Both sides over the bins other rows suggest."""
    bins = found_column(pd.Series(founders), kind)
    return ColumnPair(sketch(before, bins), sketch(now, bins), lambda: (before, now))


def on_all_rows(name: str, before: Array, now: Array) -> float:
    """The distance as SciPy has it; the others as Evidently has them."""
    if name == "ks":
        return float(ks_2samp(before, now, method="asymp").statistic)
    if name == "wasserstein":
        return float(wasserstein_distance(before, now) / max(np.std(before), 0.001))
    return evidently(name, pd.Series(before), pd.Series(now), "num")


def evidently(name: str, before: "pd.Series[Any]", now: "pd.Series[Any]", kind: str) -> float:
    """The score of one of Evidently's own tests."""
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.core import ColumnType

    test = registry.get_registered_stattest(name, ColumnType(kind))
    return float(test(before, now, ColumnType(kind), None).drift_score)


@pytest.fixture(scope="module", autouse=True)
def _quiet_import() -> None:
    """Evidently warns of its own deprecations when it is imported."""
    from halflife.monitoring.adapters.evidently_quiet import quiet

    with quiet():
        import evidently.legacy.calculations.stattests  # noqa: F401 - imported for its own sake


@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("name", list(NUMBERS))
def test_numeric_distances_are_those_of_all_rows(name: str, shape: str, change: str) -> None:
    """What the bins say is within its stated error of SciPy's or Evidently's figure, and what is answered within 1e-3."""
    rng = np.random.default_rng(5)
    before, now = SHAPES[shape](rng, 12_000), CHANGES[change](SHAPES[shape](rng, 7_000))
    both = columns(before, now, SHAPES[shape](rng, 10_000))
    truth = on_all_rows(name, before, now)
    kept, answered = NUMBERS[name][0](both.reference, both.current), distance(name, both)
    slack = 1e-7 * (1 + abs(truth))
    if np.isfinite(kept.error):
        assert abs(kept.value - truth) <= kept.error + slack
    assert abs(answered.value - truth) <= answered.error + slack
    assert answered.error <= TOLERANCE


@pytest.mark.parametrize("shape", ["normal", "heavy", "skewed", "two values", "integers", "rounded", "spike", "far"])
def test_bins_suffice_where_the_world_stays_inside_them(shape: str) -> None:
    """Kolmogorov-Smirnov and Wasserstein of 200,000 rows a side need no row, drifted or not."""
    rng = np.random.default_rng(6)
    for change in ("none", "shifted"):
        before, now = SHAPES[shape](rng, 200_000), CHANGES[change](SHAPES[shape](rng, 200_000))
        both = columns(before, now, before[:10_000])
        for name in ("ks", "wasserstein"):
            if change == "none" or shape not in ("two values", "spike"):
                assert NUMBERS[name][0](both.reference, both.current).error <= TOLERANCE


NUMBER = st.one_of(st.floats(-1e3, 1e3, width=32), st.integers(-4, 4).map(float))
VALUES = arrays(float, st.integers(2, 40), elements=NUMBER)


@given(VALUES, VALUES, VALUES)
def test_bounds_hold_whatever_the_bins(before: Array, now: Array, founders: Array) -> None:
    """However badly bins fit a column, the distance of its values is where they say it is, if they say anything."""
    both = columns(before, now, founders)
    for name in ("ks", "wasserstein"):
        kept = NUMBERS[name][0](both.reference, both.current)
        truth = NUMBERS[name][1](before, now)
        if np.isfinite(kept.error):
            assert abs(kept.value - truth) <= kept.error + 1e-6 * (1 + abs(truth))


@given(VALUES, VALUES)
def test_distances_from_values_are_scipys(before: Array, now: Array) -> None:
    """Kolmogorov-Smirnov and Wasserstein from the values, ties and constants among them."""
    assert exact.kolmogorov_smirnov(before, now) == pytest.approx(on_all_rows("ks", before, now), abs=1e-12)
    expected = on_all_rows("wasserstein", before, now)
    assert exact.wasserstein(before, now) == pytest.approx(expected, rel=1e-9, abs=1e-9)


WORDS = {
    "same": (["a", "b", "c"], [0.5, 0.3, 0.2], ["a", "b", "c"], [0.5, 0.3, 0.2]),
    "moved": (["a", "b", "c"], [0.5, 0.3, 0.2], ["a", "b", "c"], [0.2, 0.3, 0.5]),
    "new": (["a", "b"], [0.5, 0.5], ["a", "b", "new"], [0.5, 0.4, 0.1]),
    "gone": (["a", "b", "c"], [0.5, 0.3, 0.2], ["a"], [1.0]),
    "other": (["a", "b"], [0.5, 0.5], ["x", "y"], [0.5, 0.5]),
}


@pytest.mark.parametrize("case", list(WORDS))
@pytest.mark.parametrize("name", list(CATEGORIES))
@pytest.mark.parametrize("founders", [["a", "b", "c"], ["z"]])
def test_distances_of_categories_are_evidentlys(name: str, case: str, founders: list[str]) -> None:
    """Known, new and vanished categories, with bins of their own or in shared ones."""
    rng = np.random.default_rng(7)
    first, p, second, q = WORDS[case]
    before, now = pd.Series(rng.choice(first, 4_000, p=p)), pd.Series(rng.choice(second, 3_000, p=q))
    both = columns(before, now, founders, Kind.CATEGORICAL)
    with np.errstate(divide="ignore"):
        truth = evidently(name, before, now, "cat")
    answered = distance(name, both)
    assert abs(answered.value - truth) <= answered.error + 1e-9
    assert answered.error <= TOLERANCE


def test_a_distance_near_its_threshold_is_exact() -> None:
    """Where the error could change the decision, the rows decide."""
    rng = np.random.default_rng(8)
    before, now = rng.normal(size=50_000), rng.normal(0.1, 1, 50_000)
    both = columns(before, now, before[:10_000])
    truth = on_all_rows("wasserstein", before, now)
    assert distance("wasserstein", both).error > 0
    near = distance("wasserstein", both, threshold=truth)
    assert (near.error, near.value) == (0.0, pytest.approx(truth, rel=1e-9))
    assert distance("wasserstein", both, threshold=0.5) == distance("wasserstein", both)


def test_rows_are_read_only_where_bins_do_not_do() -> None:
    """A column inside its bins never asks for its values."""

    def never() -> tuple[Array, Array]:
        raise AssertionError("asked for the rows")

    rng = np.random.default_rng(9)
    edges = found_edges(rng.normal(size=10_000))
    both = ColumnPair(sketch(rng.normal(size=9_000), edges), sketch(rng.normal(size=9_000), edges), never)
    assert distance("wasserstein", both).error <= TOLERANCE
    assert both.fitted("wasserstein") is both
