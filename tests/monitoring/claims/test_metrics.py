"""Metrics and rates against scikit-learn, statsmodels and SciPy, their intervals too."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, precision_score, recall_score, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from halflife.models.domain import Interval, Scope, Status
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.closed_forms import root_of_squares
from halflife.monitoring.claims.statistics.gap import CHOICES
from halflife.monitoring.claims.statistics.metrics import METRICS
from halflife.monitoring.claims.syntax.segment import Segment

BOTH = "a=\"sex = 'F'\", b=\"sex = 'M'\""
REFERENCE: dict[str, Callable[[Array, Array], float]] = {
    "accuracy": lambda y, p: float(accuracy_score(y, p >= 0.5)),
    "auc": lambda y, p: float(roc_auc_score(y, p)),
    "base_rate": lambda y, p: float(y.mean()),
    "brier": lambda y, p: float(brier_score_loss(y, p)),
    "fpr": lambda y, p: float(1 - recall_score(y, p >= 0.5, pos_label=0)),
    "log_loss": log_loss,
    "positive_rate": lambda y, p: float(np.mean(p >= 0.5)),
    "precision": lambda y, p: float(precision_score(y, p >= 0.5)),
    "tpr": lambda y, p: float(recall_score(y, p >= 0.5)),
}
COUNTS: dict[str, Callable[[Array, Array], tuple[int, int]]] = {
    "accuracy": lambda y, d: (int((d == y).sum()), len(y)),
    "base_rate": lambda y, d: (int(y.sum()), len(y)),
    "fpr": lambda y, d: (int((d[y == 0] == 1).sum()), int((y == 0).sum())),
    "positive_rate": lambda y, d: (int(d.sum()), len(y)),
    "precision": lambda y, d: (int((y[d == 1] == 1).sum()), int((d == 1).sum())),
    "tpr": lambda y, d: (int((d[y == 1] == 1).sum()), int((y == 1).sum())),
}
NAMED = sorted(set(METRICS) & set(STATISTICS))


def interval(sweep: ModelPass, text: str) -> Interval:
    """Estimate and 90 % interval of a claim about all of the evidence."""
    (answer,) = measure(sweep, [Question(parse(text), Scope.POPULATION, "evidence")], replicates=300)
    assert answer.interval is not None, answer.reason
    return answer.interval


def test_every_metric_but_one_is_a_statistic_of_its_own() -> None:
    """The table of metrics is one; only the share decided 1 is asked about through gaps alone."""
    assert set(METRICS) - set(NAMED) == {"positive_rate"}
    assert set(REFERENCE) == set(CHOICES)


@pytest.mark.parametrize("metric", NAMED)
def test_a_metric_is_scikit_learns(metric: str, sweep: ModelPass) -> None:
    """On all rows and on those of a predicate."""
    y, p, women = sweep.evidence.label, sweep.probability, sweep.evidence.mask(Segment(("sex = 'F'",)))
    assert interval(sweep, f"{metric}() > 0").estimate == pytest.approx(REFERENCE[metric](y, p), abs=1e-12)
    found = interval(sweep, f"{metric}(where=\"sex = 'F'\") > 0")
    assert found.estimate == pytest.approx(REFERENCE[metric](y[women], p[women]), abs=1e-12)


@pytest.mark.parametrize("metric", CHOICES)
def test_a_gap_is_the_difference_of_the_metric(metric: str, sweep: ModelPass) -> None:
    """Each metric on women minus on men, AUC too."""
    y, p, women = sweep.evidence.label, sweep.probability, sweep.evidence.mask(Segment(("sex = 'F'",)))
    expected = REFERENCE[metric](y[women], p[women]) - REFERENCE[metric](y[~women], p[~women])
    assert interval(sweep, f'gap("{metric}", {BOTH}) > 0').estimate == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("metric", sorted(set(COUNTS) & set(NAMED)))
def test_a_rate_has_wilsons_interval(metric: str, sweep: ModelPass) -> None:
    """As statsmodels computes it from the counts."""
    events, trials = COUNTS[metric](sweep.evidence.label, sweep.decision.astype(float))
    found = interval(sweep, f"{metric}() > 0")
    expected = proportion_confint(events, trials, alpha=0.10, method="wilson")
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("metric", COUNTS)
def test_a_gap_of_rates_has_newcombes_interval(metric: str, sweep: ModelPass) -> None:
    """As statsmodels computes it from the counts of both sides."""
    y, d, women = sweep.evidence.label, sweep.decision.astype(float), sweep.evidence.mask(Segment(("sex = 'F'",)))
    counts = (*COUNTS[metric](y[women], d[women]), *COUNTS[metric](y[~women], d[~women]))
    found = interval(sweep, f'gap("{metric}", {BOTH}) > 0')
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=0.10)
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-9)


def test_the_error_of_a_gap_of_auc_is_that_of_two_rankings(sweep: ModelPass) -> None:
    """Each side has DeLong's variance, computed here pair by pair; the sides are independent."""
    women, variance = sweep.evidence.mask(Segment(("sex = 'F'",))), 0.0
    for side in (women, ~women):
        y, score = sweep.evidence.label[side], sweep.margin[side]
        wins = np.sign(score[y == 1][:, None] - score[y == 0][None, :]) / 2 + 0.5
        variance += wins.mean(axis=1).var(ddof=1) / wins.shape[0] + wins.mean(axis=0).var(ddof=1) / wins.shape[1]
    found = interval(sweep, f'gap("auc", {BOTH}) > 0')
    half = (found.upper - found.lower) / 2
    assert half == pytest.approx(float(stats.norm.ppf(0.95)) * np.sqrt(variance), rel=0.12)


