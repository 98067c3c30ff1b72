"""The verdict table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.domain import Interval, Status
from halflife.monitoring.claims.estimation.measure import rows_needed
from halflife.monitoring.verdicts import mirrored, p_value, verdict

RANK = [Status.REVERSED, Status.STALE, Status.UNCLEAR, Status.WEAKENED, Status.HOLDS]
FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}

NUMBER = st.integers(-40, 40).map(lambda k: k / 8)
WIDTH = st.integers(0, 24).map(lambda k: k / 8)
INTERVAL = st.builds(lambda e, a, b: Interval(e, e - a, e + b), NUMBER, WIDTH, WIDTH)
MAYBE = st.none() | INTERVAL
NEUTRAL = st.none() | NUMBER


@pytest.mark.parametrize(
    ("now", "comparator", "status"),
    [
        (Interval(0.08, 0.06, 0.10), ">", Status.HOLDS),
        (Interval(0.05, 0.035, 0.07), ">", Status.HOLDS),
        (Interval(0.05, 0.02, 0.08), ">", Status.UNCLEAR),
        (Interval(0.02, 0.01, 0.028), ">", Status.STALE),
        (Interval(-0.04, -0.048, -0.03), ">", Status.STALE),
        (Interval(-0.08, -0.10, -0.06), ">", Status.REVERSED),
        (Interval(0.02, 0.01, 0.06), "<", Status.HOLDS),
        (Interval(0.05, 0.02, 0.08), "<", Status.UNCLEAR),
        (Interval(0.10, 0.08, 0.12), "<", Status.STALE),
    ],
)
def test_the_verdict_table(now: Interval, comparator: str, status: Status) -> None:
    """For a gap against 0.05 ± 0.02, each row of the table is reached where it should be."""
    assert verdict(now, comparator, 0.05, 0.02, neutral=0.0) is status


def test_an_estimate_on_the_right_side_can_still_be_unclear() -> None:
    """An FPR gap of 5.6 points with a standard error of 0.4 does not show "over 5 points": noise decides otherwise."""
    error = 0.004 * 1.645
    assert verdict(Interval(0.056, 0.056 - error, 0.056 + error), ">", 0.05) is Status.UNCLEAR


@pytest.mark.parametrize(
    ("comparator", "status"),
    [(">", Status.STALE), (">=", Status.HOLDS), ("<", Status.STALE), ("<=", Status.HOLDS)],
)
def test_an_exact_value_at_the_threshold_obeys_its_comparator(comparator: str, status: Status) -> None:
    """Without an interval, θ = c satisfies ≥ and ≤ and refutes > and <; it is never unclear."""
    assert verdict(Interval(2.0, 2.0, 2.0), comparator, 2.0) is status


def test_weakened_needs_less_than_half_of_a_clear_birth() -> None:
    """0.4 → 0.1 above a threshold of 0 is weakened; 0.4 → 0.25 is not, nor is anything after an unclear birth."""
    birth = Interval(0.4, 0.36, 0.44)
    assert verdict(Interval(0.10, 0.06, 0.14), ">", 0.0, birth=birth) is Status.WEAKENED
    assert verdict(Interval(0.25, 0.21, 0.29), ">", 0.0, birth=birth) is Status.HOLDS
    assert verdict(Interval(0.18, 0.08, 0.28), ">", 0.0, birth=birth) is Status.HOLDS
    assert verdict(Interval(0.10, 0.06, 0.14), ">", 0.0, birth=Interval(0.4, -0.1, 0.9)) is Status.HOLDS


def test_weakened_is_rare_at_exactly_half() -> None:
    """If half the effect is left, the bound of the ratio is below ½ in about 5 % of samples, as Fieller's would be."""
    rng = np.random.default_rng(5)
    reach, weakened = 1.645, 0
    for then, now in zip(rng.normal(20, 1, 4000), rng.normal(10, 1, 4000), strict=True):
        birth = Interval(then, then - reach, then + reach)
        weakened += verdict(Interval(now, now - reach, now + reach), ">", 0.0, birth=birth) is Status.WEAKENED
    assert 0.04 < weakened / 4000 < 0.06


