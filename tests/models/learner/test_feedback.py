"""Weights that undo selective labels, against the labels nobody selected; and why they sometimes cannot."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import UsageError
from halflife.models.learner.feedback import CLIPPED, identified, inverse_propensity, selective
from halflife.models.rows import LABEL, PROPENSITY, Part, Split, Window

ALL_TRAIN = Split(0.0, 0.0, 0.0)


def window(propensity: object, label: object, split: Split = ALL_TRAIN) -> Window:
    """Rows with these propensities and labels."""
    rows = pd.DataFrame({LABEL: label, PROPENSITY: propensity}).astype(float)
    return Window(0, 0, "", rows.assign(_id=[f"r{k}" for k in range(len(rows))], _tick=0), split)


def test_weighted_labels_have_the_mean_of_all_labels() -> None:
    """Blocked rows are positive far more often: unweighted the rate is off by 50 standard errors, weighted by under 3."""
    rng = np.random.default_rng(3)
    n = 200_000
    risky = rng.random(n) < 0.2
    label = (rng.random(n) < np.where(risky, 0.7, 0.1)).astype(float)
    propensity = np.where(risky, 0.05, 1.0)
    seen = np.where(rng.random(n) < propensity, label, np.nan)
    done = inverse_propensity(window(propensity, seen))
    known = ~np.isnan(seen)
    weights, values = done.weights[known], seen[known]
    mean = float((weights * values).sum() / weights.sum())
    error = float(np.sqrt((weights**2 * (values - mean) ** 2).sum()) / weights.sum())
    assert abs(mean - label.mean()) < 3 * error
    assert abs(values.mean() - label.mean()) > 50 * np.sqrt(label.var() / known.sum())
    assert done.clipped == 0


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=40))
@settings(deadline=None)
def test_weights_are_inverse_clipped_and_count_as_many_rows_as_kish_says(chances: list[float]) -> None:
    """Every labelled row weighs 1/π or the clip, an unlabelled one 1; the effective size is at most the rows' number."""
    label = [np.nan if k % 3 == 2 else float(k % 2) for k in range(len(chances))]
    done = inverse_propensity(window(chances, label))
    expected = [1.0 if np.isnan(y) else min(1 / p, CLIPPED) for p, y in zip(chances, label, strict=True)]
    np.testing.assert_allclose(done.weights, expected)
    labelled = np.array(expected)[~np.isnan(label)]
    assert done.effective == pytest.approx(labelled.sum() ** 2 / (labelled**2).sum())
    assert done.effective <= len(labelled) + 1e-9
    assert done.clipped == pytest.approx(np.mean(np.array(chances)[~np.isnan(label)] < 1 / CLIPPED))


def test_without_selection_weights_are_1() -> None:
    """The twin of a feedback world, in which every label arrives, weighs every row the same."""
    twin = window([1.0] * 4, [0, 1, np.nan, 1])
    assert inverse_propensity(twin).weights.tolist() == [1.0] * 4
    assert inverse_propensity(twin).effective == 3
    assert (selective(twin), selective(window([1, 0.5], [0, 1]))) == (False, True)


def test_what_cannot_be_identified_says_why() -> None:
    """No log, no exploration, or no explored row that trains: each is one sentence, and no weights are given."""
    silent = Window(0, 0, "", window([1.0], [1]).rows.drop(columns=PROPENSITY), ALL_TRAIN)
    never = window([1.0, 0.0, 0.0], [1, np.nan, np.nan])
    unlucky = window([1.0, 0.03], [1, np.nan])
    for given_, why in (
        (silent, "no propensities are logged"),
        (never, "2 of 3 rows were blocked without exploration"),
        (unlucky, "1 of 2 rows were blocked, and no training row among them was explored"),
    ):
        assert identified(given_).startswith(why)
        with pytest.raises(UsageError, match=why):
            inverse_propensity(given_)
    assert identified(window([1.0, 0.03], [1, 0])) == ""
    assert not selective(silent)


def test_only_training_rows_identify() -> None:
    """An explored row that tests claims teaches the model nothing."""
    rows = window([0.03] * 200, [1.0] * 200, Split(0.5, 0.1, 0.1)).rows
    made = Window(0, 0, "", rows, Split(0.5, 0.1, 0.1))
    evidence = made.mask(Part.EVIDENCE)
    few = rows.assign(**{LABEL: np.where(evidence, 1.0, np.nan)})
    assert identified(made) == ""
    assert identified(Window(0, 0, "", few, made.split)).startswith("200 of 200 rows were blocked, and no training row")
