"""Performance before labels come: what the estimates promise, and where they fail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from halflife.models.learner.evaluate import evaluate
from halflife.models.learner.expected_performance import (
    Recalibration,
    assisted,
    expected,
    recalibrate,
)
from halflife.models.rows import Array

TRIALS = 60
FEW_HELD = 46
"""Of 60 intervals at 90 % fewer hold with a chance of 1 in 1,000."""
OVERCONFIDENT = 1.4
METRICS = ("auc", "log_loss", "brier", "accuracy")


def world(rng: np.random.Generator, n: int, *, shift: float = 0.0, turned: float = 1.0) -> tuple[Array, Array]:
    """Probabilities of an overconfident model and labels: rows may come from elsewhere, or mean something else."""
    x = rng.normal(shift, 1.5, n)
    label = (rng.random(n) < expit(turned * x)).astype(float)
    return np.asarray(expit(OVERCONFIDENT * x - 0.2)), label


def held(rng: np.random.Generator, **change: float) -> dict[str, int]:
    """How many intervals, of labels that have not come, hold what is measured when they have."""
    kept = dict.fromkeys(METRICS, 0)
    for _ in range(TRIALS):
        meaning = recalibrate(*world(rng, 600))
        assert meaning is not None
        probability, label = world(rng, 800, **change)
        told = expected(probability, meaning, rng, level=0.9, threshold=0.5)
        truth = evaluate(probability, label)
        for name in METRICS:
            kept[name] += told[name].lower <= truth[name].estimate <= told[name].upper
    return kept


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_estimates_hold_what_is_measured_later_though_rows_have_moved(shift: float) -> None:
    """With and without covariate shift, nine of ten intervals hold the truth, though the model is overconfident."""
    kept = held(np.random.default_rng(7), shift=shift)
    assert all(n >= FEW_HELD for n in kept.values()), kept


def test_estimates_fail_when_the_world_means_something_else() -> None:
    """Under concept drift scores promise what does not come, and nothing in them tells."""
    kept = held(np.random.default_rng(7), turned=0.2)
    assert all(n < TRIALS / 4 for n in kept.values()), kept


def test_labels_that_have_come_correct_scores_that_no_longer_mean_what_they_did() -> None:
    """Prediction-powered estimates cover the truth under concept drift, where the scores alone are wrong."""
    rng = np.random.default_rng(5)
    truth = evaluate(*world(rng, 300_000, turned=0.2))
    kept = dict.fromkeys(METRICS, 0)
    for _ in range(TRIALS):
        meaning = recalibrate(*world(rng, 600))
        assert meaning is not None
        probability, label = world(rng, 900, turned=0.2)
        told = assisted((probability[:200], label[:200]), probability[200:], meaning, level=0.9, threshold=0.5)
        for name in METRICS:
            kept[name] += told[name].lower <= truth[name].estimate <= told[name].upper
    assert all(n >= FEW_HELD for n in kept.values()), kept


def test_scores_that_know_much_make_the_interval_narrower() -> None:
    """Of few labels beside many scores, the log loss is known better than from the labels alone."""
    rng = np.random.default_rng(2)
    meaning = recalibrate(*world(rng, 3_000))
    assert meaning is not None
    probability, label = world(rng, 6_000)
    told = assisted((probability[:200], label[:200]), probability[200:], meaning, level=0.9, threshold=0.5)
    alone = evaluate(probability[:200], label[:200])
    for name in METRICS:
        assert told[name].upper - told[name].lower < alone[name].upper - alone[name].lower


def test_scores_that_know_nothing_are_not_listened_to() -> None:
    """What is expected of each row alike tells nothing: the estimate is that of the labels alone."""
    rng = np.random.default_rng(3)
    probability, label = world(rng, 400)
    blank = Recalibration(np.array([0.0, 0.0]), np.zeros((2, 2)))
    told = assisted((probability, label), np.full(500, 0.5), blank, level=0.9, threshold=0.5)
    assert told["brier"].estimate == pytest.approx(evaluate(probability, label)["brier"].estimate)
    assert told["accuracy"].estimate == pytest.approx(evaluate(probability, label)["accuracy"].estimate)


def test_too_few_labels_or_one_score_give_no_meaning() -> None:
    """Fewer than 100 labels, fewer than 10 of either, or scores all alike cannot be calibrated."""
    rng = np.random.default_rng(0)
    probability, label = world(rng, 500)
    assert recalibrate(probability[:99], label[:99]) is None
    assert recalibrate(probability, np.arange(500) < 9) is None
    assert recalibrate(np.full(500, 0.3), label) is None


def test_recalibration_is_the_logistic_regression_of_statsmodels() -> None:
    """Coefficients and their robust covariance, by row and by entity, are those of statsmodels."""
    from statsmodels import api

    rng = np.random.default_rng(4)
    probability, label = world(rng, 1_000)
    entity = np.arange(1_000) // 4
    design = api.add_constant(logit(probability))
    for entities, kind in ((None, {"cov_type": "HC0"}), (entity, {"cov_type": "cluster"})):
        if entities is not None:
            kind["cov_kwds"] = {"groups": entity, "use_correction": False}  # type: ignore[assignment]
        fitted = api.Logit(label, design).fit(disp=0, **kind)
        ours = recalibrate(probability, label, entities)
        assert ours is not None
        np.testing.assert_allclose(ours.coefficients, fitted.params, atol=2e-4)
        np.testing.assert_allclose(ours.covariance, fitted.cov_params(), rtol=2e-2)


@settings(deadline=None, max_examples=40)
@given(st.integers(60, 300), st.integers(0, 2**32 - 1))
def test_where_scores_say_nothing_the_area_and_its_interval_are_delongs(n: int, seed: int) -> None:
    """Ties and all, influence values give the AUC and, to a twentieth, the interval that placements give."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n).round(1)
    label = (rng.random(n) < 0.5).astype(float)
    blank = Recalibration(np.array([0.3, 0.0]), np.zeros((2, 2)))
    told = assisted((np.asarray(expit(score)), label), rng.random(50), blank, level=0.9, threshold=0.5)["auc"]
    alone = evaluate(np.asarray(expit(score)), label)["auc"]
    assert told.estimate == pytest.approx(alone.estimate)
    assert told.upper - told.lower == pytest.approx(alone.upper - alone.lower, rel=0.05)


def test_the_area_of_soft_labels_is_that_of_every_pair() -> None:
    """Expected AUC counts each pair by the chance that the first is positive and the second negative; ties half."""
    rng = np.random.default_rng(6)
    score = rng.normal(size=60).round(1)
    means = np.asarray(expit(score))
    wins = weights = 0.0
    for i in range(60):
        for j in range(60):
            if i != j:
                weight = means[i] * (1 - means[j])
                wins += weight * ((score[i] > score[j]) + 0.5 * (score[i] == score[j]))
                weights += weight
    sure = Recalibration(np.array([0.0, 1.0]), np.zeros((2, 2)))
    told = expected(means, sure, rng, level=0.9, threshold=0.5)
    assert told["auc"].estimate == pytest.approx(wins / weights)
