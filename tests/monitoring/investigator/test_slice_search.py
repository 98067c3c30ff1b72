"""The parts of a session that can be checked against numbers known beforehand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from halflife.models.rows import Array
from halflife.monitoring.claims.evidence.masks import mask
from halflife.monitoring.investigator.candidates import Candidates, candidates, support
from halflife.monitoring.investigator.column_signal import auc, auc_error, signals
from halflife.monitoring.investigator.confident_errors import neighbours
from halflife.monitoring.investigator.group_gaps import GroupGap, measured, who
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.slice_search import search


def coins(n: int = 2000, m: int = 60, seed: int = 0) -> tuple[Candidates, Array]:
    """Sixty random halves of 2,000 rows, and noise with heavy tails."""
    rng = np.random.default_rng(seed)
    masks = (rng.random((m, n)) < 0.5).astype(np.float32)
    return Candidates(tuple(f"x{k}" for k in range(m)), tuple(range(m)), masks), rng.exponential(size=n)


@pytest.mark.parametrize("seed", range(8))
def test_noise_has_no_worst_slice(seed: int) -> None:
    """Of thousands of slices of pure noise none is told."""
    assert search(coins(seed=seed)[1], coins(seed=seed)[0], 5) == []


def test_a_planted_conjunction_is_found_by_itself() -> None:
    """Rows of x3 and x7 lose half a unit more: that slice is told, and neither half of it beside it."""
    among, noise = coins()
    planted = (among.masks[3] > 0) & (among.masks[7] > 0)
    (found,) = search(noise + 0.5 * planted, among, 5)
    assert found.where == "x3 AND x7"
    np.testing.assert_array_equal(found.inside, planted)
    values = noise + 0.5 * planted
    assert found.excess == pytest.approx(values[planted].mean() - values[~planted].mean(), rel=1e-4)
    assert 0 < found.shrunk < found.excess


def test_candidates_mean_what_they_say(scored: ScoredRows) -> None:
    """Every predicate, read as claims read it, picks the rows of its mask; each has enough of them."""
    among = candidates(scored)
    least = support(len(scored))
    assert len(among.where) > 40
    for where, rows in zip(among.where, among.masks, strict=True):
        np.testing.assert_array_equal(mask(where, scored.rows), rows > 0, err_msg=where)
        assert least <= rows.sum() <= len(scored) - least


def test_auc_is_that_of_scikit_learn() -> None:
    """With ties, column by column."""
    rng = np.random.default_rng(3)
    scores, label = rng.integers(0, 6, (400, 3)).astype(float), rng.integers(0, 2, 400).astype(float)
    expected = [roc_auc_score(label, column) for column in scores.T]
    np.testing.assert_allclose(auc(scores, label), expected)
    assert auc_error(0.8, 100, 100) == pytest.approx(0.0313, abs=1e-3)  # Hanley and McNeil's formula by hand


def test_a_column_of_noise_with_many_values_tells_nothing() -> None:
    """Cross-fitting keeps noise near one half, while a column that is high at both ends is seen to tell."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=3000)
    label = (rng.random(3000) < np.where(np.abs(x) > 1, 0.8, 0.2)).astype(float)
    told, noise = signals(np.column_stack([x, rng.normal(size=3000)]), label)
    assert told > 0.7
    assert noise < 0.54


@pytest.mark.parametrize(
    ("decisions", "labels", "said"),
    [
        ((0.30, 0.10), (0.31, 0.12), "the data make this gap"),
        ((0.30, 0.10), (0.21, 0.20), "the model makes this gap"),
        ((0.40, 0.10), (0.30, 0.18), "the model widens"),
        ((0.15, 0.10), (0.30, 0.10), "makes less of it"),
        ((0.30, 0.10), (0.10, 0.25), "turns it round"),
    ],
)
def test_a_gap_is_laid_at_the_door_of_whoever_makes_it(
    decisions: tuple[float, float], labels: tuple[float, float], said: str
) -> None:
    """Of a gap in decisions, the gap in labels says who makes it."""
    assert said in who(GroupGap("positive_rate", *decisions, 0.01), GroupGap("base_rate", *labels, 0.01))[0]


@pytest.mark.parametrize(("decisions", "labels"), [((0.39, 0.14), (0.37, 0.22)), ((0.30, 0.10), (0.31, 0.12))])
def test_the_data_are_not_said_to_make_a_gap_that_too_few_rows_measure(
    decisions: tuple[float, float], labels: tuple[float, float]
) -> None:
    """Not finding a difference between two gaps is no proof that they are alike: of few rows, neither is blamed."""
    said = who(GroupGap("positive_rate", *decisions, 0.05), GroupGap("base_rate", *labels, 0.05))[0]
    assert "cannot be told" in said
    assert "not the model" not in said


def test_rates_of_groups_are_counted_as_claims_count_them(scored: ScoredRows) -> None:
    """A gap is that of the statistic ``gap``."""
    a = mask("sex = 'F'", scored.rows)
    for metric in ("positive_rate", "base_rate", "fpr", "tpr"):
        gap = measured(scored, metric, a, ~a)
        assert gap is not None
        seen = scored.seen([f'gap("{metric}", a="sex = \'F\'", b="sex <> \'F\'")'])
        assert gap.width == pytest.approx(seen[0])


def test_neighbours_are_those_that_share_most_leaves(scored: ScoredRows) -> None:
    """Brute force over all pairs of rows gives the same shares, but for ties at the twentieth place."""
    rows = np.arange(5)
    leaves = scored.sweep.leaves(np.arange(len(scored)))
    found = neighbours(scored, rows)
    for at, share in zip(rows, found, strict=True):
        alike = (leaves == leaves[at]).mean(axis=1)
        alike[at] = -1
        order = np.argsort(-alike)
        sure, tied = alike > alike[order[19]], alike == alike[order[19]]
        same = scored.label == scored.label[at]
        least, rest = same[sure].sum(), 20 - sure.sum()
        assert least + max(0, rest - (~same[tied]).sum()) <= round(share * 20) <= least + min(rest, same[tied].sum())
