"""Comparing two kinds when one change ends many findings."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import survdiff

from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.log_rank import compare

SAME = 0.05


def kinds(
    seed: int, hazards: tuple[float, float], *, shocks: float = 0.0, last: int = 20, each: int = 12
) -> list[Life]:
    """Findings of kinds a and b on every version; each kind's hazard is drawn anew for every retrain."""
    rng = np.random.default_rng(seed)
    found = []
    for kind, mean in zip("ab", hazards, strict=True):
        hazard = np.minimum(mean * rng.gamma(1 / shocks, shocks, last), 0.95) if shocks else np.full(last, mean)
        for made_on in range(last - 1):
            dies = rng.random((each, len(hazard[made_on + 1 :]))) < hazard[made_on + 1 :]
            for row in dies:
                age = int(row.argmax()) + 1 if row.any() else len(row)
                found.append(Life(0, kind, age, made_on + age if row.any() else None, made_on=made_on))
    return found


def test_kinds_that_differ_are_told_apart() -> None:
    """Hazards of 5 and 20 % a retrain over twenty versions: p is under 2 %, and the same whichever comes first."""
    lives = kinds(1, (0.05, 0.2))
    p = compare(lives, "a", "b")
    assert p is not None
    assert p < 0.02
    assert p == compare(lives, "b", "a")


def test_shocks_of_their_own_are_no_difference() -> None:
    """Two kinds of one mean hazard, each with its own shocks: the ordinary log-rank test cries wolf, this one does not."""
    ours, plain = [], []
    for seed in range(120):
        lives = kinds(seed, (0.08, 0.08), shocks=3.0, each=8)
        p = compare(lives, "a", "b")
        assert p is not None
        ours.append(p < SAME)
        age, dead, group = zip(*((x.age, x.died_on is not None, x.statistic) for x in lives), strict=True)
        plain.append(survdiff(np.array(age), np.array(dead).astype(int), np.array(group))[1] < SAME)
    assert np.mean(plain) > 0.3
    assert np.mean(ours) < 0.12


def test_p_is_spread_evenly_where_kinds_are_alike() -> None:
    """Without any difference p is under ½ about half the time."""
    found = [compare(kinds(seed, (0.1, 0.1), last=14, each=6), "a", "b") for seed in range(120)]
    assert np.mean([p is not None and p < 0.5 for p in found]) == pytest.approx(0.5, abs=0.13)


def test_too_few_versions_or_no_company_tell_nothing() -> None:
    """With four versions, or without one of the kinds, there is no p-value."""
    assert compare(kinds(1, (0.1, 0.4), last=4), "a", "b") is None
    assert compare(kinds(1, (0.1, 0.4)), "a", "c") is None
    assert compare([], "a", "b") is None
