"""Every statistic: a contract they all keep, and golden values from independent libraries."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from halflife.models.domain import Scope, Status
from halflife.models.errors import EvidenceTooSmall
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID
from halflife.monitoring.claims import statistics
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.manual import explained, statistics_table
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.metrics import METRICS, Metric
from halflife.monitoring.claims.statistics.recalibration import fit
from halflife.monitoring.claims.syntax.segment import Segment

SHARED = {
    "base",
    "closed_forms",
    "contrast",
    "metrics",
    "outcomes",
    "placements",
    "recalibration",
    "registry",
    "rounding",
}
"""Files of the folder that are no statistic's own."""
BOTH = "a=\"sex = 'F'\", b=\"sex = 'M'\""


def estimate(sweep: ModelPass, text: str) -> float:
    """θ of a claim on all of the evidence."""
    (answer,) = measure(sweep, [Question(parse(text), Scope.ARTIFACT, "evidence")])
    assert answer.interval is not None, answer.reason
    return answer.interval.estimate


def test_the_table_and_the_folder_agree() -> None:
    """A statistic is a row of the metrics or has a file named for it; every other file is known to be shared by some."""
    files = {path.stem for path in Path(str(statistics.__file__)).parent.glob("*.py")} - {"__init__", *SHARED}
    metrics = {metric.name for metric in METRICS.values() if metric.alone}
    assert list(STATISTICS) == sorted(files | metrics)
    assert not files & set(METRICS)
    assert {name for name, s in STATISTICS.items() if isinstance(s, Metric)} == metrics
    assert all(type(STATISTICS[name]).__module__.endswith(f".{name}") for name in files)


def measure_error(sweep: ModelPass, text: str) -> float:
    """The standard error of a statistic, from the width of its interval."""
    (answer,) = measure(sweep, [Question(parse(text), Scope.POPULATION, "evidence")])
    assert answer.interval is not None
    return (answer.interval.upper - answer.interval.lower) / 2 / float(norm.ppf(0.95))


def test_auc_is_scikit_learns(sweep: ModelPass) -> None:
    """The same to the last digits, with and without a predicate."""
    y, p = sweep.evidence.label, sweep.probability
    assert estimate(sweep, "auc() > 0") == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    women = sweep.evidence.mask(Segment(("sex = 'F'",)))
    assert estimate(sweep, "auc(where=\"sex = 'F'\") > 0") == pytest.approx(
        roc_auc_score(y[women], p[women]), abs=1e-12
    )


def test_auc_counts_ties_as_half(linear: Model) -> None:
    """A score of three values gives the AUC of the trapezoids, and a constant one gives ½."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame(
        {"_id": np.arange(200).astype(str), "_tick": 0, "_label": rng.integers(0, 2, 200).astype(float)}
    )
    rows["x"], rows["z"] = rng.integers(0, 3, 200).astype(float) + rows["_label"], 0.0
    sweep = ModelPass(linear, Evidence({"evidence": rows}))
    assert estimate(sweep, "auc() > 0") == pytest.approx(roc_auc_score(rows["_label"], rows["x"]), abs=1e-12)
    flat = ModelPass(linear, Evidence({"evidence": rows.assign(x=1.0)}))
    assert estimate(flat, "auc() > 0") == 0.5


def test_the_error_of_auc_is_delongs(sweep: ModelPass) -> None:
    """The bootstrap's standard error agrees with DeLong's formula, computed here pair by pair."""
    y, score = sweep.evidence.label, sweep.margin
    wins = np.sign(score[y == 1][:, None] - score[y == 0][None, :]) / 2 + 0.5
    m, n = wins.shape
    delong = np.sqrt(wins.mean(axis=1).var(ddof=1) / m + wins.mean(axis=0).var(ddof=1) / n)
    assert measure_error(sweep, "auc() > 0") == pytest.approx(delong, rel=0.08)


def test_recalibration_is_statsmodels(sweep: ModelPass) -> None:
    """The maximum likelihood slope and intercept of the label on the model's log-odds, and their standard errors."""
    reference = sm.Logit(sweep.evidence.label, sm.add_constant(logit(sweep.probability))).fit(disp=False)
    assert estimate(sweep, "calibration_slope() > 0") == pytest.approx(reference.params[1], abs=1e-6)
    assert measure_error(sweep, "calibration_slope() > 0") == pytest.approx(reference.bse[1], rel=0.15)
    assert estimate(sweep, "calibration_intercept() > 0") == pytest.approx(reference.params[0], abs=1e-6)
    assert measure_error(sweep, "calibration_intercept() > 0") == pytest.approx(reference.bse[0], rel=0.15)


