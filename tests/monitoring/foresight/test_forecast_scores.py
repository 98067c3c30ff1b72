"""Scores of settled forecasts, against scikit-learn and against worlds in which their worth is known."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from halflife.models.domain import Finding, Scope, Status
from halflife.models.forecast import Forecast
from halflife.monitoring.foresight.forecast_scores import score
from halflife.monitoring.foresight.forecast_table import Pairs, events
from halflife.monitoring.foresight.score_intervals import Blocks

Statuses = dict[int, dict[int, Status]]


def told(versions: int, each: int, seed: int = 1) -> tuple[list[Forecast], Statuses, np.ndarray]:
    """Calibrated forecasts, margins that say half as much, and how they ended."""
    rng = np.random.default_rng(seed)
    forecasts, statuses = [], {f: {0: Status.HOLDS} for f in range(each)}
    ended = []
    for version in range(1, versions + 1):
        for f in range(each):
            p = float(rng.beta(1, 4))
            forecasts.append(Forecast(f, version, p, 1.0, 0.5, (p + rng.random()) / 2))
            event = rng.random() < p
            statuses[f][version + 1] = Status.STALE if event else Status.UNCLEAR
            ended.append(float(event))
    return forecasts, statuses, np.array(ended)


def test_scores_are_those_of_scikit_learn() -> None:
    """AUROC, Brier score and log loss agree, and both skills are what their definitions give."""
    forecasts, statuses, y = told(12, 60)
    p, q = (np.array([getattr(f, name) for f in forecasts]) for name in ("probability", "by_margin"))
    scores = score(forecasts, statuses)
    assert scores is not None
    assert scores.auroc is not None
    assert scores.skill is not None
    assert scores.over_margin is not None
    assert (scores.settled, scores.refuted, scores.versions) == (720, int(y.sum()), 12)
    assert scores.auroc.estimate == pytest.approx(roc_auc_score(y, p))
    assert scores.brier.estimate == pytest.approx(brier_score_loss(y, p))
    assert scores.log_loss.estimate == pytest.approx(log_loss(y, p))
    assert scores.skill.estimate == pytest.approx(1 - brier_score_loss(y, p) / np.var(y))
    assert scores.over_margin.estimate == pytest.approx(1 - brier_score_loss(y, p) / brier_score_loss(y, q))
    assert scores.auroc.lower < scores.auroc.estimate < scores.auroc.upper


def test_tied_forecasts_count_half() -> None:
    """Forecasts that are all the same tell nothing apart: AUROC ½."""
    blocks = Blocks(np.repeat(np.arange(12), 5), 0.05)
    area = blocks.auroc(np.full(60, 0.3), np.tile([1.0, 0, 0, 0, 0], 12))
    assert area is not None
    assert (area.estimate, area.lower, area.upper) == pytest.approx((0.5, 0.5, 0.5))


def test_resampled_areas_are_those_of_resampled_versions() -> None:
    """A block drawn twice counts twice, with itself too: as if its forecasts stood there twice."""
    forecasts, _, y = told(12, 30)
    p = np.array([f.probability for f in forecasts])
    version = np.array([f.version for f in forecasts])
    blocks = Blocks(version, 0.05)
    drawn = np.array([3.0, 0.0, 1.0, 0.0, 2.0, 0.0])
    blocks._draws = np.tile(drawn, (10, 1))
    area = blocks.auroc(p, y)
    assert area is not None
    again = np.concatenate([np.flatnonzero(blocks.of == b) for b in range(blocks.count) for _ in range(int(drawn[b]))])
    expected = roc_auc_score(y[again], p[again])
    assert expected in (pytest.approx(area.lower), pytest.approx(area.upper))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Versions differ in how many they refute; 90 % intervals of the mean hold the true one in 82 to 96 % of 200 worlds."""
    rng = np.random.default_rng(2)
    version, held = np.repeat(np.arange(40), 30), 0
    for _ in range(200):
        rate = rng.beta(2, 6, 40)[version]
        y = (rng.random(len(version)) < rate) * 1.0
        interval = Blocks(version, 0.05).ratio(y, np.ones(len(y)))
        held += interval.lower <= 0.25 <= interval.upper
    assert 0.82 <= held / 200 <= 0.96


def test_few_versions_say_nothing_of_how_sure_they_are() -> None:
    """With three versions the interval is as wide as can be, and AUROC's lies between 0 and 1."""
    forecasts, statuses, _ = told(3, 50)
    scores = score(forecasts, statuses)
    assert scores is not None
    assert scores.auroc is not None
    assert (scores.brier.lower, scores.brier.upper) == (-np.inf, np.inf)
    assert (scores.auroc.lower, scores.auroc.upper) == (0.0, 1.0)


def test_only_valid_re_tests_settle() -> None:
    """Stale and reversed are refutations; unclear and weakened are none; untestable or no check settle nothing."""
    ends = [Status.STALE, Status.REVERSED, Status.UNCLEAR, Status.WEAKENED, Status.HOLDS, Status.UNTESTABLE]
    statuses: Statuses = {k: {5: status} for k, status in enumerate(ends)} | {6: {6: Status.STALE}}
    forecasts = [Forecast(k, 4, 0.1, 1.0, 0.0, 0.1) for k in range(8)]
    np.testing.assert_array_equal(events(forecasts, statuses), [1, 1, 0, 0, 0, np.nan, np.nan, np.nan])
    assert np.isnan(events(forecasts, statuses, until=4)).all()
    assert score(forecasts[5:], statuses) is None


def test_forecasts_without_margins_are_scored_by_themselves() -> None:
    """Without shadows there is nothing to compare the margin with, and the rest is scored all the same."""
    forecasts, statuses, _ = told(6, 20)
    blind = [Forecast(f.finding, f.version, f.probability, np.nan, np.nan, np.nan) for f in forecasts]
    scores = score(blind, statuses, [Finding("f", "auc() > 0.7", "auc", Scope.POPULATION, 1, id=k) for k in range(20)])
    assert scores is not None
    assert (scores.over_margin, scores.by_margin_auroc, scores.drift) == (None, None, None)
    assert scores.skill is not None


def test_reliability_sets_chances_beside_what_happened() -> None:
    """Calibrated forecasts: what happened lies within its interval's reach of what was told, and every forecast is in a bin."""
    forecasts, statuses, _ = told(30, 100)
    scores = score(forecasts, statuses)
    assert scores is not None
    assert sum(b.n for b in scores.reliability) == 3000
    assert [b.told for b in scores.reliability] == sorted(b.told for b in scores.reliability)
    for each in scores.reliability:
        reach = each.happened.upper - each.happened.lower
        assert abs(each.told - each.happened.estimate) < reach


def test_drift_is_judged_where_findings_are_known(simulate: Callable[..., Pairs]) -> None:
    """From a ledger's own forecasts and statuses the gain of drift comes out as from the pairs they stand for."""
    past = simulate(30, 120, drift=1.5)
    findings, forecasts, statuses = [], [], {}
    for k in range(len(past)):
        version = int(past.version[k])
        made_on = version + 1 - int(past.age[k])
        findings.append(Finding(f"f{k}", "auc() > 0.7", str(past.kind[k]), Scope.POPULATION, made_on, id=k))
        forecasts.append(
            Forecast(k, version, 0.1, float(past.margin[k]), float(past.drift[k]), float(past.by_margin[k]))
        )
        statuses[k] = {version + 1: Status.STALE if past.event[k] else Status.HOLDS}
    scores = score(forecasts, statuses, findings)
    assert scores is not None
    assert scores.drift is not None
    assert scores.drift.adds
