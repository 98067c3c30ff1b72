"""Margins: how far a finding is from its refutation in units of what a retrain adds."""

import numpy as np
import pytest
from scipy.stats import norm, t

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.foresight.forecast_table import FARTHEST
from halflife.monitoring.foresight.margin import margins
from halflife.monitoring.foresight.next_retrain_noise import NextRetrainSpread, coupled, shared, spread
from halflife.monitoring.verdicts import verdict

C, S = ShadowKind.COUPLED, ShadowKind.SEED


def finding(claim: str, scope: Scope) -> Finding:
    """A finding that claims this."""
    return Finding("f", claim, claim.split("(")[0], scope, made_on=1, id=1)


def check(interval: Interval | None, threshold: float) -> Check:
    """A check that measured this."""
    status = Status.UNTESTABLE if interval is None else Status.HOLDS
    return Check(1, 5, threshold, Measurement(900, interval, status), None)


def known(variance: float, freedom: float = np.inf, following: float = 1.0) -> NextRetrainSpread:
    """The noise of one finding."""
    return NextRetrainSpread(np.array([variance]), np.array([freedom]), np.array([following]))


def one(
    claim: str, scope: Scope, interval: Interval | None, threshold: float, noise: NextRetrainSpread
) -> tuple[float, float]:
    """Margin and chance of one finding whose evidence is new each time."""
    said = margins([finding(claim, scope)], [check(interval, threshold)], noise, level=0.9, overlap=0.0)
    return float(said.margin[0]), float(said.chance[0])


def test_an_exact_claim_has_the_chance_of_its_margin() -> None:
    """θ = 0.5 against 0 with noise 0.25 is two units away, and the chance is Φ(−2); mirrored for <."""
    exact = Interval(0.5, 0.5, 0.5)
    assert one('prediction(case="1") > 0', Scope.ARTIFACT, exact, 0.0, known(0.0625)) == pytest.approx(
        (2.0, norm.cdf(-2))
    )
    below = Interval(-0.5, -0.5, -0.5)
    assert one('prediction(case="1") < 0', Scope.ARTIFACT, below, 0.0, known(0.0625)) == pytest.approx(
        (2.0, norm.cdf(-2))
    )


def test_few_shadows_have_heavier_tails() -> None:
    """With three degrees of freedom the chance is Student's, not the normal one."""
    exact = Interval(0.5, 0.5, 0.5)
    said = one('prediction(case="1") > 0', Scope.ARTIFACT, exact, 0.0, known(0.0625, 3.0))
    assert said == pytest.approx((2.0, t.cdf(-2, 3)))


@pytest.mark.parametrize(
    ("claim", "sign"), [("auc() > 0.7 ± 0.01", 1), ("log_loss() < 0.7 ± 0.01", -1), ("auc() > 0.7", 1)]
)
@pytest.mark.parametrize("distance", [-0.005, 0.02, 0.05])
def test_chance_is_how_often_the_next_verdict_refutes(claim: str, sign: int, distance: float) -> None:
    """Of simulated next versions without drift, the verdict table refutes as many as the chance says."""
    rng = np.random.default_rng(11)
    error, noise, n = 0.012, 0.015, 40_000
    estimate = 0.7 + sign * distance
    width = norm.ppf(0.95) * error
    said = one(claim, Scope.POPULATION, Interval(estimate, estimate - width, estimate + width), 0.7, known(noise**2))
    following = estimate + noise * rng.normal(size=n) + error * np.sqrt(2) * rng.normal(size=n)
    tolerance = 0.01 if "±" in claim else 0.0
    comparator = ">" if sign > 0 else "<"
    refuted = [
        verdict(Interval(x, x - width, x + width), comparator, 0.7, tolerance).refutes for x in following.tolist()
    ]
    assert said[1] == pytest.approx(np.mean(refuted), abs=4 * np.sqrt(0.25 / n))
    assert said[0] == pytest.approx(distance / np.hypot(noise, error * np.sqrt(2)))


def test_shared_evidence_moves_nothing() -> None:
    """Where both versions are tested on the same rows, only retraining noise is left."""
    interval = Interval(0.8, 0.78, 0.82)
    said = margins(
        [finding("auc() > 0.7", Scope.POPULATION)], [check(interval, 0.7)], known(0.0025), level=0.9, overlap=1.0
    )
    assert said.margin[0] == pytest.approx(0.1 / 0.05)


