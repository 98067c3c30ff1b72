"""Do the intervals hold what they promise? A few hundred repetitions of the simulation, for a few statistics."""

import numpy as np
import pytest
import statsmodels.api as sm
from simulate import BIRTH_ROWS, CLAIMS, MODEL, MOVED, draw, questions, simulate, truth
from sklearn.metrics import brier_score_loss, roc_auc_score

from halflife.models.rows import LABEL
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic
from halflife.monitoring.claims.syntax.arguments import ArgumentKind

REPETITIONS, ROWS = 300, 300
SOME = [
    "attribution_share",
    "auc",
    "brier",
    "calibration_error",
    "calibration_slope",
    "drift of a number",
    "gap of fpr",
    "slice_loss",
]


def test_every_statistic_with_an_interval_is_simulated() -> None:
    """All but those about a case; those of several kinds more than once."""
    simulated = {parse(text).statistic for text in CLAIMS.values()}
    with_interval = {
        name
        for name, s in STATISTICS.items()
        if not isinstance(s, CaseStatistic) or not any(a.kind is ArgumentKind.CASE and a.required for a in s.arguments)
    } - {"top_reason"}
    assert simulated == with_interval


def test_truths_are_those_of_other_libraries() -> None:
    """By scikit-learn, statsmodels and arithmetic on as many rows of the same world."""
    names = ["auc", "brier", "calibration_slope", "calibration_intercept", "drift of a number"]
    auc, brier, slope, intercept, drift = truth(questions(names), draw(np.random.default_rng(5), BIRTH_ROWS, 10**8))
    big = draw(np.random.default_rng(1), 200_000)
    p = MODEL.probability(big)
    raw = MODEL.raw(MODEL.matrix(big))
    assert auc == pytest.approx(roc_auc_score(big[LABEL], raw), abs=0.004)
    assert brier == pytest.approx(brier_score_loss(big[LABEL], p), abs=0.002)
    assert (intercept, slope) == pytest.approx((0.1, 0.8), abs=0.02)
    fitted = sm.Logit(big[LABEL], sm.add_constant(raw)).fit(disp=False).params
    assert (intercept, slope) == pytest.approx(tuple(fitted), abs=0.02)
    assert drift == pytest.approx(MOVED / big["x"].std(), abs=0.01)


def test_ninety_percent_intervals_cover_ninety_percent() -> None:
    """At n = 300 each misses the truth on either side in 5 % of repetitions, within three Monte Carlo errors."""
    found = simulate(SOME, repetitions=REPETITIONS, rows=ROWS, replicates=400)
    three_errors = 3 * np.sqrt(0.05 * 0.95 / REPETITIONS)
    missed = {name: (below, above) for name, (below, above, _) in found.items()}
    assert all(abs(miss - 0.05) < three_errors for pair in missed.values() for miss in pair), missed
