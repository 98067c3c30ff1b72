"""Names as MLflow takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.utils.validation import _validate_metric_name

from halflife.monitoring.adapters.mlflow_names import KEPT, metric_key, metric_name

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES)
def test_any_name_is_taken_and_read_back(name: str) -> None:
    """MLflow's own check takes the key, and it leads back to the name."""
    key = metric_key(f"drift.{name}")
    _validate_metric_name(key)
    if len(key) <= KEPT:
        assert metric_name(key) == f"drift.{name}"


@given(NAMES, NAMES)
def test_no_two_names_have_one_key(one: str, other: str) -> None:
    """Also names that look like escapes."""
    assert (metric_key(one) == metric_key(other)) == (one == other)


@pytest.mark.parametrize("name", ["drift.age", "half_life.top_reason", "drift.nr.employed", "drift.größe der Wohnung"])
def test_names_that_mlflow_takes_stay(name: str) -> None:
    """Metrics of homes from before keep their names."""
    assert metric_key(name) == name


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    """300 letters that differ in the last one are two metrics."""
    keys = {metric_key(f"drift.{'a' * 300}{end}") for end in "xy"}
    assert len(keys) == 2
    for key in keys:
        _validate_metric_name(key)
        assert len(key) <= 250