def welch(one: Array, two: Array) -> tuple[float, float]:
    """SciPy's interval of a difference of means of unequal variance, moved by Hall's correction for its skewness."""
    test = stats.ttest_ind(one, two, equal_var=False)
    bounds = test.confidence_interval(0.90)
    error = (one.mean() - two.mean()) / test.statistic
    third = sum(sign * stats.moment(side, 3) / len(side) ** 2 for sign, side in ((1, one), (-1, two)))
    shift = error * (third / error**3) * (1 + 2 * stats.norm.ppf(0.95) ** 2) / 6
    return float(bounds.low + shift), float(bounds.high + shift)


def test_slice_loss_is_welchs_comparison(sweep: ModelPass) -> None:
    """Difference of mean losses; its interval is that of SciPy's t-test with unequal variances, moved by the skewness."""
    y, p, women = sweep.evidence.label, sweep.probability, sweep.evidence.mask(Segment(("sex = 'F'",)))
    losses = -np.log(np.where(y == 1, p, 1 - p))
    found = interval(sweep, "slice_loss(\"sex = 'F'\") > 0")
    assert found.estimate == pytest.approx(losses[women].mean() - losses[~women].mean(), abs=1e-12)
    assert (found.lower, found.upper) == pytest.approx(welch(losses[women], losses[~women]), abs=1e-9)


def test_amplification_is_the_models_gap_beyond_the_labels(sweep: ModelPass) -> None:
    """The gap of the positive rate minus the gap of the base rate; its interval is that of decision minus label."""
    y, d, women = sweep.evidence.label, sweep.decision.astype(float), sweep.evidence.mask(Segment(("sex = 'F'",)))
    found = interval(sweep, "amplification(\"sex = 'F'\") > 0")
    expected = (d[women].mean() - d[~women].mean()) - (y[women].mean() - y[~women].mean())
    assert found.estimate == pytest.approx(expected, abs=1e-12)
    assert (found.lower, found.upper) == pytest.approx(welch((d - y)[women], (d - y)[~women]), abs=1e-9)