def test_a_slope_far_from_one_is_found() -> None:
    """Newton's steps arrive from afar: scores a hundred times too timid, and a hundred times too bold."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=500)
    y = (rng.random(500) < expit(x - 2)).astype(float)
    for scale in (0.01, 100.0):
        reference = sm.Logit(y, sm.add_constant(x)).fit(disp=False)
        np.testing.assert_allclose(fit(x * scale, y), reference.fittedvalues, atol=1e-6)


def test_separated_labels_have_no_slope() -> None:
    """When every positive lies above every negative the likelihood has no maximum; that is said, not returned."""
    x = np.linspace(-1, 1, 60)
    with pytest.raises(EvidenceTooSmall, match="separate the labels completely"):
        fit(x, (x > 0).astype(float))


def test_attribution_share_is_the_share_of_mean_absolute_shap(sweep: ModelPass) -> None:
    """By LightGBM's own contributions; features share out 1, a group has the sum of its members'."""
    contributions = np.abs(np.asarray(sweep.model.booster.predict(sweep.matrix, pred_contrib=True))[:, :-1]).sum(axis=0)
    expected = contributions / contributions.sum()
    names = sweep.model.schema.names
    shares = [estimate(sweep, f'attribution_share("{name}") > 0') for name in names]
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    assert estimate(sweep, 'attribution_share(["duration", "sex"]) > 0') == pytest.approx(shares[0] + shares[2])


def test_prediction_is_the_log_odds_above_the_threshold(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Its sign is the decision, whatever the threshold."""
    strict = Model(model.text, model.schema, model.categories, model.calibration, 0.8)
    sweep = ModelPass(strict, Evidence({"evidence": rows(50, seed=8)}))
    for k, case in enumerate(sweep.evidence.frame[ROW_ID]):
        theta = estimate(sweep, f'prediction(case="{case}") > 0')
        assert theta == pytest.approx(logit(sweep.probability[k]) - logit(0.8))
        assert (theta >= 0) == bool(strict.probability(sweep.evidence.frame)[k] >= 0.8)


def test_exactly_one_feature_is_the_top_reason(sweep: ModelPass) -> None:
    """θ is positive for the feature with the largest |φ|, and for it alone; its size is the lead over the runner-up."""
    phi = np.abs(sweep.attributions(np.arange(5)))
    for k in range(5):
        case = sweep.evidence.frame[ROW_ID].iloc[k]
        thetas = [estimate(sweep, f'top_reason(case="{case}") == "{name}"') for name in sweep.model.schema.names]
        assert [t > 0 for t in thetas] == [j == phi[k].argmax() for j in range(4)]
        assert max(thetas) == pytest.approx(np.sort(phi[k])[-1] - np.sort(phi[k])[-2])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('auc(where="duration > 9") > 0', "0 labelled rows where duration > 9; at least 30 are needed"),
        (
            'attribution_share("sex", where="duration > 1.7") > 0',
            r"\d+ rows where duration > 1.7; at least 30 are needed",
        ),
        (f'gap("fpr", {BOTH}, where="duration > 0.6") > 0', r"\d negatives where sex = 'F'; at least 10 are needed"),
        ('auc(where="duration > 1") > 0', r"\d negatives; at least 10 are needed"),
        ('calibration_slope(where="duration > 1") > 0', r"\d negatives; at least 10 are needed"),
        ('prediction(case="nobody") > 0', "case 'nobody' is gone"),
        ('attribution_share("income") > 0', "'income' is not a column; columns are duration, emp.var.rate, sex, job"),
    ],
)
def test_what_cannot_be_tested_says_why(text: str, reason: str, sweep: ModelPass) -> None:
    """Too few rows, too few of a class, a case that is gone, a column that is gone: with counts."""
    (answer,) = measure(sweep, [Question(parse(text), Scope.POPULATION, "evidence")], replicates=200)
    assert (answer.status, answer.interval, answer.p_value) == (Status.UNTESTABLE, None, None)
    assert re.fullmatch(reason, answer.reason)


