"""What a finding hangs on: shares of columns that sum to one, and agree with what attributions say."""

from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import ColumnDrift, Finding, Scope
from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, ROW_ID, TICK, Column, Kind, Schema
from halflife.monitoring.claims.language.about_case import case_of
from halflife.monitoring.foresight.dependence import dependence, moved

SCHEMA = Schema((Column("a", Kind.NUMERIC), Column("b", Kind.NUMERIC), Column("c", Kind.NUMERIC)))


def rows(n: int = 400) -> pd.DataFrame:
    """``a`` matters where ``c`` is positive, ``b`` where it is not."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({ROW_ID: [str(k) for k in range(n)], TICK: 0, LABEL: 0.0})
    for name in SCHEMA.names:
        frame[name] = rng.normal(size=n)
    frame[LABEL] = (np.where(frame["c"] > 0, frame["a"], frame["b"]) > 0) * 1.0
    return frame


@pytest.fixture(scope="module")
def model() -> Model:
    """Some trees that have learned it."""
    train = rows(2000)
    data = lgb.Dataset(encode(train, SCHEMA, {}), train[LABEL])
    settings = {"objective": "binary", "num_leaves": 15, "num_threads": 1, "verbosity": -1, "deterministic": True}
    return Model(lgb.train(settings, data, 40).model_to_string(), SCHEMA, {}, Uncalibrated("a test"), 0.5)


@pytest.fixture(scope="module")
def shares(model: Model) -> Callable[..., np.ndarray]:
    """Dependence of claims on the columns a, b, c."""

    def of(*claims: str) -> np.ndarray:
        findings = [Finding(str(k), c, c.split("(")[0], Scope.POPULATION, 1, id=k) for k, c in enumerate(claims)]
        frame = rows()
        return dependence(findings, model, frame, frame.iloc[:3])

    return of


def test_shares_are_those_of_attributions(model: Model, shares: Callable[..., np.ndarray]) -> None:
    """A claim about all predictions hangs on each column as LightGBM's own attributions are large there."""
    frame = rows()
    phi = np.abs(model.booster.predict(encode(frame, SCHEMA, {}), pred_contrib=True))[:, :3]
    whole, inside, one = shares("auc() > 0.7", 'auc(where="c > 0") > 0.7', 'prediction(case="2") > 0')
    np.testing.assert_allclose(whole, phi.sum(axis=0) / phi.sum(), atol=1e-9)
    mine = phi[(frame["c"] > 0).to_numpy()].sum(axis=0)
    np.testing.assert_allclose(inside, mine / mine.sum(), atol=1e-9)
    np.testing.assert_allclose(one, phi[2] / phi[2].sum(), atol=1e-9)
    assert inside[0] > 2 * inside[1]


def test_a_claim_about_columns_hangs_on_those(shares: Callable[..., np.ndarray]) -> None:
    """One column has all of it; of a group each has its part; columns that are not named have none."""
    one, two = shares('effect("b") > 0.1', 'attribution_share(["a", "c"]) > 0.1')
    assert one.tolist() == [0, 1, 0]
    assert two[1] == 0
    assert two.sum() == pytest.approx(1)
    assert (two[[0, 2]] > 0).all()


def test_what_cannot_be_found_falls_back_or_is_nan(shares: Callable[..., np.ndarray]) -> None:
    """An empty segment and a case that is gone take all rows; a claim that does not fit the schema has no shares."""
    whole, empty, gone, strange, unread = shares(
        "auc() > 0.7", 'auc(where="c > 99") > 0.7', 'prediction(case="x") > 0', 'effect("z") > 1', "vibes() > 9"
    )
    np.testing.assert_allclose(empty, whole)
    np.testing.assert_allclose(gone, whole)
    assert np.isnan([strange, unread]).all()


def test_drift_is_in_units_of_thresholds() -> None:
    """A column at half its threshold counts ½, one that was not compared 0."""
    columns = [ColumnDrift("b", "wasserstein", 0.05, 0.1, False), ColumnDrift("label", "wasserstein", 9.0, 0.1, True)]
    assert moved(columns, ("a", "b")).tolist() == [0.0, 0.5]


def test_the_case_is_read_from_the_claim() -> None:
    """Claims about many rows, and unreadable ones, have none."""
    about = [
        Finding("f", claim, "x", Scope.ARTIFACT, 1) for claim in ('prediction(case="7") > 0', "auc() > 0.7", "vibes")
    ]
    assert [case_of(f) for f in about] == ["7", None, None]
