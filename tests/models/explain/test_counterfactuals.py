"""Changes that flip a decision, what they cost, and that none of them can be left out."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.explain.action_set import MISSING_COST, action_set, scale
from halflife.models.explain.counterfactuals import FeatureChange, Flip, changed, counterfactuals, validity
from halflife.models.explain.decision_paths import thresholds
from halflife.models.learner.calibrate import Isotonic
from halflife.models.learner.model import Model
from halflife.models.rows import Kind

Grow = Callable[..., tuple[Model, pd.DataFrame]]


def decides(model: Model, frame: pd.DataFrame) -> bool:
    """What the model decides of a one-row frame, through the frame's own values."""
    return bool(model.probability(frame)[0] >= model.threshold)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), at=st.integers(0, 399), steps=st.booleans(), threshold=st.floats(0.2, 0.8))
def test_every_counterfactual_flips_and_needs_each_of_its_changes(
    grow: Grow, seed: int, at: int, steps: bool, threshold: float
) -> None:
    """The changed row is decided otherwise; with any proper subset of the changes it is not. So too where the
    calibration is flat for long stretches, and wherever the threshold lies.
    """
    grown, frame = grow(seed)
    flat = Isotonic(raw=(-1.0, -0.9, 0.4, 0.5), probability=(0.1, 0.45, 0.45, 0.9), margin=0.01)
    model = replace(grown, calibration=flat if steps else grown.calibration, threshold=threshold)
    case = frame.iloc[[at]]
    before = decides(model, case)
    for flip in counterfactuals(model, model.matrix(case)[0], frame, most=6, threads=1):
        assert 1 <= len(flip.changes) <= 3
        assert decides(model, changed(case, flip)) != before
        for size in range(1, len(flip.changes)):
            for part in combinations(flip.changes, size):
                assert decides(model, changed(case, Flip(part, 0.0))) == before


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), at=st.integers(0, 399))
def test_a_single_change_is_the_cheapest_there_is(grow: Grow, seed: int, at: int) -> None:
    """No training value of the feature that flips alone costs less than the one proposed."""
    model, frame = grow(seed, missing=0.0)
    case = frame.iloc[[at]]
    row = model.matrix(case)[0]
    found = {
        f.changes[0].feature: f for f in counterfactuals(model, row, frame, most=9, threads=1) if len(f.changes) == 1
    }
    for name in ("duration", "rate"):
        values = np.unique(frame[name].to_numpy())
        tried = pd.concat([case] * len(values), ignore_index=True).assign(**{name: values})
        flips = (model.probability(tried) >= model.threshold) != decides(model, case)
        costs = np.abs(values - row[model.schema.names.index(name)])[flips] / scale(frame[name].to_numpy())
        if name in found:
            assert found[name].cost == pytest.approx(costs.min())
            assert found[name].changes[0].after in values


def test_counterfactuals_come_in_order_of_cost_and_add_nothing_to_a_cheaper_one(grow: Grow) -> None:
    """The cheapest first; no set of features includes that of a cheaper counterfactual."""
    model, frame = grow(7)
    found = counterfactuals(model, model.matrix(frame)[3], frame, most=6, threads=1)
    assert len(found) >= 2
    assert [f.cost for f in found] == sorted(f.cost for f in found)
    assert not any(later.features >= first.features for first, later in combinations(found, 2))
    assert counterfactuals(model, model.matrix(frame)[3], frame, most=6, threads=1) == found


def test_immutable_features_are_left_alone(grow: Grow) -> None:
    """What cannot be changed is in no counterfactual; with nothing left to change there is none."""
    model, frame = grow(8)
    row = model.matrix(frame)[0]
    names = {name for f in counterfactuals(model, row, frame, threads=1) for name in f.features}
    assert names
    for flip in counterfactuals(model, row, frame, immutable=names, threads=1):
        assert not flip.features & names
    assert counterfactuals(model, row, frame, immutable=model.schema.names, threads=1) == []


def test_moves_cover_every_stretch_with_a_training_value(grow: Grow) -> None:
    """Every stretch between thresholds that holds training rows is offered once, but for the case's own; categories all,
    at the same cost.
    """
    model, frame = grow(9)
    row = model.matrix(frame.dropna())[0]
    offered = action_set(model, row, frame)
    for j, column in enumerate(model.schema.columns):
        codes = offered.code[offered.feature == j]
        if column.name == "flat":
            assert not codes.size
        elif column.kind is Kind.NUMERIC:
            values = frame[column.name].dropna().to_numpy()
            stretches = set(np.searchsorted(thresholds(model)[j], values)) - {
                np.searchsorted(thresholds(model)[j], row[j])
            }
            assert sorted(np.searchsorted(thresholds(model)[j], codes)) == sorted(stretches)
            assert set(codes) <= set(values)
        else:
            assert sorted(codes) == [k for k in range(len(model.categories[column.name])) if k != row[j]]
            assert set(offered.cost[offered.feature == j]) == {1.0}


def test_a_missing_number_costs_its_arrival_and_its_way_from_the_median(grow: Grow) -> None:
    """Nothing is known of where the case stands, so distances are counted from the middle of the training rows."""
    model, frame = grow(10)
    row = model.matrix(frame)[0].copy()
    row[1] = np.nan
    offered = action_set(model, row, frame)
    codes, costs = offered.code[offered.feature == 1], offered.cost[offered.feature == 1]
    values = frame["rate"].dropna().to_numpy()
    expected = MISSING_COST + np.abs(codes - np.median(values)) / scale(values)
    np.testing.assert_allclose(costs, expected)


def test_the_scale_survives_outliers_and_heavy_ties() -> None:
    """The MAD ignores the far tenth; where half the rows are equal the quartiles serve, then the plain deviation."""
    normal = np.random.default_rng(0).normal(0.0, 3.0, 20_000)
    assert scale(normal) == pytest.approx(3.0, rel=0.03)
    assert scale(np.concatenate([normal, np.full(500, 1e6)])) == pytest.approx(3.0, rel=0.06)
    assert scale(np.array([0.0] * 6 + [1.0] * 4)) == pytest.approx(1 / 1.349)
    assert scale(np.array([999.0] * 99 + [0.0])) == pytest.approx(np.array([999.0] * 99 + [0.0]).std())
    assert scale(np.full(4, 2.0)) == 0.0
    assert scale(np.empty(0)) == 0.0


def test_validity_is_the_share_of_control_models_that_agree(grow: Grow) -> None:
    """Each control model is asked for the wanted decision on the changed row; without any there is nothing to say."""
    model, frame = grow(12)
    case = frame.iloc[[4]]
    flip, *_ = counterfactuals(model, model.matrix(case)[0], frame, threads=1)
    wanted = not decides(model, case)
    controls = [model, *(grow(seed)[0] for seed in range(20, 26))]
    agree = [decides(control, changed(case, flip)) == wanted for control in controls]
    assert validity(case, flip, wanted, controls) == sum(agree) / 7
    assert validity(case, flip, wanted, []) is None
    assert validity(case, Flip((FeatureChange("job", "spy", "unheard of"),), 1.0), wanted, [model]) in (0.0, 1.0)
