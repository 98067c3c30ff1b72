"""Half-lives with their intervals, by kind."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from halflife.models.causes import Cause, Share, Why
from halflife.models.domain import Finding, Scope, Status
from halflife.monitoring.survival.half_lives import arrivals, half_life, half_lives
from halflife.monitoring.survival.kaplan_meier import survival
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.lives import lives


def test_bands_and_median_interval_equal_statsmodels() -> None:
    """The ages where the bands cross one half lie inside the steps that statsmodels names, and so does the median."""
    rng = np.random.default_rng(1)
    ages, died = rng.geometric(0.1, 300).clip(max=20).astype(float), rng.random(300) < 0.8
    found, oracle = half_life("auc", ages, died), SurvfuncRight(ages, died.astype(int))
    lower, upper = oracle.quantile_ci(0.5)
    assert found.method == "kaplan-meier"
    assert found.median is not None
    assert found.lower is not None
    assert found.upper is not None
    assert oracle.quantile(0.5) - 1 < found.median <= oracle.quantile(0.5)
    assert lower - 1 < found.lower <= lower
    assert upper - 1 < found.upper <= upper


def test_constant_hazard_gives_its_own_half_life() -> None:
    """A hazard of p a retrain is found again as ln ½ / ln(1 - p), for long half-lives and for those under two retrains."""
    rng = np.random.default_rng(2)
    for p in (0.05, 0.15, 0.3, 0.45):
        born = rng.geometric(p, 20_000).astype(float)
        found = half_life("auc", np.minimum(born, 25), born <= 25)
        assert found.median == pytest.approx(np.log(0.5) / np.log(1 - p), rel=0.04)


def test_interval_covers_the_true_half_life() -> None:
    """Over 400 samples of 60 findings the 95 % interval holds the truth about as often as it says."""
    rng = np.random.default_rng(3)
    p = 0.15
    truth = np.log(0.5) / np.log(1 - p)
    held = []
    for _ in range(400):
        born = rng.geometric(p, 60).astype(float)
        found = half_life("auc", np.minimum(born, 15), born <= 15)
        assert found.lower is not None
        held.append(found.lower <= truth <= (np.inf if found.upper is None else found.upper))
    assert 0.92 <= np.mean(held) <= 0.985


def test_two_refutation_rule_does_not_lengthen_half_lives() -> None:
    """Findings born on every version and followed to a common end keep their hazard, though a death needs confirming."""
    rng = np.random.default_rng(4)
    p, last = 0.2, 12
    findings, status = [], {}
    for number in range(3_000):
        made_on = int(rng.integers(1, last + 1))
        age = int(rng.geometric(p))
        findings.append(Finding(f"f{number}", "auc() > 0.8", "auc", Scope.POPULATION, made_on, id=number))
        status[number] = {v: Status.STALE if v >= made_on + age else Status.HOLDS for v in range(made_on, last + 1)}
    (found, _) = half_lives(lives(findings, status))
    assert found.median == pytest.approx(np.log(0.5) / np.log(1 - p), rel=0.06)


def test_few_deaths_give_a_gamma_posterior() -> None:
    """With three deaths in 29.5 finding-retrains the half-life is ln 2 over Gamma(3.5, 29.5)'s quantiles."""
    ages, died = np.array([2.0, 4.0, 5.0, 9.0, 10.0]), np.array([True, True, True, False, False])
    found = half_life("gap", ages, died)
    posterior = stats.gamma(3.5, scale=1 / 29.5)
    assert found.method == "gamma"
    assert (found.lower, found.median, found.upper) == pytest.approx(
        tuple(np.log(2) / posterior.ppf([0.975, 0.5, 0.025]))
    )
    assert len(found.curve) == 5


def test_without_deaths_there_is_only_a_lower_bound() -> None:
    """Nobody died: no median and no upper end are made up, and longer following raises the bound."""
    short, long = (half_life("auc", np.full(20, age), np.zeros(20, bool)) for age in (2.0, 10.0))
    assert (short.median, short.upper) == (None, None)
    assert short.lower is not None
    assert long.lower is not None
    assert long.lower > short.lower > 2
    assert long.curve == ((0.0, 1.0, 1.0, 1.0), (10.0, 1.0, 1.0, 1.0))


def test_survival_above_one_half_has_no_median() -> None:
    """Ten of forty died: the median is unknown, its lower bound is not, and it is not below what was seen."""
    found = half_life("auc", np.repeat([3.0, 8.0], [10, 30]), np.arange(40) < 10)
    assert (found.median, found.lower, found.upper) == (None, 8.0, None)


def test_survival_of_exactly_one_half_is_a_median() -> None:
    """Half of 22 findings died at age 3: the median is 3, though the product of shares ends a digit above one half."""
    ages, died = np.repeat([1.0, 2.0, 3.0, 6.0], [3, 4, 4, 11]), np.repeat([True, False], 11)
    found = half_life("auc", ages, died)
    assert found.median == pytest.approx(3.0)


