"""A simulated past: pairs whose hazard is known."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, ndtr

from halflife.monitoring.foresight.forecast_table import Pairs

KINDS = {"auc": -0.3, "gap": 0.3, "top_reason": 0.0, "effect": 0.1}
"""What each kind adds to the log-odds."""


@pytest.fixture
def simulate() -> Callable[..., Pairs]:
    """Make so many versions of so many pairs: ``simulate(margin=1.0, drift=0.5, age=0.0)``, the hazard falls by ``margin`` a noise unit."""

    def pairs(
        versions: int = 40,
        each: int = 200,
        *,
        margin: float = 1.0,
        drift: float = 0.0,
        age: float = 0.0,
        level: float = 0.0,
        seed: int = 1,
    ) -> Pairs:
        rng = np.random.default_rng(seed)
        version = np.repeat(np.arange(1, versions + 1), each)
        n = len(version)
        margins = rng.normal(1.8, 1.2, n)
        # What the watches saw is of a version, how much of it a finding hangs on is its own.
        moved = np.exp(rng.normal(-0.5, 0.8, versions))[version - 1] * rng.uniform(0, 1, n)
        ages = rng.integers(1, 12, n).astype(float)
        kind = np.array(list(KINDS))[rng.integers(0, len(KINDS), n)]
        own = np.array([KINDS[k] for k in kind])
        odds = level + own - margin * margins + drift * np.log1p(moved) + age * np.log(ages)
        event = (rng.random(n) < expit(odds)).astype(float)
        return Pairs(version, kind, ages, moved, margins, ndtr(-margins), event)

    return pairs