def simulated(rng: np.random.Generator, rate: float, rows: int, bar: float, tolerance: float) -> Status:
    """The verdict on "rate > bar" from so many rows of a known rate, by a Wald interval at 90 %."""
    seen = rng.binomial(rows, rate) / rows
    reach = 1.6449 * math.sqrt(seen * (1 - seen) / rows)
    return verdict(Interval(seen, seen - reach, seen + reach), ">", bar, tolerance)


def test_a_claim_on_its_bar_is_wrongly_refuted_one_time_in_twenty_and_twice_running_one_in_400() -> None:
    """θ exactly at c − δ: 5 % stale, 5 % holds, the rest unclear; on fresh rows two refutations follow in ¼ %."""
    rng, n = np.random.default_rng(2), 20_000
    said = [simulated(rng, 0.48, 2_000, 0.5, 0.02) for _ in range(n)]
    share = {status: sum(s is status for s in said) / n for status in Status}
    error = 3 * math.sqrt(0.05 * 0.95 / n)
    assert share[Status.STALE] == pytest.approx(0.05, abs=error + 0.002)
    assert share[Status.HOLDS] == pytest.approx(0.05, abs=error + 0.002)
    assert share[Status.UNCLEAR] == 1 - share[Status.STALE] - share[Status.HOLDS]
    twice = sum(a.refutes and b.refutes for a, b in zip(said[::2], said[1::2], strict=True)) / (n / 2)
    assert twice == pytest.approx(0.0025, abs=0.0015)


def test_the_rows_needed_see_a_difference_of_the_tolerance_with_power_eighty_percent() -> None:
    """With n_min rows a true claim, θ = c, holds within its tolerance in 80 % of tests, and almost never goes stale.

    So does one that is false by as much go stale: θ = c − 2δ.
    """
    rng, repetitions = np.random.default_rng(3), 4_000
    rows = rows_needed(0.5 * 0.5, 0.02, 0.05)
    held = [simulated(rng, 0.5, rows, 0.5, 0.02) for _ in range(repetitions)]
    fell = [simulated(rng, 0.46, rows, 0.5, 0.02) for _ in range(repetitions)]
    assert held.count(Status.HOLDS) / repetitions == pytest.approx(0.80, abs=0.03)
    assert fell.count(Status.STALE) / repetitions == pytest.approx(0.80, abs=0.03)
    assert held.count(Status.STALE) / repetitions < 0.001
    assert fell.count(Status.HOLDS) / repetitions < 0.001


@pytest.mark.parametrize(
    ("neutral", "threshold", "tolerance", "upper", "status"),
    [
        (0.0, 0.05, 0.0, -0.051, Status.REVERSED),
        (0.0, 0.05, 0.0, -0.049, Status.STALE),
        (0.5, 0.7, 0.0, 0.29, Status.REVERSED),
        (0.5, 0.7, 0.0, 0.31, Status.STALE),
        (0.0, 0.0, 0.02, -0.021, Status.REVERSED),
        (0.0, 0.0, 0.0, -5.0, Status.STALE),
        (0.0, -0.05, 0.0, -5.0, Status.STALE),
        (None, 0.3, 0.0, -5.0, Status.STALE),
    ],
)
def test_reversed_is_the_mirror_image_of_the_claim(
    neutral: float | None, threshold: float, tolerance: float, upper: float, status: Status
) -> None:
    """A gap over 5 points is reversed beyond −5 points, an AUC over 0.7 below 0.3; a claim about no side never is."""
    assert verdict(Interval(upper - 0.1, upper - 0.2, upper), ">", threshold, tolerance, neutral=neutral) is status


