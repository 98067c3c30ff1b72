"""A small fitted model and its evidence, and a model whose truth is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Column, Kind, Schema
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.testing.small_model import SCHEMA, small_model, small_pass, small_rows


@pytest.fixture(scope="session")
def schema() -> Schema:
    """Two numbers, one with a dotted name, and two texts."""
    return SCHEMA


@pytest.fixture(scope="session")
def rows() -> Callable[..., pd.DataFrame]:
    """Makes canonical rows."""
    return small_rows


@pytest.fixture(scope="session")
def model() -> Model:
    """Thirty small trees on 600 rows."""
    return small_model()


@pytest.fixture
def sweep() -> ModelPass:
    """The model over 400 rows it has not seen."""
    return small_pass()


@dataclass(frozen=True)
class Linear(Model):
    """A model that adds up its features, so that what it says of a population can be worked out."""

    def raw(self, matrix: Array, threads: int = 0) -> Array:
        """The sum of the features."""
        return np.asarray(matrix.sum(axis=1), dtype=float)


@pytest.fixture(scope="session")
def linear() -> Model:
    """A model whose raw score is the sum of two columns, ``x`` and ``z``."""
    return Linear("", Schema((Column("x", Kind.NUMERIC), Column("z", Kind.NUMERIC))), {}, Uncalibrated("a test"), 0.5)
