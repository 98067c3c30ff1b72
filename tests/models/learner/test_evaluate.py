"""Metrics and their intervals against scikit-learn, statsmodels, a slow DeLong and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from halflife.models.learner.evaluate import auc, delong, evaluate, row_log_loss
from halflife.models.rows import Array, Rows


def predictions(rows: int, seed: int = 0, *, digits: int = 2) -> tuple[Array, Array]:
    """Calibrated probabilities, rounded so that there are ties, and labels."""
    rng = np.random.default_rng(seed)
    probability = expit(rng.normal(size=rows))
    return np.round(probability, digits), (rng.random(rows) < probability).astype(float)


def delong_slowly(score: Array, label: Array) -> tuple[float, float]:
    """DeLong, DeLong & Clarke-Pearson as printed: the kernel over every pair, O(mn)."""
    x, y = score[label == 1][:, None], score[label == 0][None, :]
    kernel = (x > y) + 0.5 * (x == y)
    v10, v01 = kernel.mean(axis=1), kernel.mean(axis=0)
    return float(kernel.mean()), float(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01))


def test_estimates_equal_sklearn() -> None:
    """The four estimates are scikit-learn's own, ties included."""
    probability, label = predictions(700)
    metrics = evaluate(probability, label)
    assert metrics["auc"].estimate == pytest.approx(roc_auc_score(label, probability))
    assert metrics["log_loss"].estimate == pytest.approx(log_loss(label, probability))
    assert metrics["brier"].estimate == pytest.approx(brier_score_loss(label, probability))
    assert metrics["accuracy"].estimate == pytest.approx(((probability >= 0.5) == label).mean())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=4, max_size=60))
def test_delong_equals_its_definition(pairs: list[tuple[int, bool]]) -> None:
    """Midranks give the variance of the printed formula, whatever the ties."""
    score, label = np.array(pairs, dtype=float).T
    if min(label.sum(), len(label) - label.sum()) < 2:
        return
    assert delong(score, label) == pytest.approx(delong_slowly(score, label), abs=1e-12)


def test_delong_agrees_with_the_bootstrap() -> None:
    """DeLong's standard error is that of 600 resamples of the rows, within 10 %."""
    probability, label = predictions(400)
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 400, (600, 400))
    resampled = np.array([delong(probability[r], label[r])[0] for r in rows])
    assert np.sqrt(delong(probability, label)[1]) == pytest.approx(resampled.std(), rel=0.10)


@pytest.mark.parametrize("metric", ["auc", "log_loss", "brier", "accuracy"])
def test_intervals_cover_nine_times_in_ten(metric: str) -> None:
    """Over 400 samples of 200 rows, the 90 % interval holds the value of the population 86 to 94 % of the time."""
    probability, label = predictions(400 * 200, seed=5, digits=6)
    truth = evaluate(probability, label)[metric].estimate
    parts = zip(np.split(probability, 400), np.split(label, 400), strict=True)
    intervals = [evaluate(p, y)[metric] for p, y in parts]
    assert 0.86 <= np.mean([i.lower <= truth <= i.upper for i in intervals]) <= 0.94


def test_accuracy_interval_is_wilson() -> None:
    """The interval of accuracy equals statsmodels' Wilson interval, at the threshold asked for."""
    probability, label = predictions(90)
    measured = evaluate(probability, label, threshold=0.3)["accuracy"]
    right = int(((probability >= 0.3) == label).sum())
    assert (measured.lower, measured.upper) == pytest.approx(proportion_confint(right, 90, 0.10, method="wilson"))


def test_a_perfect_order_is_not_certain() -> None:
    """An AUC of 1 from twelve pairs keeps a lower bound below 1, and one of 0 an upper bound above 0."""
    score, label = np.arange(24.0), np.repeat([0.0, 1.0], 12)
    assert auc(score, label).lower == pytest.approx(0.05 ** (1 / 12))
    assert auc(-score, label).upper == pytest.approx(1 - 0.05 ** (1 / 12))


@pytest.mark.parametrize(
    ("label", "known"),
    [
        ([], set()),
        ([1.0], {"accuracy"}),
        ([1.0, 1.0], {"log_loss", "brier", "accuracy"}),
        ([1.0, 0.0, 0.0], {"log_loss", "brier", "accuracy"}),
        ([1.0, 1.0, 0.0, 0.0], {"auc", "log_loss", "brier", "accuracy"}),
    ],
)
def test_what_cannot_be_bounded_is_left_out(label: list[float], known: set[str]) -> None:
    """No rows, one row, one label or a single positive drop the metrics they cannot bound, and nothing else."""
    metrics = evaluate(np.linspace(0.2, 0.9, len(label)), np.array(label))
    assert set(metrics) == known
    assert all(np.isfinite([i.lower, i.estimate, i.upper]).all() for i in metrics.values())


def test_a_wrong_certainty_costs_a_finite_loss() -> None:
    """Probability 0 of what happened costs 36 nats, so that one row cannot make a version's loss infinite."""
    assert row_log_loss(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx([36.04, 36.04], abs=0.01)


def test_entities_of_one_row_change_nothing() -> None:
    """Where every row is its own entity, the intervals are those of rows: AUC's within a percent, the others' exactly."""
    p, y = draw_rows(np.random.default_rng(1), 300, 1)[:2]
    plain, own = evaluate(p, y), evaluate(p, y, entities=np.arange(len(y)))
    for name, interval in plain.items():
        exact = name in ("log_loss", "brier")
        width = interval.upper - interval.lower
        assert own[name].upper - own[name].lower == pytest.approx(width, rel=1e-9 if exact else 0.01)
        assert own[name].estimate == pytest.approx(interval.estimate, abs=1e-12)


def test_intervals_of_clustered_rows_cover_only_by_entity() -> None:
    """80 entities of ten rows that share what the model cannot see: 90 % by entity, far less by row, 200 repetitions."""
    truth = evaluate(*draw_rows(np.random.default_rng(0), 300_000, 1)[:2])
    hits = {known: dict.fromkeys(truth, 0) for known in (True, False)}
    rng = np.random.default_rng(5)
    for _ in range(200):
        p, y, who = draw_rows(rng, 80, 10)
        for known, found in hits.items():
            for name, interval in evaluate(p, y, entities=who if known else None).items():
                found[name] += interval.lower <= truth[name].estimate <= interval.upper
    assert all(0.83 <= n / 200 <= 0.97 for n in hits[True].values()), hits
    assert all(n / 200 < 0.78 for n in hits[False].values()), hits


def test_a_perfect_order_of_few_entities_is_less_certain() -> None:
    """100 pairs in order about ten entities a side bound AUC like ten pairs."""
    score, label = np.arange(200.0), np.repeat([0.0, 1.0], 100)
    few = auc(score, label, entities=np.repeat(np.arange(20), 10))
    assert few.lower == pytest.approx(0.05 ** (1 / 10))
    assert few.lower < auc(score, label).lower


def draw_rows(rng: np.random.Generator, entities: int, size: int) -> tuple[Array, Array, Rows]:
    """Probabilities, labels and entities; rows of one entity are alike in the score and in what it leaves out."""
    who = np.repeat(np.arange(entities), size)
    raw = rng.normal(size=entities)[who] + 0.3 * rng.normal(size=len(who))
    label = raw + 1.5 * rng.normal(size=entities)[who] + rng.normal(size=len(who)) > 0
    return expit(raw), label.astype(float), who