def test_a_claim_at_the_neutral_point_borrows_its_margin_from_birth() -> None:
    """A claim "gap > 0", made on a gap of 0.2, is reversed below −0.1, and stale between there and 0."""
    birth = Interval(0.2, 0.15, 0.25)
    assert verdict(Interval(-0.15, -0.19, -0.11), ">", 0.0, neutral=0.0, birth=birth) is Status.REVERSED
    assert verdict(Interval(-0.05, -0.09, -0.01), ">", 0.0, neutral=0.0, birth=birth) is Status.STALE


@settings(deadline=None)
@given(INTERVAL, st.sampled_from(list(FLIPPED)), NUMBER, WIDTH, NEUTRAL, MAYBE)
def test_smaller_than_is_greater_than_of_the_opposite(
    now: Interval, comparator: str, c: float, delta: float, neutral: float | None, birth: Interval | None
) -> None:
    """θ < c is −θ > −c in every respect."""
    opposite = verdict(
        mirrored(now),
        FLIPPED[comparator],
        -c,
        delta,
        neutral=None if neutral is None else -neutral,
        birth=None if birth is None else mirrored(birth),
    )
    assert verdict(now, comparator, c, delta, neutral=neutral, birth=birth) is opposite


@settings(deadline=None)
@given(INTERVAL, WIDTH, NUMBER, WIDTH, NEUTRAL, MAYBE)
def test_a_higher_estimate_never_makes_a_greater_than_claim_worse(
    now: Interval, rise: float, c: float, delta: float, neutral: float | None, birth: Interval | None
) -> None:
    """Moving the whole interval up never moves the status down from holds to weakened, unclear, stale, reversed."""
    higher = Interval(now.estimate + rise, now.lower + rise, now.upper + rise)
    before = verdict(now, ">", c, delta, neutral=neutral, birth=birth)
    assert RANK.index(verdict(higher, ">", c, delta, neutral=neutral, birth=birth)) >= RANK.index(before)


@settings(deadline=None)
@given(INTERVAL, NUMBER, WIDTH, NEUTRAL, MAYBE)
def test_unclear_means_the_interval_spans_the_bar(
    now: Interval, c: float, delta: float, neutral: float | None, birth: Interval | None
) -> None:
    """Unclear exactly when an interval with some width contains c − δ, unless the opposite is already shown."""
    status = verdict(now, ">", c, delta, neutral=neutral, birth=birth)
    spans = now.lower < now.upper and now.lower <= c - delta <= now.upper
    assert (status is Status.UNCLEAR) == spans


@settings(deadline=None)
@given(INTERVAL, NUMBER, WIDTH, NEUTRAL, MAYBE)
def test_reversed_only_where_stale_would_be_said(
    now: Interval, c: float, delta: float, neutral: float | None, birth: Interval | None
) -> None:
    """Knowing the neutral point can turn stale into reversed, and nothing else."""
    plain = verdict(now, ">", c, delta, birth=birth)
    told = verdict(now, ">", c, delta, neutral=neutral, birth=birth)
    assert told is plain or (plain is Status.STALE and told is Status.REVERSED)


def test_p_is_small_where_the_claim_fails() -> None:
    """It is Φ of the distance to c − δ in standard errors, mirrored for <, and 0 or 1 without error."""
    assert p_value(0.02, 0.01, ">", 0.05, 0.01) == pytest.approx(0.5 * math.erfc(2 / math.sqrt(2)))
    assert p_value(0.08, 0.01, "<", 0.05, 0.01) == pytest.approx(p_value(0.02, 0.01, ">", 0.05, 0.01))
    assert p_value(1.0, 0.0, ">", 2.0) == 0.0
    assert p_value(3.0, 0.0, ">", 2.0) == 1.0


def test_equality_is_no_order() -> None:
    """A comparator the table does not know is the caller's mistake."""
    with pytest.raises(ValueError, match="'==' is not an order; it is one of > >= < <="):
        verdict(Interval(1.0, 1.0, 1.0), "==", 1.0)