def test_the_rest_of_a_slice_is_everything_else(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Rows for which the predicate is unknown are not in the slice, and so in the rest."""
    sweep = ModelPass(model, Evidence({"evidence": rows(400, seed=1)}))
    y, p, cooks = sweep.evidence.label, sweep.probability, (sweep.evidence.frame["job"] == "cook").to_numpy()
    losses = -np.log(np.where(y == 1, p, 1 - p))
    found = interval(sweep, "slice_loss(\"job = 'cook'\") > 0")
    assert sweep.evidence.frame["job"].isna().any()
    assert found.estimate == pytest.approx(losses[cooks].mean() - losses[~cooks].mean(), abs=1e-12)


def test_a_slice_of_everything_has_no_rest(sweep: ModelPass) -> None:
    """Too few rows outside are as untestable as too few inside, and are told apart."""
    texts = ('slice_loss("duration < 99 OR duration IS NULL") > 0', 'slice_loss("duration > 99") > 0')
    asked = [Question(parse(text), Scope.POPULATION, "evidence") for text in texts]
    reasons = [answer.reason for answer in measure(sweep, asked, replicates=50)]
    assert reasons == [
        "0 labelled rows but those where duration < 99 OR duration IS NULL; at least 30 are needed",
        "0 labelled rows where duration > 99; at least 30 are needed",
    ]


def test_representation_counts_rows_without_labels_too(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """A share of all rows, with Wilson's interval."""
    frame = rows(200, seed=5)
    frame.loc[:99, "_label"] = np.nan
    sweep = ModelPass(model, Evidence({"evidence": frame}))
    found = interval(sweep, "representation(\"sex = 'F'\") > 0")
    women = int((frame["sex"] == "F").sum())
    assert found.estimate == women / 200
    expected = proportion_confint(women, 200, alpha=0.10, method="wilson")
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-12)


def test_calibration_error_is_the_debiased_root(sweep: ModelPass) -> None:
    """Bin by bin with pandas: squared gaps weighted by rows, less what the variance of each mean adds."""
    wrong = sweep.evidence.frame.assign(_label=1 - sweep.evidence.label)
    y, p = wrong["_label"], pd.Series(sweep.probability)
    bins = (y - p).groupby(pd.qcut(p, 10, labels=False).to_numpy())
    squared = sum(len(r) / 400 * (r.mean() ** 2 - r.var(ddof=1) / len(r)) for _, r in bins)
    found = interval(ModelPass(sweep.model, Evidence({"evidence": wrong})), "calibration_error() < 1")
    assert found.estimate == pytest.approx(np.sqrt(squared), abs=1e-9)


def test_a_calibrated_model_has_no_calibration_error(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Labels drawn from the model's own probabilities: plain ECE says 5 points, the interval begins at 0 as it should."""
    frame, rng = rows(400, seed=1), np.random.default_rng(3)
    p = ModelPass(model, Evidence({"evidence": frame})).probability
    found, plain = [], []
    for _ in range(40):
        drawn = (rng.random(400) < p).astype(float)
        sweep = ModelPass(model, Evidence({"evidence": frame.assign(_label=drawn)}))
        found.append(interval(sweep, "calibration_error() < 1"))
        plain.append(pd.Series(drawn - p).groupby(pd.qcut(p, 10, labels=False)).mean().abs().mean())
    assert sum(seen.lower > 0 for seen in found) <= 5
    assert np.median([seen.estimate for seen in found]) < 0.03 < 0.045 < np.mean(plain)


def test_the_interval_of_a_root_of_squares_inverts_its_distribution() -> None:
    """At either bound the sum that was seen has the tail probability that is meant, by SciPy's non-central χ²."""
    found, noise, spread = 0.02, 0.004, 2 * 0.004**2 / 10
    lower, upper = root_of_squares(*(np.array(v) for v in (found, noise, spread)), 0.05)
    scale = spread / (2 * noise)
    for bound, tail in ((lower, 0.95), (upper, 0.05)):
        assert stats.ncx2.cdf(found / scale, noise / scale, bound**2 / scale) == pytest.approx(tail, abs=1e-6)


def test_a_rate_without_events_still_has_an_error(linear: Model) -> None:
    """No false positive among 60 is not an FPR gap of exactly zero: each side keeps the width of Wilson."""
    rows = pd.DataFrame({"_id": np.arange(120).astype(str), "_tick": 0, "_label": 0.0, "x": -1.0})
    rows["z"] = np.repeat([-1.0, 1.0], 60) / 2
    sweep = ModelPass(linear, Evidence({"evidence": rows}))
    question = Question(parse('gap("fpr", a="z > 0", b="z < 0") < 0.01'), Scope.POPULATION, "evidence")
    (answer,) = measure(sweep, [question])
    assert answer.interval is not None
    assert answer.interval.upper == pytest.approx(proportion_confint(0, 60, alpha=0.10, method="wilson")[1])
    assert answer.status is Status.UNCLEAR
