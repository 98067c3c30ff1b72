"""Do the intervals hold what they promise? Simulated data with known truth, a few hundred repetitions."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from models.domain import Interval, Scope
from models.learner.model import Model
from models.rows import LABEL, ROW_ID, TICK, Array
from monitoring.claims import sweep as sweep_module
from monitoring.claims.evidence import Evidence
from monitoring.claims.grammar import parse
from monitoring.claims.measure import Question, measure
from monitoring.claims.sweep import Pass

CLAIMS = {
    "auc": "auc() > 0",
    "log_loss": "log_loss() > 0",
    "gap": 'gap("tpr", a="z > 0", b="z <= 0") > 0',
    "share": 'attribution_share("x") > 0',
    "slope": "calibration_slope() > 0",
}
REPETITIONS, ROWS = 300, 300


def draw(rng: np.random.Generator, n: int, first: int = 0) -> pd.DataFrame:
    """An overconfident model's world: the true log-odds are 0.8 of what it says."""
    x, z = rng.normal(size=n), 0.6 * rng.standard_t(5, size=n)
    label = (rng.random(n) < expit(0.8 * (x + z))).astype(float)
    ids = (first + np.arange(n)).astype(str)
    return pd.DataFrame({ROW_ID: ids, TICK: 0, LABEL: label, "x": x, "z": z})


def truth() -> dict[str, float]:
    """By scikit-learn, statsmodels and NumPy on 400,000 rows: within a hundredth of an interval's width."""
    big = draw(np.random.default_rng(99), 400_000)
    y, raw = big[LABEL].to_numpy(), (big["x"] + big["z"]).to_numpy()
    a = (big["z"] > 0).to_numpy()
    tpr_a, tpr_b = (raw[a & (y == 1)] >= 0).mean(), (raw[~a & (y == 1)] >= 0).mean()
    ax, az = big["x"].abs().sum(), big["z"].abs().sum()
    return {
        "auc": roc_auc_score(y, raw),
        "log_loss": log_loss(y, expit(raw)),
        "gap": float(tpr_a - tpr_b),
        "share": ax / (ax + az),
        "slope": sm.Logit(y, sm.add_constant(raw)).fit(disp=False).params[1],
    }


def test_population_intervals_cover_ninety_percent(linear: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """At n = 300, each 90 % interval holds the truth in 90 % of repetitions, within three Monte Carlo errors."""

    def features(model: Model, matrix: Array, threads: int) -> Array:
        return matrix

    monkeypatch.setattr(sweep_module, "attributions", features)
    expected = truth()
    rng = np.random.default_rng(7)
    questions = [Question(parse(text), Scope.POPULATION, "evidence") for text in CLAIMS.values()]
    low, high = dict.fromkeys(CLAIMS, 0), dict.fromkeys(CLAIMS, 0)
    for repetition in range(REPETITIONS):
        evidence = Evidence({"evidence": draw(rng, ROWS, first=repetition * ROWS)})
        for name, answer in zip(CLAIMS, measure(Pass(linear, evidence), questions, replicates=400), strict=True):
            assert isinstance(answer.interval, Interval)
            low[name] += expected[name] < answer.interval.lower
            high[name] += expected[name] > answer.interval.upper
    missed = {name: (low[name] / REPETITIONS, high[name] / REPETITIONS) for name in CLAIMS}
    three_errors = 3 * np.sqrt(0.05 * 0.95 / REPETITIONS)
    assert all(abs(miss - 0.05) < three_errors for pair in missed.values() for miss in pair), missed
