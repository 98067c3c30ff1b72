"""The ground truth of one tick: how the latent features make a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.special import expit

from halflife.models.world.events import Event
from halflife.models.world.features import INTERCEPT, Categorical, Codes, Floats, Numeric
from halflife.models.world.scenarios import Scenario


@dataclass(frozen=True)
class Effects:
    """Coefficients of the true log-odds at one tick, on the latent scale.

    log-odds = intercept + Σ_j slope_j · z_j · Π_segments factor_j + Σ_segments shift

    and, where they are folded at c, log-odds x above c are 2x below it instead.

    Attributes:
        intercept: log-odds at the middle of everything, outside all shifts.
        slopes: numeric feature -> effect of one latent standard deviation, outside all segments.
        shifts: (categorical feature, category) -> what that segment adds.
        factors: (categorical feature, category) -> numeric feature -> what its slope is multiplied by there.
        leaks: feature -> strength with which it carries the label.
        moves: feature -> latent standard deviations by which its values are higher than they would be.
        fold: log-odds above which the concept is folded; None where it is not.
        active: events because of which this tick differs from a world in which nothing happens.
    """

    intercept: float
    slopes: Mapping[str, float]
    shifts: Mapping[tuple[str, str], float]
    factors: Mapping[tuple[str, str], Mapping[str, float]]
    leaks: Mapping[str, float]
    moves: Mapping[str, float]
    fold: float | None
    active: tuple[Event, ...]

    def slope(self, feature: str, **segment: str) -> float:
        """The feature's slope in a segment.

        >>> from halflife.models.world.features import CATEGORICAL, NUMERIC
        >>> from halflife.models.world.scenarios import SCENARIOS
        >>> now = effects(SCENARIOS["calm"], 0, NUMERIC, CATEGORICAL)
        >>> now.slope("device_age"), now.slope("device_age", region="north")
        (-0.45, -0.9)
        """
        slope = self.slopes[feature]
        for column, category in segment.items():
            slope *= self.factors[column, category].get(feature, 1.0)
        return slope


def effects(scenario: Scenario, tick: int, numeric: Sequence[Numeric], categorical: Sequence[Categorical]) -> Effects:
    """The features' own effects as the scenario has them at ``tick``."""
    segments = [(column.name, category) for column in categorical for category in column.categories]
    return Effects(
        intercept=INTERCEPT,
        slopes={f.name: f.slope * scenario.factor(f.name, tick) for f in numeric},
        shifts={(column, c.name): c.shift for column, c in segments},
        factors={(column, c.name): c.factors for column, c in segments},
        leaks=scenario.leaks(tick),
        moves=scenario.moves(tick),
        fold=scenario.fold(tick),
        active=scenario.active(tick),
    )


def probabilities(
    truth: Effects, latent: Floats, codes: Codes, numeric: Sequence[Numeric], categorical: Sequence[Categorical]
) -> Floats:
    """P(y = 1 | row) before label noise, shape (n,).

    Args:
        truth: the tick's coefficients.
        latent: standard normal values, shape (numeric features, n).
        codes: positions of categories, shape (categorical features, n).
        numeric: the features of ``latent``, in order.
        categorical: the features of ``codes``, in order.
    """
    odds: Floats = np.full(latent.shape[1], truth.intercept, dtype=np.float32)
    for code, column in zip(codes, categorical, strict=True):
        odds += np.array([truth.shifts[column.name, c] for c in column.values], dtype=np.float32).take(code)
    # Feature by feature and not as a product with the matrix: the sum must not depend on a library's number of threads.
    for feature, values in zip(numeric, latent, strict=True):
        slope = np.float32(truth.slopes[feature.name])
        if slope:
            tables = _tables(truth, feature.name, categorical)
            odds += prod((table.take(codes[column]) for column, table in tables.items()), start=slope) * values
    if truth.fold is not None:
        fold = np.float32(truth.fold)
        np.subtract(fold, 2 * (odds - fold), out=odds, where=odds > fold)
    return np.asarray(expit(odds, out=odds))


def _tables(truth: Effects, feature: str, categorical: Sequence[Categorical]) -> dict[int, Floats]:
    """Position of a categorical feature -> what each of its categories multiplies the slope by, where any does."""
    return {
        j: np.array([truth.factors[column.name, c].get(feature, 1.0) for c in column.values], dtype=np.float32)
        for j, column in enumerate(categorical)
        if any(feature in truth.factors[column.name, c] for c in column.values)
    }
