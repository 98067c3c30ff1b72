"""The union of row sets and its weights."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, poisson

from halflife.models.rows import row_hash
from halflife.monitoring.claims.evidence.bootstrap_weights import poisson_counts
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.syntax.segment import Segment


def frame(ids: list[str], labels: list[float]) -> pd.DataFrame:
    """Canonical rows with one number."""
    ages = [float(ord(i[0])) for i in ids]
    return pd.DataFrame({"_id": ids, "_tick": 0, "_label": labels, "age": ages})


def test_a_row_in_several_sets_is_there_once() -> None:
    """The union has unique ids, and every set finds its own rows in its own order."""
    evidence = Evidence({"v1": frame(["a", "b"], [1, 0]), "v2": frame(["c", "b"], [0, 0]), "cases": frame([], [])})
    assert evidence.frame["_id"].tolist() == ["a", "b", "c"]
    assert evidence.frame["_id"].iloc[evidence.index["v2"]].tolist() == ["c", "b"]
    assert evidence.index["cases"].size == 0


def test_the_latest_known_label_wins() -> None:
    """A label that arrived between two sets is used for both; a missing one never overwrites a known one."""
    old, new = frame(["a", "b", "c"], [np.nan, 1, 0]), frame(["a", "b", "c"], [1, np.nan, 1])
    np.testing.assert_array_equal(Evidence({"old": old, "new": new}).label, [1, 1, 1])
    np.testing.assert_array_equal(Evidence({"new": new, "old": old}).label, [1, 1, 0])


def test_no_rows_are_evidence_too() -> None:
    """An empty window asks nothing and breaks nothing."""
    evidence = Evidence({"fresh": frame([], []), "cases": frame([], [])})
    assert len(evidence) == 0
    assert evidence.mask(Segment(("age > 3",))).shape == (0,)
    assert evidence.weights(5).shape == (0, 5)


def test_a_case_is_looked_up_in_its_set_only() -> None:
    """A case that is elsewhere in the union is still gone from this set."""
    evidence = Evidence({"v1": frame(["a"], [1]), "cases": frame(["b"], [1])})
    assert evidence.find("cases", "b") == 1
    assert evidence.find("cases", "a") is None
    assert evidence.find("cases", "zz") is None


def test_a_row_weighs_the_same_everywhere() -> None:
    """The weight depends on the id and the replicate alone: not on the set, its order, or how many replicates there are."""
    one = Evidence({"v1": frame(["a", "b", "c"], [1, 1, 1])})
    two = Evidence({"v2": frame(["z", "c", "a"], [0, 0, 0]), "v3": frame(["b"], [1])})
    np.testing.assert_array_equal(one.weights(40)[[2, 0]], two.weights(40)[two.index["v2"]][1:])
    np.testing.assert_array_equal(one.weights(7), one.weights(40)[:, :7])


def test_weights_are_fixed_for_ever() -> None:
    """Golden values: findings of years are compared, so the draws may never change with a library or a machine."""
    counts = poisson_counts(row_hash(["41023", "41024"]), 12)
    assert counts.tolist() == [[0, 2, 1, 0, 0, 1, 0, 0, 2, 2, 2, 0], [2, 0, 3, 0, 0, 0, 0, 1, 1, 0, 0, 0]]


def test_weights_are_poisson_with_mean_one() -> None:
    """A million draws: chi-square against Poisson(1), mean and variance 1."""
    counts = poisson_counts(row_hash(np.arange(2000).astype(str)), 500)
    observed = np.bincount(counts.ravel(), minlength=8)
    expected = poisson(1).pmf(np.arange(7)) * counts.size
    tail = observed[7:].sum()
    assert chisquare([*observed[:7], tail], [*expected, counts.size - expected.sum()]).pvalue > 0.001
    assert counts.mean() == pytest.approx(1, abs=0.004)
    assert counts.var() == pytest.approx(1, abs=0.006)


def test_weights_are_independent_between_rows_and_replicates() -> None:
    """No correlation stands out between the rows, the replicates, or the four replicates that share a hash."""
    counts = poisson_counts(row_hash(np.arange(400).astype(str)), 400).astype(float)
    for table in (counts, counts.T):
        correlation = np.corrcoef(table)[np.triu_indices(400, 1)]
        assert np.abs(correlation).max() < 6 / np.sqrt(400)
        assert correlation.var() * 400 == pytest.approx(1, abs=0.05)
