from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from halflife.models.rows import Array, Kind
from halflife.monitoring.drift.sketches.column import sketch
from halflife.monitoring.drift.sketches.distances import ColumnPair, distance
from halflife.monitoring.drift.sketches.floor import noise_floor
from halflife.monitoring.drift.sketches.layout import found_column

DRAWS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy": lambda rng, n: rng.standard_t(2.5, n),
    "skewed": lambda rng, n: rng.lognormal(0, 2, n),
    "two values": lambda rng, n: (rng.random(n) < 0.05).astype(float),
    "integers": lambda rng, n: rng.poisson(3, n).astype(float),
    "categories": lambda rng, n: rng.integers(0, 40, n).astype(str),
}


@pytest.mark.parametrize("draw", list(DRAWS))
@pytest.mark.parametrize(("n", "m"), [(1_000, 1_000), (6_000, 1_500)])
def test_noise_floor_is_passed_as_often_as_promised(draw: str, n: int, m: int) -> None:
    """Two samples of one distribution pass the floor they set for one column in about 1 % of trials: 1 to 15 in 600."""
    rng = np.random.default_rng(5)
    kind = Kind.CATEGORICAL if draw == "categories" else Kind.NUMERIC
    name = "jensenshannon" if kind is Kind.CATEGORICAL else "wasserstein"
    wrap = pd.Series if kind is Kind.CATEGORICAL else np.asarray
    bins = found_column(pd.Series(DRAWS[draw](rng, 10_000)), kind)
    passed = 0
    for _ in range(600):
        values = wrap(DRAWS[draw](rng, n)), wrap(DRAWS[draw](rng, m))
        both = ColumnPair(sketch(values[0], bins), sketch(values[1], bins), lambda values=values: values)  # type: ignore[misc] # bound at once
        passed += distance(name, both).value > noise_floor(both.reference, both.current, 1, rng)
    assert 1 <= passed <= 15


def test_more_columns_and_fewer_rows_raise_the_floor() -> None:
    """All columns of a watch share one chance in a hundred, and chance shrinks with the root of the rows."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=40_000)
    bins = found_column(pd.Series(values), Kind.NUMERIC)
    few, many = sketch(values[:1_000], bins), sketch(values, bins)
    assert noise_floor(few, few, 30, rng) > noise_floor(few, few, 1, rng)
    assert noise_floor(few, few, 1, rng) == pytest.approx(noise_floor(many, many, 1, rng) * 40**0.5, rel=0.1)


def test_a_constant_has_no_noise() -> None:
    """Nothing can differ by chance where all values are one."""
    values = np.full(1_000, 3.0)
    kept = sketch(values, found_column(pd.Series(values), Kind.NUMERIC))
    assert noise_floor(kept, kept, 1, np.random.default_rng(0)) == 0.0