def test_a_claim_about_a_case_of_all_models_has_the_noise_of_its_shadows() -> None:
    """No rows are drawn anew, so the noise is that of the shadows and not read from the interval's few degrees of freedom."""
    noise, half = known(0.0625, 3.0), 0.25 * t.ppf(0.95, 3)
    said = one('prediction(case="1") < 0', Scope.PROCESS, Interval(-1.0, -1.0 - half, -1.0 + half), 0.0, noise)
    assert said == pytest.approx((4.0, t.cdf(-(1.0 + half) / 0.25, 3)))


def test_what_is_not_known_is_nan() -> None:
    """Without shadows or without an estimate there is no margin; without any noise it is as far as can be."""
    exact = Interval(0.5, 0.5, 0.5)
    assert np.isnan(one('prediction(case="1") > 0', Scope.ARTIFACT, exact, 0.0, known(np.nan, 0.0))).all()
    assert np.isnan(one("auc() > 0.7", Scope.POPULATION, None, 0.7, known(0.1))).all()
    assert np.isnan(one("vibes() > 9", Scope.POPULATION, exact, 9, known(0.1))).all()
    assert one('prediction(case="1") > 0', Scope.ARTIFACT, exact, 0.0, known(0.0)) == (FARTHEST, 0.0)
    assert margins([], [], spread(np.empty((0, 4)), np.empty((0, 4)), np.array([], dtype=str)), level=0.9, overlap=0).margin.shape == (0,)  # fmt: skip


def test_coupled_shadows_speak_for_the_noise() -> None:
    """Of two coupled and one other shadow the coupled are read, on fresh rows where there are any; all when only one is."""
    said = Controls(pinned=(1.0, 2.0, 3.0), fresh=(4.0, 5.0, 6.0))
    np.testing.assert_array_equal(coupled([said], (C, C, S)), [[4.0, 5.0]])
    np.testing.assert_array_equal(coupled([said, None], (C, S, S)), [[4.0, 5.0, 6.0], [np.nan] * 3])
    short = Controls(pinned=(1.0,))
    assert np.isnan(coupled([short], (C, C))).all()


@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.75])
def test_noise_of_the_next_retrain_is_found_at_any_overlap(overlap: float) -> None:
    """θ a mean over a sliding window of rows with Poisson(1) weights: variance times ``next`` is the variance of its change."""
    rng = np.random.default_rng(5)
    rows, shadows, findings = 400, 4, 600
    new = round(rows * (1 - overlap))
    theta = rng.normal(size=(findings, rows + new))  # what each row says of each finding
    weight = rng.poisson(1.0, (shadows, rows + new)).astype(float)
    before = theta[:, :rows] @ weight[:, :rows].T / weight[:, :rows].sum(axis=1)
    now = theta[:, new:] @ weight[:, new:].T / weight[:, new:].sum(axis=1)
    found = spread(now, before, np.full(findings, "auc"))
    change = theta[:, new:].mean(axis=1) - theta[:, :rows].mean(axis=1)
    assert np.mean(found.variance * found.next) == pytest.approx(change.var(), rel=0.15)
    assert (found.freedom > shadows - 1).all()


def test_without_earlier_shadows_versions_count_as_independent() -> None:
    """Twice the variance of one version is the most that a retrain adds."""
    now = np.random.default_rng(1).normal(size=(50, 4))
    blind = spread(now, np.full((50, 4), np.nan), np.full(50, "auc"))
    assert set(blind.next.tolist()) == {2.0}
    assert set(spread(now, np.empty((50, 0)), np.full(50, "auc")).next.tolist()) == {2.0}


def test_windows_share_ticks() -> None:
    """Ten ticks sliding by four share six; the first version shares none; a gap shares none."""
    versions = [
        Version(n, first, first + 9, "", "", 1, "", "", {}, Role.CHAMPION, "", 9)
        for n, first in ((1, 0), (2, 4), (3, 40))
    ]
    assert shared(versions[0], versions[1]) == 0.6
    assert shared(None, versions[0]) == 0.0
    assert shared(versions[1], versions[2]) == 0.0