def test_a_model_that_attributes_nothing_has_no_shares(linear: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """A constant model relies on nothing; 0/0 is no share of 0."""
    monkeypatch.setattr(
        "halflife.monitoring.claims.evidence.model_view.attributions",
        lambda model, matrix, threads: np.zeros(matrix.shape),
    )
    rows = pd.DataFrame({"_id": np.arange(50).astype(str), "_tick": 0, "_label": 0.0, "x": 1.0, "z": 1.0})
    question = Question(parse('attribution_share("x") > 0'), Scope.POPULATION, "evidence")
    (answer,) = measure(ModelPass(linear, Evidence({"evidence": rows})), [question])
    assert answer.reason == "the model attributes nothing to any feature on these rows"


def test_rows_without_labels_count_only_where_labels_do_not_matter(
    model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """Attribution uses every row; AUC uses those whose label has arrived."""
    frame = rows(200, seed=9)
    frame.loc[:99, LABEL] = np.nan
    sweep = ModelPass(model, Evidence({"evidence": frame}))
    texts = ('attribution_share("sex") > 0', "auc() > 0")
    answers = measure(sweep, [Question(parse(t), Scope.POPULATION, "evidence") for t in texts], replicates=200)
    assert [a.rows for a in answers] == [200, 100]


def test_the_table_for_people_lists_every_statistic() -> None:
    """``halflife statistics`` has a name, arguments, scope, example and description for each."""
    table = statistics_table()
    assert [row["name"] for row in table] == list(STATISTICS)
    assert all({"name", "arguments", "scope", "example", "description"} <= set(row) for row in table)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_is_explained_by_its_own_words(name: str) -> None:
    """Formula first, its source, every argument with its meaning, what makes it untestable."""
    told = explained(STATISTICS[name])
    assert told["explanation"]
    assert not any("Source" in paragraph or "\n" in paragraph for paragraph in told["explanation"])
    assert re.search(r"\b(18|19|20)\d\d\b", told["source"])
    assert [argument["name"] for argument in told["takes"]] == [a.name for a in STATISTICS[name].arguments]
    assert all(argument["meaning"] for argument in told["takes"])
    assert all(re.fullmatch(r"It is untestable .*\.", sentence) for sentence in told["untestable"])


def test_too_few_rows_for_a_tolerance_matter_only_where_they_leave_it_open(sweep: ModelPass) -> None:
    """400 rows cannot place an AUC within 0.001 of its own value, but can say that it is far above a half."""
    (seen,) = measure(sweep, [Question(parse("auc() > 0.5"), Scope.POPULATION, "evidence")], replicates=200)
    assert seen.interval is not None
    texts = [f"auc() > {seen.interval.estimate:.3f} ± 0.001", "auc() > 0.5 ± 0.001"]
    questions = [Question(parse(text), Scope.POPULATION, "evidence") for text in texts]
    close, far = measure(sweep, questions, replicates=200)
    assert (close.status, close.interval) == (Status.UNTESTABLE, None)
    assert re.match(r"400 rows; to tell a difference of 0.001 takes [\d,]+", close.reason)
    assert far.status is Status.HOLDS
