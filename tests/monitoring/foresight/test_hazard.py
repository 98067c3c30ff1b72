"""The hazard: what it learns, when it begins to, and that it never looks ahead."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import brier_score_loss, roc_auc_score

from halflife.monitoring.foresight.drift_gain import gain_of_drift
from halflife.monitoring.foresight.forecast_table import Pairs
from halflife.monitoring.foresight.hazard import ENOUGH, Platt, foretold, learn, recalibration
from halflife.monitoring.foresight.refutation_forecast import PRIOR_RATE, foretell, past_rates

Simulate = Callable[..., Pairs]


def test_known_slopes_are_recovered(simulate: Simulate) -> None:
    """From 100,000 pairs the slopes of margin, drift and age come out within 0.1 of those that were simulated."""
    hazard = learn(simulate(200, 500, margin=0.7, drift=0.9, age=-0.4))
    assert hazard is not None
    assert hazard.slopes == pytest.approx({"margin": -0.7, "drift": 0.9, "age": -0.4}, abs=0.1)


def test_kinds_have_hazards_of_their_own(simulate: Simulate) -> None:
    """A kind that dies more often than its margins say is foretold to; one never seen is taken for an average one."""
    past = simulate(100, 200)
    hazard = learn(past)
    assert hazard is not None
    one = past[np.array([0])]
    said = {
        kind: float(hazard.logit(replace(one, kind=np.array([kind])))[0])
        for kind in ("auc", "gap", "top_reason", "new")
    }
    assert said["gap"] - said["auc"] == pytest.approx(0.6, abs=0.2)
    assert said["auc"] < said["new"] < said["gap"]


def test_forecasts_are_calibrated(simulate: Simulate) -> None:
    """Where the margin alone says twice too little, versions are foretold as they turn out."""
    past = simulate(60, 300, margin=0.6, level=0.3, drift=0.5)
    told = np.full(len(past), np.nan)
    for version in range(25, 60, 4):
        now = past.version == version
        told[now] = foretell(past[past.version < version], past[now])
    known = np.isfinite(told)
    error = 4 * np.sqrt((told[known] * (1 - told[known])).sum()) / known.sum()
    assert told[known].mean() == pytest.approx(past.event[known].mean(), abs=error)
    edges = np.quantile(told[known], np.linspace(0, 1, 6))
    for low, high in pairwise(edges):
        some = known & (told >= low) & (told <= high)
        error = 4 * np.sqrt((told[some] * (1 - told[some])).sum()) / some.sum()
        assert told[some].mean() == pytest.approx(past.event[some].mean(), abs=error)


def test_until_enough_were_refuted_the_margin_speaks(simulate: Simulate) -> None:
    """With fewer than 50 refutations a forecast is the chance by the margin, as it is."""
    past = simulate(30, 40)
    few = past[np.cumsum(past.event) < ENOUGH]
    now = past[past.version == 30]
    assert learn(few) is None
    np.testing.assert_array_equal(foretell(few, now), now.by_margin)
    assert np.abs(foretell(past, now) - now.by_margin).max() > 0.01


def test_without_a_margin_the_kind_s_past_speaks() -> None:
    """Findings without a margin get the smoothed past rate of their kind among those without one; nothing known is 10 %."""
    n = 200
    nan = np.full(n, np.nan)
    kind = np.repeat(["auc", "gap"], n // 2)
    past = Pairs(np.ones(n, dtype=int), kind, np.ones(n), nan, nan, nan, (kind == "gap") * 1.0)
    now = Pairs(np.full(3, 2), np.array(["auc", "gap", "new"]), np.ones(3), *[nan[:3]] * 4)
    auc, gap, new = foretell(past, now)
    assert auc == pytest.approx((20 * 101 / 210) / 120)
    assert gap == pytest.approx((100 + 20 * 101 / 210) / 120)
    assert new == pytest.approx(101 / 210)
    assert foretell(past[:0], now).tolist() == [PRIOR_RATE] * 3


def test_drift_that_matters_is_seen_to_add(simulate: Simulate) -> None:
    """Where drift raises the hazard the model with it wins, plainly; where it does not, nothing is claimed."""
    with_it = gain_of_drift(simulate(60, 200, drift=1.5))
    without = gain_of_drift(simulate(60, 200, drift=0.0))
    assert with_it is not None
    assert without is not None
    assert with_it.adds
    assert with_it.auroc is not None
    assert with_it.auroc[1] > with_it.auroc[0]
    assert not without.adds
    assert abs(without.saved.estimate) < with_it.saved.estimate / 5


def test_forecasts_beat_the_margin_where_drift_kills(simulate: Simulate) -> None:
    """Told version by version, chances that know the drift order the ends better than the margin, and err less."""
    past = simulate(60, 200, drift=2.0, level=-1.0)
    told = np.full(len(past), np.nan)
    for version in range(40, 60, 4):
        now = past.version == version
        told[now] = foretell(past[past.version < version], past[now])
    known = np.isfinite(told)
    y, alone = past.event[known], past.by_margin[known]
    assert roc_auc_score(y, told[known]) > roc_auc_score(y, alone)
    assert brier_score_loss(y, told[known]) < 0.95 * brier_score_loss(y, alone)


def test_unknown_drift_stands_at_the_mean(simulate: Simulate) -> None:
    """A pair without a watch is forecast as one with the average drift, and a past without any watch is no obstacle."""
    past = simulate(60, 100, drift=1.0)
    hazard = learn(past)
    assert hazard is not None
    one = past[np.array([0])]
    typical = np.expm1(np.log1p(past.drift).mean())
    told = [hazard.logit(replace(one, drift=np.array([d])))[0] for d in (np.nan, typical)]
    assert told[0] == pytest.approx(told[1])
    blind = learn(replace(past, drift=np.full(len(past), np.nan)))
    assert blind is not None
    assert np.isfinite(blind.logit(one)).all()


@settings(max_examples=10, deadline=None)
@given(first=st.integers(12, 28), seed=st.integers(0, 2**20))
def test_nothing_later_is_looked_at(first: int, seed: int) -> None:
    """Forecasts of versions before some point are the same whatever happens from there on."""
    past = _simulated(30, 60, seed)
    scrambled = replace(past, event=np.where(past.version >= first, 1 - past.event, past.event))
    folds = foretold(past, folds=30), foretold(scrambled, folds=30)
    before = past.version <= first  # a pair of version v is settled by v + 1, but forecast by those before v
    np.testing.assert_array_equal(folds[0][before], folds[1][before])


def _simulated(versions: int, each: int, seed: int) -> Pairs:
    """A past of findings that die at random, one in three."""
    rng = np.random.default_rng(seed)
    n = versions * each
    chance = rng.uniform(0.1, 0.6, n)
    version = np.repeat(np.arange(versions), each)
    return Pairs(
        version, np.full(n, "auc"), np.ones(n), rng.random(n), 1 - 2 * chance, chance, (rng.random(n) < chance) * 1.0
    )


def test_recalibration_undoes_overconfidence() -> None:
    """Log-odds twice too large are halved; with too few ends known they are left as they are."""
    rng = np.random.default_rng(3)
    true = rng.normal(-1, 1, 20_000)
    event = (rng.random(len(true)) < expit(true)) * 1.0
    correct = recalibration(2 * true + 1, event)
    assert (correct.slope, correct.level) == pytest.approx((0.5, -0.5), abs=0.07)
    assert recalibration(true[:100], np.zeros(100)) == Platt()


def test_rates_ignore_what_is_not_settled(simulate: Simulate) -> None:
    """Unsettled pairs change no rate."""
    past = simulate(5, 50)
    more = replace(past, event=np.full(len(past), np.nan))
    both = Pairs(*(np.concatenate([getattr(p, f) for p in (past, more)]) for f in Pairs.__dataclass_fields__))
    kinds = np.array(["auc", "gap"])
    np.testing.assert_array_equal(past_rates(past, kinds), past_rates(both, kinds))