def test_half_life_of_nothing_says_so() -> None:
    """No ages, or an age of nought, is the caller's mistake and is named."""
    with pytest.raises(ValueError, match="a half-life of 'auc' needs findings followed for at least one retrain"):
        half_life("auc", np.array([]), np.array([], dtype=bool))


def test_all_comes_last_and_counts_everyone() -> None:
    """Kinds stand by name, then all; findings followed for no retrain are in neither."""
    found = half_lives([Life(1, "gap", 2, 3), Life(2, "auc", 4, None), Life(3, "auc", 0, None)])
    assert [(h.kind, h.n, h.deaths) for h in found] == [("auc", 1, 0), ("gap", 1, 1), ("all", 2, 1)]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=60))
def test_curves_fall_inside_their_bands(followed: list[tuple[int, bool]]) -> None:
    """Whatever was followed, survival starts at one, never rises, stays in its band, and the half-life in its interval."""
    ages, died = np.array([a for a, _ in followed], dtype=float), np.array([d for _, d in followed])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = half_life("auc", ages, died)
    curve = np.array(found.curve)
    assert tuple(curve[0]) == (0, 1, 1, 1)
    assert curve[-1, 0] == ages.max()
    assert (np.diff(curve[:, 1]) <= 0).all()
    assert (curve[:, 2] <= curve[:, 1] + 1e-12).all()
    assert (curve[:, 1] <= curve[:, 3] + 1e-12).all()
    assert found.lower is not None
    if found.median is not None:
        assert found.lower <= found.median <= (np.inf if found.upper is None else found.upper)


def test_arrival_is_what_the_curve_says_with_its_band_turned_over() -> None:
    """After d retrains the share gone stale is 1 - S(d), bounded by 1 - upper and 1 - lower; beyond what was followed, nothing."""
    ages = np.array([1.0, 2.0, 3.0, 4.0])
    curve = survival(ages, np.array([True, True, False, False]))
    steps = {age: (s, low, high) for age, s, low, high in curve}
    found = arrivals(curve, ages)
    assert [a.retrains for a in found] == [1, 2, 4]
    for arrival in found:
        s, low, high = steps[float(arrival.retrains)]
        assert (arrival.stale, arrival.lower, arrival.upper, arrival.noise) == (1 - s, 1 - high, 1 - low, None)


def test_no_death_yet_is_no_certainty() -> None:
    """Of ten followed for two retrains and five for four none died: upper ends are Clopper and Pearson's, from scipy."""
    ages = np.repeat([2.0, 4.0], 5)
    found = arrivals(survival(ages, np.zeros(10, dtype=bool)), ages)
    for arrival, followed in zip(found, (10, 10, 5), strict=True):
        exact = stats.binomtest(0, followed).proportion_ci(0.95, method="exact")
        assert (arrival.stale, arrival.lower) == (0, 0)
        assert arrival.upper == pytest.approx(exact.high)


def test_findings_dead_before_they_entered_are_not_followed() -> None:
    """One whose death is dated to the version it was filed on was never at risk; it moves no figure."""
    watched = [Life(i, "auc", 4, None, made_on=1) for i in range(5)]
    late = Life(9, "auc", 3, 4, made_on=1, entry=3)
    assert half_lives([*watched, late]) == half_lives(watched)


def test_late_findings_add_no_time_before_they_entered() -> None:
    """With few deaths the rate's exposure begins at entry: five more retrains unseen change nothing."""
    early = half_life("auc", np.array([2.0, 3.0]), np.array([True, False]))
    late = half_life("auc", np.array([7.0, 8.0]), np.array([True, False]), entry=np.array([5.0, 5.0]))
    assert (late.median, late.lower, late.upper) == (early.median, early.lower, early.upper)


def test_causes_of_deaths_become_their_incidence() -> None:
    """A death takes the dominant cause of its first refutation; one of which nothing was asked is not attributed."""
    followed = [Life(i, "auc", 2, 3, made_on=1) for i in range(1, 5)]
    why = {1: Cause.CONCEPT, 2: Cause.COVARIATE, 3: Cause.SEED}
    whys = {i: {3: Why(i, 1, 3, 1.0, 0.1, 9.0, {cause: Share(1.0)})} for i, cause in why.items()}
    whys[4] = {5: Why(4, 1, 5, 1.0, 0.1, 9.0, {Cause.PIPELINE: Share(1.0)})}
    (found, _) = half_lives(followed, whys=whys)
    assert found.incidence == (
        ("world", ((2.0, 0.5),)),
        ("noise", ((2.0, 0.25),)),
        ("not attributed", ((2.0, 0.25),)),
    )


def test_few_versions_say_that_their_band_is_of_independent_findings() -> None:
    """With deaths on four versions nothing tells which die together; with twenty, the band is of blocks."""

    def followed(versions: int) -> list[Life]:
        """Three findings a version, one of them dead at the next."""
        return [
            Life(0, "auc", 1 if k == 0 else 2, on + 1 if k == 0 else None, made_on=on)
            for on in range(versions)
            for k in range(3)
        ]

    assert [half_lives(followed(n))[0].band for n in (4, 20)] == ["independent", "blocks"]
