"""What rounding leaves of equal sums is no spread: what is known exactly has an interval without width, on any machine."""

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Interval, Scope
from halflife.models.learner.model import Model
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.estimation.process_scope import widened, widened_p
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import SetStatistic
from halflife.monitoring.claims.statistics.closed_forms import welch
from halflife.testing.small_model import small_pass, small_rows


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7, 2.3])
@pytest.mark.parametrize("rows", [37, 400, 12_345])
def test_a_difference_of_two_constants_is_exact(value: float, rows: int) -> None:
    """Σx²/n − (Σx/n)² of equal numbers is 1e-17, whose root would be a width of 1e-9."""
    sides = [np.full(n, value) for n in (rows, 2 * rows + 1)]
    one, two = (np.array([len(x), x.sum(), (x**2).sum(), (x**3).sum()]) for x in sides)
    lower, upper = welch(one, two, 0.05)
    assert lower == upper == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("rows", [100, 377])
@pytest.mark.parametrize("bins", [1, 10])
def test_gaps_without_noise_are_exact(rows: int, bins: int) -> None:
    """Where a bin's rows all miss by the same, noise adds nothing: θ is known, and no root of a residue is taken."""
    mine = np.arange(rows) % bins
    miss = -0.05 - 0.09 * mine
    inside = (mine[:, None] == np.arange(10)).astype(float)
    sums = np.hstack([inside, inside * miss[:, None], inside * miss[:, None] ** 2]).sum(axis=0)
    statistic = STATISTICS["calibration_error"]
    assert isinstance(statistic, SetStatistic)
    bounds = statistic.interval(sums, 0.05)
    np.testing.assert_allclose(bounds, np.full(2, statistic.value(sums)), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "others", [[0.1] * 3, [1 / 3] * 7, [0.12987748242663996, 0.12987748242663993, 0.12987748242663996]]
)
def test_shadows_that_agree_to_rounding_add_nothing(others: list[float]) -> None:
    """The mean of equal numbers is another number in its last digit; that is no retraining noise."""
    exact = Interval(others[0], others[0], others[0])
    assert widened(exact, np.array(others), 0.05) == exact
    assert widened_p(others[0], 0.0, others, ">", others[0] - 0.01) == 1.0


@pytest.mark.parametrize("size", [900, 5000])
def test_the_same_effect_on_every_row_is_exact(size: int, linear: Model) -> None:
    """Sums of 0.7·w in single precision are 1e-6 off 0.7·Σw; the effect is 0.7 in every replicate all the same."""
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"_id": np.arange(size).astype(str), "_tick": 0, "_label": 0.0})
    rows["x"], rows["z"] = rng.normal(size=size), rng.integers(0, 9, size).astype(float)
    question = Question(parse('effect("x", low=0.1, high=0.8) > 0.5'), Scope.POPULATION, "evidence")
    (found,) = measure(ModelPass(linear, Evidence({"evidence": rows})), [question], replicates=200)
    assert found.interval is not None
    assert found.interval.lower == found.interval.upper == pytest.approx(0.7)
    assert found.p_value == 1.0


@pytest.mark.parametrize("column", ["duration", "job"])
def test_a_column_has_not_moved_on_the_same_rows_by_another_name(column: str) -> None:
    """The pinned rows may be the newest rows too: drift is 0 in bits, whatever is asked beside it."""
    frame, others = small_rows(1100, seed=1), small_rows(500, seed=2, first=90_000)
    sweep = small_pass(v1=others, v2=frame, fresh=frame.sample(frac=1, random_state=4))
    texts = [f'drift("{column}") < 0.2', "auc() > 0.5", 'effect("duration") > 0', "log_loss() < 1"]
    asked = [Question(parse(text), Scope.POPULATION, rows, None, "v2") for text in texts for rows in ("fresh", "v1")]
    found = measure(sweep, asked, replicates=200)
    assert found[0].interval == Interval(0.0, 0.0, 0.0)
    assert found[1].interval is not None
    assert 0 < found[1].interval.lower < found[1].interval.upper
