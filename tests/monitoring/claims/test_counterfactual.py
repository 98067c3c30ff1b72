"""Rows as they might have been: declared by statistics, stacked, predicted once for each model."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Scope
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.measure import estimates, measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.evidence.what_if import Do
from halflife.monitoring.claims.language.grammar import Claim
from halflife.monitoring.claims.language.question import Question

HIGH, LOW = 1.5, -1.5


def effect(feature: str, rows: str, **more: str) -> Question:
    """A question about the effect of going from LOW to HIGH."""
    arguments = (("feature", feature), ("low", LOW), ("high", HIGH), *more.items())
    return Question(Claim("effect", arguments, ">", 0.0), Scope.POPULATION, rows)


def test_all_counterfactual_rows_are_predicted_in_one_call_a_model(
    model: Model, rows: Callable[..., pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes of two features, on the rows that are asked about and no others, whatever the number of claims."""
    predicted: list[int] = []
    raw = Model.raw

    def counting(self: Model, matrix: Array, threads: int = 0) -> Array:
        predicted.append(len(matrix))
        return raw(self, matrix, threads)

    monkeypatch.setattr(Model, "raw", counting)
    every = rows(250, seed=5)
    frame, other = every[:200], every[150:]
    evidence = Evidence({"a": frame, "b": other})
    asked = [effect("duration", "a"), effect("duration", "b"), effect("emp.var.rate", "b", where="duration > 0")]
    sweep = ModelPass(model, evidence)
    some = int((other["duration"] > 0).sum())
    answers = measure(sweep, asked, replicates=50)
    assert predicted == [2 * 250 + 2 * some]
    for answer, (feature, where) in zip(
        answers, [("duration", frame), ("duration", other), ("emp.var.rate", other[other["duration"] > 0])], strict=True
    ):
        high, low = (raw(model, model.matrix(where.assign(**{feature: value}))) for value in (HIGH, LOW))
        assert answer.interval is not None
        assert answer.interval.estimate == pytest.approx(float((high - low).mean()), abs=1e-12)
    estimates([sweep, ModelPass(model, evidence)], asked)
    assert predicted == [2 * 250 + 2 * some] * 2


def test_a_value_is_encoded_as_the_model_knows_it(model: Model, sweep: ModelPass) -> None:
    """A category is its code, one the model never saw is missing, the other features stay as they are."""
    view = View(sweep, np.arange(20))
    changed = Do((("job", "student"), ("duration", 2.0))).matrix(view)
    expected = sweep.evidence.frame.iloc[:20].assign(job="student", duration=2.0)
    np.testing.assert_array_equal(changed, model.matrix(expected))
    assert np.isnan(Do((("job", "astronaut"),)).matrix(view)[:, 3]).all()


def test_leaves_are_those_the_rows_fall_in(model: Model, sweep: ModelPass) -> None:
    """One leaf a tree, as LightGBM routes the rows, and looked up in any order."""
    expected = model.booster.predict(sweep.matrix, pred_leaf=True)
    rows = np.array([7, 3, 7, 250])
    np.testing.assert_array_equal(View(sweep, rows).leaves, np.asarray(expected)[rows])
    np.testing.assert_array_equal(View(sweep, np.arange(400)).leaves, expected)
