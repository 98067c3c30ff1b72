"""The gate refuses what is worse beyond doubt, and nothing else."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from halflife.models.domain import Role
from halflife.models.rows import Array
from halflife.monitoring.gate import gate


def losses(rows: int, extra: float, seed: int = 0) -> tuple[Array, Array]:
    """Losses of a candidate that is ``extra`` nats worse on average, and of the champion."""
    rng = np.random.default_rng(seed)
    champion = rng.gamma(2.0, 0.2, rows)
    return champion + extra + rng.normal(0, 0.1, rows), champion


def test_the_first_version_is_champion() -> None:
    """With nothing to compare with, a version is promoted, rows or no rows."""
    assert gate(np.full(7, 0.25), None) == (
        Role.CHAMPION,
        "log loss 0.250 on 7 rows; there is no champion to compare with",
    )
    assert gate(np.zeros(0), None)[0] is Role.CHAMPION


def test_a_worse_version_stays_challenger_and_says_by_how_much() -> None:
    """The reason carries both losses, the rows, the difference and its interval."""
    candidate, champion = losses(1_604, 0.04)
    role, reason = gate(candidate, champion)
    assert role is Role.CHALLENGER
    assert reason == "log loss 0.445 against the champion's 0.400 on 1,604 rows: worse by 0.045 [0.041, 0.049]"


def test_a_better_version_is_promoted_and_says_by_how_much() -> None:
    """An improvement is told as one, with bounds that are improvements too."""
    champion, candidate = losses(1_604, 0.04)
    role, reason = gate(candidate, champion)
    assert role is Role.CHAMPION
    assert reason.endswith("better by 0.045 [0.041, 0.049]")


@pytest.mark.parametrize("extra", [-0.02, 0.0, 0.004, 0.006, 0.02])
def test_refusal_is_the_paired_one_sided_test(extra: float) -> None:
    """A version is refused exactly when scipy's paired t test, one-sided, rejects 'not worse' at 5 %."""
    for seed in range(20):
        candidate, champion = losses(500, extra, seed)
        rejected = ttest_rel(candidate, champion, alternative="greater").pvalue < 0.05
        assert (gate(candidate, champion)[0] is Role.CHALLENGER) == rejected


def test_an_equal_version_is_refused_one_time_in_twenty() -> None:
    """Under no difference the gate errs at its 5 %: 400 pairs, 2 to 8 % refused."""
    refused = [gate(*losses(200, 0.0, seed))[0] is Role.CHALLENGER for seed in range(400)]
    assert 0.02 <= np.mean(refused) <= 0.08


def test_rows_of_one_entity_do_not_make_a_worse_version_sure() -> None:
    """No difference but what 40 customers of ten rows share: by row it errs far too often, by customer at its 5 %."""
    who = np.repeat(np.arange(40), 10)
    refused = {True: 0, False: 0}
    for seed in range(400):
        rng = np.random.default_rng(seed)
        champion = rng.gamma(2.0, 0.2, 400)
        candidate = champion + rng.normal(0, 0.1, 40)[who] + rng.normal(0, 0.1, 400)
        for known in refused:
            refused[known] += gate(candidate, champion, entities=who if known else None)[0] is Role.CHALLENGER
    assert 0.02 <= refused[True] / 400 <= 0.08
    assert refused[False] / 400 > 0.15


def test_entities_are_told_and_few_refuse_nobody() -> None:
    """The reason says how many there are; 29 customers with a thousand rows cannot tell two versions apart."""
    candidate, champion = losses(1_015, 0.5)
    assert gate(candidate, champion, entities=np.arange(1_015) % 35)[1].startswith(
        "log loss 0.898 against the champion's 0.402 on 1,015 rows of 35 entities: worse by "
    )
    assert gate(candidate, champion, entities=np.arange(1_015) % 29) == (
        Role.CHAMPION,
        "29 entities with labelled evidence rows, fewer than 30, cannot tell it from the champion",
    )


def test_the_margin_is_what_newer_data_may_cost() -> None:
    """A version clearly worse by 0.045 passes with a margin of 0.05, and the sentence says that the margin did it."""
    candidate, champion = losses(1_604, 0.04)
    role, reason = gate(candidate, champion, margin=0.05)
    assert role is Role.CHAMPION
    assert reason.endswith("worse by 0.045 [0.041, 0.049], within the margin of 0.05")


def test_an_identical_version_is_promoted() -> None:
    """Equal losses on every row have no spread at all; that is no difference, not an error."""
    same = losses(100, 0.0)[0]
    role, reason = gate(same, same.copy())
    assert role is Role.CHAMPION
    assert reason.endswith("no clear difference, +0.000 [+0.000, +0.000]")


@pytest.mark.parametrize("rows", [0, 1, 29])
def test_few_rows_refuse_nobody(rows: int) -> None:
    """On fewer than 30 rows the gate cannot tell, promotes, and says that it could not tell."""
    candidate, champion = losses(rows, 5.0)
    assert gate(candidate, champion) == (
        Role.CHAMPION,
        f"{rows} labelled evidence rows, fewer than 30, cannot tell it from the champion",
    )


def test_losses_of_other_rows_are_a_mistake() -> None:
    """Losses that cannot be paired are a programming error, not a verdict."""
    with pytest.raises(ValueError, match="3 of the candidate, 4 of the champion"):
        gate(np.zeros(3), np.zeros(4))
