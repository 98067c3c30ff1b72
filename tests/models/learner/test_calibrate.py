"""Calibration maps against scikit-learn, statsmodels and the truth they should recover."""

import json

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from halflife.models.errors import ConfigError
from halflife.models.learner.calibrate import CALIBRATIONS, Isotonic, Temperature, Uncalibrated, calibrate, restore
from halflife.models.rows import Array


def overconfident(rows: int, *, stretch: float = 2.5, seed: int = 3) -> tuple[Array, Array]:
    """Raw scores ``stretch`` times too far from the base rate's log-odds, and labels."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=rows)
    return stretch * true, (rng.random(rows) < expit(true)).astype(float)


def slope(probability: Array, label: Array) -> float:
    """Calibration slope by statsmodels' logistic regression of the label on the predicted log-odds."""
    return float(sm.GLM(label, sm.add_constant(logit(probability)), family=sm.families.Binomial()).fit().params[1])


@pytest.mark.parametrize(("name", "tolerance"), [("temperature", 0.04), ("isotonic", 0.10)])
def test_slope_is_one_after_calibration(name: str, tolerance: float) -> None:
    """Scores stretched 2.5 times have slope 0.4 on fresh rows before, and about 1 after; isotonic's ends overfit."""
    calibration = calibrate(name, *overconfident(8_000))
    raw, label = overconfident(20_000, seed=4)
    assert slope(expit(raw), label) == pytest.approx(0.4, abs=0.03)
    assert slope(calibration(raw), label) == pytest.approx(1.0, abs=tolerance)


def test_temperature_equals_statsmodels() -> None:
    """The fitted scale is that of a logistic regression without intercept, with the centre as its offset."""
    raw, label = overconfident(3_000)
    fitted = Temperature.fit(raw, label)
    centre = logit(label.mean())
    reference = sm.GLM(
        label, (raw - centre)[:, None], offset=np.full(len(raw), centre), family=sm.families.Binomial()
    ).fit()
    assert fitted.scale == pytest.approx(float(reference.params[0]), rel=1e-4)


def test_humbler_scores_keep_the_base_rate() -> None:
    """Shrinking pure-noise scores about a 5 % base rate leaves the mean prediction at 5 %, not on its way to 50 %."""
    rng = np.random.default_rng(0)
    raw, label = logit(0.05) + rng.normal(0, 2, 4_000), (rng.random(4_000) < 0.05).astype(float)
    calibration = calibrate("temperature", raw, label)
    assert calibration(raw).mean() == pytest.approx(label.mean(), abs=0.005)


def test_separable_rows_give_a_finite_scale() -> None:
    """Rows any threshold separates would send the scale to infinity; it stops at its bound and stays usable."""
    raw = np.linspace(-3, 3, 200)
    calibration = Temperature.fit(raw, (raw > 0).astype(float))
    assert calibration.scale <= 50.0
    assert np.isfinite(calibration(raw)).all()


def test_isotonic_equals_sklearn() -> None:
    """Stored knots applied by interpolation give scikit-learn's own predictions, but for the margin from 0 and 1."""
    raw, label = overconfident(1_200)
    calibration = Isotonic.fit(raw, label)
    fresh, _ = overconfident(500, seed=9)
    reference = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, label).predict(fresh)
    np.testing.assert_allclose(calibration(fresh), np.clip(reference, 1 / 1_202, 1 - 1 / 1_202), atol=1e-12)


@pytest.mark.parametrize("name", sorted(CALIBRATIONS))
def test_json_round_trip_changes_nothing(name: str) -> None:
    """Every calibration comes back from JSON as an equal value."""
    calibration = calibrate(name, *overconfident(1_000))
    assert calibration.name == name
    assert restore(json.loads(json.dumps(calibration.to_dict()))) == calibration


@pytest.mark.parametrize("name", sorted(CALIBRATIONS))
@settings(max_examples=30, deadline=None)
@given(raw=st.lists(st.floats(-40, 40), min_size=2, max_size=30))
def test_order_is_never_reversed(name: str, raw: list[float]) -> None:
    """A higher raw score never gets a lower probability, and every probability lies in [0, 1]."""
    calibration = calibrate(name, *overconfident(600))
    probability = calibration(np.sort(raw))
    assert (np.diff(probability) >= 0).all()
    assert ((probability >= 0) & (probability <= 1)).all()


@pytest.mark.parametrize(("rows", "positive"), [(0, 0), (1, 1), (49, 20), (400, 0), (400, 400)])
@pytest.mark.parametrize("name", ["temperature", "isotonic"])
def test_too_few_rows_leave_scores_alone_and_say_so(name: str, rows: int, positive: int) -> None:
    """Without enough rows or without both labels nothing is fitted, and the map carries the reason."""
    label = np.repeat([1.0, 0.0], [positive, rows - positive])
    calibration = calibrate(name, np.zeros(rows), label)
    assert isinstance(calibration, Uncalibrated)
    assert f"there are {rows}, {positive} of them positive" in calibration.reason


def test_unknown_calibration_lists_the_known() -> None:
    """A misspelt calibration is a configuration error that names the key, the value and the choices."""
    with pytest.raises(ConfigError) as caught:
        calibrate("platt", np.zeros(2), np.array([0.0, 1.0]))
    assert str(caught.value) == (
        "recipe.calibration: 'platt' is not a calibration; this build knows isotonic, none, temperature"
    )


@pytest.mark.parametrize("name", sorted(CALIBRATIONS))
def test_a_weight_counts_as_repeated_rows(name: str) -> None:
    """Every map fitted with weights 0 to 3 is the map of the rows repeated so often, a margin of n included."""
    raw, label = overconfident(800)
    weights = np.random.default_rng(5).integers(0, 4, 800)
    weighted = calibrate(name, raw, label, weights.astype(float))
    repeated = calibrate(name, np.repeat(raw, weights), np.repeat(label, weights))
    at = np.linspace(-4, 4, 50)
    np.testing.assert_allclose(weighted(at), repeated(at), atol=1e-6)
    if name != "none":
        assert np.abs(weighted(at) - calibrate(name, raw, label)(at)).max() > 1e-3


def test_weights_are_counted_before_a_map_is_fitted() -> None:
    """Rows of weight 0 are not there, and the others count as often as they weigh."""
    raw, label = overconfident(60)
    few, many = np.where(np.arange(60) < 30, 1.0, 0.0), np.where(np.arange(60) < 30, 2.0, 0.0)
    assert isinstance(calibrate("temperature", raw, label, few), Uncalibrated)
    assert isinstance(calibrate("temperature", raw, label, many), Temperature)
