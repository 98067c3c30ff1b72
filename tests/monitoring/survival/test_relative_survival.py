"""Survival seen beside survival by noise alone."""

import numpy as np
import pytest

from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.person_periods import at_risk, periods
from halflife.monitoring.survival.relative_survival import noise_alone


def alive(number: int, age: int, *, dies: bool, made_on: int = 1, entry: int = 0) -> Life:
    """A life followed to an age."""
    return Life(number, "auc", age, made_on + age if dies else None, made_on=made_on, entry=entry)


def test_expected_survival_is_ederers_by_hand() -> None:
    """At each age the mean hazard of those still at risk: 0.3 of three, then 0.15 of the two that are left."""
    lives = [alive(1, 1, dies=True), alive(2, 2, dies=False), alive(3, 2, dies=True)]
    hazards = {1: np.array([0.7]), 2: np.array([0.1, 0.2]), 3: np.array([0.1, 0.1])}
    found = noise_alone(lives, periods(lives), hazards)
    assert found is not None
    assert [step for _, step, _ in found.curve] == pytest.approx([1, 0.7, 0.7 * 0.85])
    assert [step for *_, step in found.curve] == pytest.approx([1, 2 / 3, 1 / 3])
    assert found.expected == pytest.approx(0.7 + 0.1 + 0.2 + 0.1 + 0.1)
    assert (found.findings, found.deaths) == (3, 2)
    assert found.share == (pytest.approx(0.6), None, None)
    assert found.relative(2) == pytest.approx((1 / 3) / (0.7 * 0.85))
    assert found.relative(3) is None


def test_a_finding_that_entered_late_is_expected_to_die_from_then_on() -> None:
    """Its hazards before it entered are no one's deaths."""
    lives = at_risk([alive(1, 3, dies=False, entry=2), alive(2, 2, dies=False, entry=2)])
    found = noise_alone(lives, periods(lives), {1: np.array([0.9, 0.9, 0.2]), 2: np.array([0.9, 0.9])})
    assert found is not None
    assert found.expected == pytest.approx(0.2)
    assert found.curve[-1][1] == pytest.approx(0.8)


def test_half_life_by_noise_is_where_its_curve_crosses_one_half() -> None:
    """A hazard of 0.2 a retrain has the half-life ln ½ / ln 0.8, and 0.01 none within ten retrains."""
    lives = [alive(i, 10, dies=False) for i in range(4)]
    for hazard, median in ((0.2, np.log(0.5) / np.log(0.8)), (0.01, None)):
        found = noise_alone(lives, periods(lives), {i: np.full(10, hazard) for i in range(4)})
        assert found is not None
        assert found.median == (None if median is None else pytest.approx(median))
        assert found.share is None


def test_share_of_the_deaths_has_an_interval_of_blocks() -> None:
    """Twenty versions of ten findings, two dying on each where one is expected: in most worlds the interval holds one half."""
    held = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        dies = rng.random((20, 10)) < 0.2
        lives = [alive(20 * m + k, 1, dies=bool(dies[m, k]), made_on=m) for m in range(20) for k in range(10)]
        found = noise_alone(lives, periods(lives), {life.finding: np.array([0.1]) for life in lives})
        assert found is not None
        assert found.share is not None
        value, lower, upper = found.share
        assert lower is not None
        assert upper is not None
        assert lower <= value <= upper
        held.append(lower <= 0.5 <= upper)
    assert 0.8 < np.mean(held) < 1
