"""``drift``: a column's distance from the rows a claim was made on, against SciPy."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from halflife.models.domain import Interval, Scope, Status
from halflife.models.learner.model import Model
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question


def drift(model: Model, born: pd.DataFrame, now: pd.DataFrame, text: str) -> Interval:
    """What is measured of a claim made on some rows and put to others."""
    sweep = ModelPass(model, Evidence({"born": born, "now": now}))
    (answer,) = measure(sweep, [Question(parse(text), Scope.POPULATION, "now", reference="born")], replicates=300)
    assert answer.interval is not None, answer.reason
    return answer.interval


@pytest.fixture(scope="module")
def born(rows: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """The rows a claim was made on."""
    return rows(600, seed=1)


@pytest.fixture(scope="module")
def later(rows: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Other rows."""
    return rows(500, seed=2, first=90_000)


@pytest.mark.parametrize("shift", [0.4, 1.5, 10.0, -3.0])
def test_a_number_that_moved_has_scipys_wasserstein_distance(
    shift: float, model: Model, born: pd.DataFrame, later: pd.DataFrame
) -> None:
    """Over the standard deviation of the rows the claim was made on; missing values are left out; as far as it went."""
    now = later.assign(duration=later["duration"] + shift)
    expected = wasserstein_distance(born["duration"].dropna(), now["duration"].dropna()) / born["duration"].std(ddof=0)
    assert drift(model, born, now, 'drift("duration") < 0.2').estimate == pytest.approx(expected, rel=1e-9)


def test_a_number_that_spread_is_never_said_to_be_farther_than_it_is(
    model: Model, born: pd.DataFrame, later: pd.DataFrame
) -> None:
    """Where the difference of distribution functions changes its sign inside a cell, a little is lost."""
    now = later.assign(duration=later["duration"] * 1.8)
    expected = wasserstein_distance(born["duration"].dropna(), now["duration"].dropna()) / born["duration"].std(ddof=0)
    found = drift(model, born, now, 'drift("duration") < 0.2').estimate
    assert 0.995 * expected <= found <= expected + 1e-12


def test_a_category_has_scipys_jensen_shannon_distance(model: Model, born: pd.DataFrame, later: pd.DataFrame) -> None:
    """Natural logarithms; a word that was not there counts as something else."""
    draws = np.random.default_rng(0).choice(["cook", "student", "astronaut"], len(later), p=[0.6, 0.3, 0.1])
    now = later.assign(job=pd.Series(draws, dtype="str", index=later.index))
    p, q = (frame["job"].value_counts(normalize=True) for frame in (born, now))
    words = sorted(set(p.index) | set(q.index))
    expected = jensenshannon(p.reindex(words, fill_value=0), q.reindex(words, fill_value=0))
    assert drift(model, born, now, 'drift("job") < 0.2').estimate == pytest.approx(expected, abs=1e-12)


def test_nothing_moves_on_the_rows_of_birth(model: Model, born: pd.DataFrame) -> None:
    """The same rows in every replicate: 0, without doubt."""
    sweep = ModelPass(model, Evidence({"born": born}))
    asked = [Question(parse(f'drift("{c}") < 0.2'), Scope.POPULATION, "born") for c in ("duration", "job")]
    answers = measure(sweep, asked, replicates=100)
    assert [answer.interval for answer in answers] == [Interval(0.0, 0.0, 0.0)] * 2
    assert {answer.status for answer in answers} == {Status.HOLDS}


def test_both_sides_are_samples(model: Model, born: pd.DataFrame, later: pd.DataFrame) -> None:
    """With few rows of birth the interval is wider than with many, though the rows asked about are the same."""
    now = later.assign(duration=later["duration"] + 1.0)
    few, many = (drift(model, rows, now, 'drift("duration") < 0.2') for rows in (born[:60], born))
    assert few.upper - few.lower > 1.5 * (many.upper - many.lower)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.nan, "0 rows with a value of duration; at least 30 are needed"),
        (1.0, None),
    ],
)
def test_a_column_that_went_missing_is_untestable(
    values: float, reason: str | None, model: Model, born: pd.DataFrame, later: pd.DataFrame
) -> None:
    """No distance to nothing; a constant is a distance like any other."""
    sweep = ModelPass(model, Evidence({"born": born, "now": later.assign(duration=values)}))
    claim = parse('drift("duration") < 0.2')
    (answer,) = measure(sweep, [Question(claim, Scope.POPULATION, "now", reference="born")], replicates=50)
    assert answer.reason == (reason or "")
    back = Question(claim, Scope.POPULATION, "born", reference="now")
    (answer,) = measure(sweep, [back], replicates=50)
    assert answer.reason == "'duration' has fewer than two values on the rows the claim was made on"
